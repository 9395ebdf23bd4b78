/**
 * What a model is trained on, as descriptions and arithmetic: sources, labels, holdouts, sizes, statistics, the order
 * of batches. This room has classes, pixels and seeds; it must not depend on files, decoders, tensors or the training
 * loop.
 *
 * @since 0.1.0
 */
export { arrange, type Arrangement, type Labelled } from './folders/Arrangement.js'
export { type ClassWeights, classWeightsOf, countsPerClass, showClassWeights } from './ClassWeights.js'
export { batchCount, batchOrder, trainOrder, validOrder, type Batches, type Batching } from './batches.js'
export type { ClassFrom } from './folders/ClassFrom.js'
export { codesIn, coloursIn } from './masks/codes.js'
export { readCsv } from './tables/csv.js'
export { dataError, dataWarning, someOf, type DataError, type DataWarning } from './DataError.js'
export { eqBatchView, foldBatchView, kindOfView, showBatchView, viewedBy, type BatchView } from './views/BatchView.js'
export { type BatchSamples, type BatchSetting, type BatchViewKind } from './views/BatchViewKind.js'
export { bilinearPixels } from './images/bilinear.js'
export { boxOf, cut as cutBatch, cutmix, type CutMix } from './views/cutmix.js'
export { type ErasedWith, randomErasing, type RandomErasing } from './views/randomErasing.js'
export { drawMix, mixed, mixup, type Mix, type MixUp } from './views/mixup.js'
export { checkSpec } from './checkSpec.js'
export { drawnMask } from './masks/drawnMask.js'
export { brushRuns, cocoRuns } from './masks/runLengths.js'
export {
  wholeFiles,
  type DrawnMask,
  type ImagePlace,
  type PlaceOf,
  type Polygon,
  type Region,
  type RunLengths
} from './images/ImagePlace.js'
export { fromMetadata, metadataIn } from './sources/fromMetadata.js'
export { fromCoco, fromLabelStudio, type AnnotationOptions } from './sources/fromAnnotations.js'
export { fromShards, shardFormat, type ShardOptions } from './sources/fromShards.js'
export type { AnnotationReader, Annotations } from './masks/annotations.js'
export { fromNameFunc } from './sources/fromNameFunc.js'
export { pointsFrom, pointsFromFunc } from './sources/pointsFrom.js'
export { fromNameRe } from './sources/fromNameRe.js'
export { fromLists, fromRows, type RowsOptions } from './sources/fromRows.js'
export { dataLayout, kindOfSource } from './sources/sourceKinds.js'
export {
  type Arranged,
  type DataLayout,
  type ImageIndex,
  type Place,
  type Shard,
  type SourceKind
} from './sources/SourceKind.js'
export {
  archive,
  defaultData,
  digits,
  eqDataSpec,
  eqNormalise,
  foldNormalise,
  imageFolder,
  imageImages,
  imageMasks,
  resizeOf,
  showDataSpec,
  showNormalise,
  type DataSpec,
  type Normalise,
  type Resize,
  type Size,
  type Verify
} from './DataSpec.js'
export { type DataCheck, countFindings, showDataCheck, titleOf } from './findings/DataCheck.js'
export { finding, type Finding, type FindingGroup, imagesToLeaveOut, ordered } from './findings/Finding.js'
export { findingCodes, type FindingCode, findingKinds, type Severity } from './findings/FindingCode.js'
export { digestLength, type FileFacts, type ImageTrait } from './findings/FileFacts.js'
export { isMisread } from './findings/misread.js'
export { type CheckedFile, isDecoded, type Survey, surveyOf } from './findings/Survey.js'
export { classFindings } from './findings/classFindings.js'
export { copyFindings, similarFindings } from './findings/copyFindings.js'
export { fileFindings } from './findings/fileFindings.js'
export { type DoubtfulLabel, suspectFindings } from './findings/suspectFindings.js'
export { errorFinding, hiddenFindings, warningFindings } from './findings/nameFindings.js'
export { areAlike, likenessOf, type Likeness } from './likeness/Likeness.js'
export { hammingDistance, hashedSide, perceptualHash, type PerceptualHash } from './likeness/perceptualHash.js'
export { nearHashes } from './likeness/nearHashes.js'
export { type Exclusion, readExclusion, writeExclusion } from './Exclusion.js'
export { withoutExcluded } from './withoutExcluded.js'
export { decodingOf, defaultDecoding, type Decoding } from './images/Decoding.js'
export {
  normalise,
  normaliseForWeights,
  normaliseFromBatch,
  strictly,
  withBatchSize,
  withCacheBytes,
  withColour,
  withDataSeed,
  withDropLast,
  withExclude,
  withExact,
  withOrientation,
  withoutNormalisation,
  withRange,
  withResize,
  withSampling,
  withShuffle,
  withSize,
  withTransforms,
  withValidBatchSize,
  withVerify
} from './words.js'
export {
  eqHoldout,
  foldHoldout,
  holdoutAuto,
  holdoutByColumn,
  holdoutByFile,
  holdoutByFold,
  holdoutByFolder,
  holdoutByFunction,
  holdoutByGroup,
  holdoutByList,
  holdoutByPct,
  holdoutStratified,
  type FoldOptions,
  type HeldFold,
  separateBy,
  separateRandomly,
  showHoldout,
  type Holdout,
  type Separation
} from './holdouts/Holdout.js'
export type { Grouping } from './holdouts/Grouping.js'
export { kFold } from './holdouts/kFold.js'
export { balancedSampling, drawnItems, type Draws, eachOnce, repeatsIn, type Sampling } from './Sampling.js'
export { iterativeParts } from './holdouts/iterative.js'
export { foldsOf, separateByLabels, separateGroups, separateStratified } from './holdouts/separation.js'
export { holdoutOf } from './sources/holdoutOf.js'
export {
  arrangeImages,
  targetsBy,
  targetsByPattern,
  targetsIn,
  type ImageImages,
  type ImageImagesOptions
} from './masks/ImageImages.js'
export {
  imageCsv,
  type Column,
  type CsvOptions,
  type ImageCsv,
  type LabelKind,
  type TableChoices,
  type TableOptions
} from './tables/ImageTable.js'
export type { DataRow, RowValue } from './tables/DataRow.js'
export {
  inferClasses,
  labelFromFolder,
  labelFromRegex,
  multiTargetsOf,
  ordCodePoint,
  targetsOf,
  type Targets
} from './Labelling.js'
export { isImageName, isSystems, type Link, type Listing } from './folders/Listing.js'
export { setNamed, setOfPath, type SetName } from './holdouts/SetName.js'
export { settle, type DataItem, type Settled, type Target } from './settle.js'
export { settleTable } from './tables/settleTable.js'
export { greyed, nearestPixels } from './masks/maskPixels.js'
export {
  arrangeMasks,
  masksBy,
  masksByPattern,
  masksIn,
  maskOf,
  type ImageMasks,
  type MaskOptions
} from './masks/Masks.js'
export { colourOf, type MaskMap } from './masks/maskMap.js'
export {
  classified,
  legendOf,
  maskTargets,
  unknownValues,
  type Classified,
  type Legend,
  type MaskSamples
} from './masks/maskValues.js'
export { mirroredOrder, sidePairs, swapMistake, type NamePair } from './points/NamePair.js'
export { upright, uprightSides } from './images/orientation.js'
export { paddingModes, type PaddingMode } from './transforms/PaddingMode.js'
export type { PairNaming } from './masks/PairNaming.js'
export type { Pixels } from './images/Pixels.js'
export { cropPad, nearestMultiple, reflect, roundHalfEven, scaledSides, sidesOf } from './images/resizing.js'
export { maxStretch, scalingOf, stretchOf } from './images/scaling.js'
export { drawDigit, strokeSide } from './images/strokes.js'
export {
  eqSource,
  folderLayout,
  foldSource,
  showSource,
  type Archive,
  type Digits,
  type FolderLayout,
  type FolderOptions,
  type FromAnnotations,
  type FromMetadata,
  type FromNameFunc,
  type FromNameRe,
  type FromRows,
  type FromShards,
  type ImageFolder,
  type PointsFromFunc,
  type PointsOfFile,
  type Source
} from './sources/Source.js'
export {
  cifarStats,
  denormaliseValues,
  imagenetStats,
  mnistStats,
  normaliseInto,
  normaliseValues,
  statsOf,
  statsPerChannel,
  type Stats
} from './Stats.js'
export { arrangeTable, tableOf, type Table } from './tables/tableRows.js'
export {
  classesOf,
  classification,
  eqTask,
  foldTask,
  imageRegression,
  multiLabel,
  outputsOf,
  points,
  regression,
  segmentation,
  showTask,
  type Classification,
  type ImageRegression,
  type MultiLabel,
  type Points,
  type Regression,
  type Segmentation,
  type Task
} from './Task.js'
export * as Transform from './transforms/Transform.js'
export {
  fieldsOf,
  isPadded,
  movesPixels,
  type TransformField,
  type TransformKind,
  transformKinds,
  transformOf,
  valueOf
} from './transforms/transformKinds.js'
export { getTransforms, type GetTransformsOptions } from './transforms/getTransforms.js'
export { ttaViews } from './transforms/ttaViews.js'
export { checksums, URLs, type Checksum } from './sources/URLs.js'
