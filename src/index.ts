/**
 * graft: vision transfer learning as values. This entry has the values and the pure functions of them. It accesses no
 * files, starts no threads and loads no native code; engines and training are in `graft-vision/node`. Every public name
 * is listed here, by subject; less common ones are in namespaces.
 *
 * @since 0.1.0
 */
// architectures
export { alexnet, catalogue, darknet, darknet53, densenet121, densenet161, densenet169 } from './arch/index.js'
export { densenet201, mobilenet_v2, presnet101, presnet152, presnet18, presnet34, presnet50 } from './arch/index.js'
export { resnet101, resnet152, resnet18, resnet34, resnet50, resnext101_32x8d, resnext50_32x4d } from './arch/index.js'
export { squeezenet1_0, squeezenet1_1, vgg11, vgg11_bn, vgg13, vgg13_bn, vgg16, vgg16_bn, vgg19 } from './arch/index.js'
export { convnext_base, convnext_nano, convnext_small, convnext_tiny, efficientnet_b0 } from './arch/index.js'
export { efficientnet_b1, efficientnet_b2, efficientnet_b3, efficientnet_b4, efficientnet_v2_s } from './arch/index.js'
export { mobilenet_v3_large, mobilenet_v3_small, regnet_x_400mf, regnet_x_800mf } from './arch/index.js'
export { regnet_y_1_6gf, regnet_y_400mf, regnet_y_800mf, swin_s, swin_t, vit_b_16 } from './arch/index.js'
export { vit_base_patch14_dinov2, vit_base_patch16_224, vit_small_patch14_dinov2 } from './arch/index.js'
export {
  mobilenetv4_conv_medium,
  mobilenetv4_conv_small,
  vit_small_patch16_224,
  vit_tiny_patch16_224
} from './arch/index.js'
export { vgg19_bn, wide_resnet101_2, wide_resnet50_2, wrn_22, xresnet101, xresnet152, xresnet18 } from './arch/index.js'
export { xresnet18_deep, xresnet2, xresnet34, xresnet34_deep, xresnet50, xresnet50_deep } from './arch/index.js'
export { arch, type Arch, type ArchInput, imagenetInput } from './model/index.js'

// models
export { type BatchNormPolicy, batchNormUnderFreeze, type Body, createBody } from './model/index.js'
export { type CreateBodyOptions, customHead, cut, type Cut, cutAt, cutBy, freeze, type Freeze } from './model/index.js'
export { freezeBody, freezeTo, freezeToGroup, fromScratch, head, type Head, type HeadOptions } from './model/index.js'
export { type TokenPool } from './model/index.js'
export { type Model, type NormType, nothingFrozen, pretrained, pretrainedAs, replaceAt } from './model/index.js'
export { type Replacement, type Split, splitBy, splitOn, uncut, unet, type UnetOptions } from './model/index.js'
export { unfreeze, type Weights, type WeightsRecord, withHead, withWeights } from './model/index.js'
export { bodyNetwork, createHead, linearHead, numFeatures } from './plan/index.js'

// plans
export { type OnnxOptions, toOnnx } from './emit/index.js'
export { embeddingPlan } from './plan/index.js'
export type { Start } from './model/index.js'
export { type ArchSummary, archSummaryOf, archTable, checkRecipeFor, type Cost, costOf, flopsOf } from './plan/index.js'
export { plan, type Plan, type PlanAlgebra, type PlanBuffer, type PlanFor, type PlanLayer } from './plan/index.js'
export { type PlannedNetwork, type PlanNode, type PlanParameter, ratesOf, type StepRates } from './plan/index.js'
export { summary, type Summary, type SummaryLayer, summaryOf, trainingBytes, type TrainingBytes } from './plan/index.js'

// data
export { type CutMix, cutmix, type ErasedWith, randomErasing, type RandomErasing } from './data/index.js'
export { archive, type Archive, type BatchView, type Checksum, cifarStats, type ClassFrom } from './data/index.js'
export { type Column, type CsvOptions, type DataItem, type DataSpec, digits, type Digits } from './data/index.js'
export { type DataRow, drawDigit, type FolderLayout, type FolderOptions, fromLists } from './data/index.js'
export { fromMetadata, type FromMetadata, fromNameFunc, type FromNameFunc, fromNameRe } from './data/index.js'
export { type FromNameRe, fromRows, type FromRows, type RowsOptions, type RowValue } from './data/index.js'
export { type AnnotationOptions, type FromAnnotations, fromCoco, fromLabelStudio } from './data/index.js'
export { pointsFrom, pointsFromFunc, type PointsFromFunc, type PointsOfFile } from './data/index.js'
export { type DrawnMask, fromShards, type FromShards, type ImagePlace, type PlaceOf } from './data/index.js'
export type { Polygon, Region, RunLengths, ShardOptions, TableChoices, TableOptions } from './data/index.js'
export { type ClassWeights, type FoldOptions, getTransforms, type GetTransformsOptions } from './data/index.js'
export { type Grouping, type HeldFold, type Holdout, holdoutAuto, holdoutByColumn } from './data/index.js'
export { holdoutByFile, holdoutByFold, holdoutByFolder, holdoutByFunction, holdoutByGroup } from './data/index.js'
export { holdoutByList, holdoutByPct, holdoutStratified, kFold } from './data/index.js'
export { imageCsv, type ImageCsv, imageFolder, type ImageFolder, imageImages } from './data/index.js'
export { type ImageImages, type ImageImagesOptions, imageMasks, type ImageMasks, imagenetStats } from './data/index.js'
export { labelFromRegex, type LabelKind, type MaskMap, type MaskOptions, masksBy } from './data/index.js'
export { masksByPattern, masksIn, mixup, type MixUp, mnistStats, normalise, type Normalise } from './data/index.js'
export { normaliseForWeights, normaliseFromBatch, type PairNaming, type Pixels, type Resize } from './data/index.js'
export { type SetName, type Size, type Source, type Stats, strictly, strokeSide, type Target } from './data/index.js'
export { targetsBy, targetsByPattern, targetsIn, URLs, type Verify, withBatchSize } from './data/index.js'
export { withCacheBytes, withColour, withDataSeed, withDropLast, withExact, withExclude } from './data/index.js'
export { type Exclusion, withOrientation } from './data/index.js'
export { type DataCheck, type Finding, type FindingCode, type FindingGroup, imagesToLeaveOut } from './data/index.js'
export { type Severity, showDataCheck } from './data/index.js'
export { balancedSampling, type Sampling, withSampling } from './data/index.js'
export { withoutNormalisation, withRange, withResize, withShuffle, withSize, withTransforms } from './data/index.js'
export { withValidBatchSize, withVerify } from './data/index.js'
export { Transform } from './surface/index.js'

// tasks
export { classesOf, classification, type Classification, imageRegression, type ImageRegression } from './data/index.js'
export { multiLabel, type MultiLabel, type NamePair, outputsOf, points, type Points } from './data/index.js'
export { regression, type Regression, segmentation } from './data/index.js'
export type { Segmentation, Task } from './data/index.js'

// losses
export { bceWithLogits, type BceWithLogits, type ClassLoss, crossEntropy, type CrossEntropy } from './recipe/index.js'
export {
  customLoss,
  focal,
  type Focal,
  labelSmoothing,
  type LabelSmoothing,
  type Loss,
  type LossFunction
} from './recipe/index.js'
export {
  type Huber,
  huber,
  type L1,
  l1,
  mixupLoss,
  mse,
  type Mse,
  type NamedLoss,
  type OutputActivation
} from './recipe/index.js'
export { sigmoidFocal, type SigmoidFocal, withClassWeights } from './recipe/index.js'

// optimisers
export { adam, type Adam, adamW, type AdamW, customOptimiser, type CustomOptimiser } from './recipe/index.js'
export {
  type HyperOptions,
  type HyperValues,
  lamb,
  type Lamb,
  lion,
  type Lion,
  type NamedOptimiser
} from './recipe/index.js'
export { type Optimiser, rAdam, type RAdam, ranger, type Ranger, rmsprop, type Rmsprop } from './recipe/index.js'
export { sgd, type Sgd, type Update, type UpdateInput } from './recipe/index.js'

// metrics
export { accuracy, accuracyThresh, argMax, aucRocScore, auroc, type Averaged } from './interpret/index.js'
export {
  averageMetric,
  balancedAccuracy,
  dice,
  errorRate,
  evaluateMetric,
  explainedVariance,
  expRmspe
} from './interpret/index.js'
export {
  fbeta,
  fbetaScore,
  foregroundAccuracy,
  iouOfClass,
  iouPerClass,
  kappaScore,
  type LabelAverage
} from './interpret/index.js'
export { matthewsCorrcoef, meanAbsoluteError, meanIou, meanSquaredError } from './interpret/index.js'
export { meanSquaredLogarithmicError, metric, type Metric, type MetricBatch } from './interpret/index.js'
export type { MetricRows, MetricState, MetricTargets, MetricWord } from './interpret/index.js'
export {
  multiLabelFbeta,
  type Over,
  pck,
  pointDistance,
  precision,
  r2Score,
  recall,
  rocCurve,
  type RocPoint
} from './interpret/index.js'
export { rootMeanSquaredError, type Threshold, topKAccuracy } from './interpret/index.js'

// recipes
export { checkRecipe, type Hyper, type Rates, slice, type Slice, type WeightDecay } from './recipe/index.js'
export { Recipe, Schedule } from './surface/index.js'

// events
export { type Asked, type Counters, customWatcher, type CustomWatcher, earlyStopping } from './recipe/index.js'
export { type EarlyStopping, emptyHistory, type EpochSeen, type Event, haltOn, type Handler } from './recipe/index.js'
export { handlers, type History, type LrFind, type LrFindOptions, type LrSuggestion } from './recipe/index.js'
export { type NamedWatcher, reduceLrOnPlateau, type ReduceLrOnPlateau, type Request, type Row } from './recipe/index.js'
export { type RunRow, runRows, saveBest, type SaveBest, suggestLr, terminateOnNaN } from './recipe/index.js'
export type { TerminateOnNaN, TrackingMode, Verdict, Watcher, Watching } from './recipe/index.js'

// interpretation
export { type Chart, type ChartJson, type ConfusionPlotOptions, plotConfusionMatrix } from './interpret/draw/index.js'
export { plotLosses, plotLr, plotLrFind, plotMetrics, type SkipOptions } from './interpret/draw/index.js'
export { type ClassScore, classScores, type Confused, confusionMatrix } from './interpret/index.js'
export { type ConfusionMatrix, interpretation, type Interpretation, type InterpretationOf } from './interpret/index.js'
export { labelledLosses, labelScores, type LossLabel, meanConfusion, misclassified } from './interpret/index.js'
export { type Misclassified, mostConfused, normalisedConfusion, pixelConfusion } from './interpret/index.js'
export { abstainBelow, type Abstention, type Calibration, type CalibrationScores } from './interpret/index.js'
export { type CertaintyKind, coverageCurve, type CoveragePoint, type FeatureMetric } from './interpret/index.js'
export { confidentLearning, type ConfidentLearning, type LabelSuspect } from './interpret/index.js'
export { knn, type KnnOptions, temperatureScaling, type TemperatureScaling } from './interpret/index.js'
export { precisionRecallCurve, type PrecisionRecallCurve, reliability, type Reliability } from './interpret/index.js'
export { type ReliabilityBin, thresholdCounts } from './interpret/index.js'
export { type ThresholdCounts, type Interval, wilsonInterval } from './interpret/index.js'
export { type PointsDistance, predictedClasses, type TopLoss, topLosses, worstPoints } from './interpret/index.js'

// jobs
export {
  fastSettings,
  type FastSettings,
  exactSettings,
  type Fingerprints,
  type ImageRead
} from './emit/torch/index.js'
export { type Job, type JobData, type JobFile, jobSettings, type JobSettings } from './emit/torch/index.js'
export {
  type JobTraining,
  type ManifestItem,
  type ManifestPlace,
  type TorchInput,
  toTorch
} from './emit/torch/index.js'
export { hf, type Hf, hfRun, type HfRun, kubernetes, type Kubernetes, kubernetesObject } from './emit/launch/index.js'
export { type Launcher, launchText, type Placement, ray, type Ray, type RaySubmission } from './emit/launch/index.js'
export { raySubmission, type RestRequest, sky, type Sky, skyTask } from './emit/launch/index.js'
export { torchrun, type Torchrun, torchrunCall, type TorchrunCall } from './emit/launch/index.js'

// errors
export type { Explained } from './Explained.js'
export { drawError, type GraftError, type Mistake, type Mistakes, mistakes, mistakesOf } from './GraftError.js'
export type { DataError, DataWarning } from './data/index.js'
export type { ExportError } from './emit/index.js'
export type { JobError } from './emit/torch/index.js'
export type { FormatError, FormatErrors } from './format/index.js'
export type { InterpretError } from './interpret/index.js'
export type { PlanError } from './plan/index.js'
export type { RecipeError } from './recipe/index.js'

// feature caching
export { type CacheObstacle, type CachingFor, featureCache, type FeatureCache } from './plan/index.js'
export type { FeaturesCached, FeaturesNotCached } from './plan/index.js'

// values
export type { Opaque } from './Opaque.js'
export { generator, type Generator, type Seed, splitSeed } from './Seed.js'
export { version } from './version.js'

// namespaces
export { Draw, Eq, Fold, Format, nn, Show } from './surface/index.js'
