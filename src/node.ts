/**
 * graft in Node: engines, files, images and training. Every public name is listed here, by subject; the namespaces have
 * the parts of engines and of environments.
 *
 * @since 0.1.0
 */
// environment
export { acquireEngine, type ConvCosts, type EngineCosts, type EngineName, engineNames } from './engine/index.js'
export { type EngineOptions, type EngineReport, listEngines, type Tuned, tunedCostsFile } from './engine/index.js'
export { tuneEngine, type TuneOptions } from './engine/index.js'
export type { HasArchives, HasCache, HasClock, HasFiles, HasHttp } from './io/index.js'
export type { HasImages, HasProcesses, HasProgress, HasWeights, HasWorkers, InstallEnv } from './io/index.js'
export { installOnnxruntime, nodeIo } from './io/index.js'
export { type GraftEnv, type HasEngine, type HasEvents, type NodeEnvOptions, withNodeEnv } from './learn/index.js'
export { inWorker, type InWorkerOptions, type WorkerProgram, type WorkerResult } from './learn/index.js'

// data
export { type Data, dataCounts, type DataCounts, type DataEnv, type Dataset, type Item, openData } from './io/index.js'
export { checkData, quickCheck } from './io/index.js'
export {
  type ImageSizes,
  type SetCounts,
  showDataCounts,
  untarData,
  type UntarEnv,
  type UntarOptions,
  type View
} from './io/index.js'

// learners
export { cnnLearner, type CnnLearnerOptions, cnnModel, defaultLoss, defaultMetrics, learner } from './learn/index.js'
export { type FeatureCaching, featureCacheOf } from './learn/index.js'
export { type Learner, type LearnerEnv, type LearnerOptions, parameterAt, type Settings } from './learn/index.js'
export { type TransferOptions, unetLearner, type UnetLearnerOptions, unetModel, withData } from './learn/index.js'

// training
export {
  type Callback,
  callbacks,
  type Checkpointing,
  consoleHandler,
  csvHandler,
  jsonlHandler
} from './learn/index.js'
export { type LearnerNow, lrFind, tensorboardHandler, type TensorboardOptions } from './learn/index.js'
export { crossValidate, type CrossValidation, showScores, type Spread } from './learn/index.js'
export { checkFeatures, type CheckFeaturesOptions } from './learn/index.js'
export { type Scores, train, type Trained, type TrainEnv, type TrainOptions, trainWith } from './learn/index.js'
export { validate, type Validation } from './learn/index.js'

// prediction
export { archPredictor, getPreds, type GetPredsOptions, loadPredictor, openPredictor } from './learn/index.js'
export { type OpenPredictor, type Picture, predict, predictAll, type PredictAllOptions } from './learn/index.js'
export { predictEach, type PredictedSet, predictImage, type Prediction, type Predictions } from './learn/index.js'
export { predictMask, type Predictor, predictorOf, segment, type Segmented, tta, type TtaBlend } from './learn/index.js'
export type { TtaOptions, TtaPredictions } from './learn/index.js'
export { archEmbedder, embed, embedData, embedEach, type Embedder, type Embeddings } from './learn/index.js'
export type { EmbedOptions } from './learn/index.js'
export { type AbstainOptions, calibrate, type Calibrated, type CalibrateOptions } from './learn/index.js'
export { calibratePredictor, type NoneOfThese } from './learn/index.js'

// interpretation
export { type Figure, figurePng, figureSvg, saveFigure } from './io/index.js'
export { gradCam, interpret, interpretPredictor, interpretWith, type MultiTopLosses } from './learn/index.js'
export { type Batched, showBatch, type ShowBatchOptions } from './learn/index.js'
export { type NamedPoint, plotWorstPoints, type WorstPointsPlotOptions } from './learn/index.js'
export { plotMultiTopLosses, plotTopLosses, preparedFor, type TopLossesPlotOptions } from './learn/index.js'

// saving
export { type Cursor, exportLearner, type ExportLearnerOptions, exportOnnx, type ExportOptions } from './learn/index.js'
export { exportReference, type ReferenceOptions } from './learn/index.js'
export { loadLearner, type LoadLearnerOptions, readSaved, restore, resumeFrom, type Saved } from './learn/index.js'
export { savedFile, savedModel, type SaveOptions, writeSaved } from './learn/index.js'

// runs
export { beginRun, carryOn, describedLearner, extendRun, finishedRun, readRun, type Run } from './learn/index.js'
export { type RunDescription, runFiles, type RunOptions, type RunResult, withdrawRun } from './learn/index.js'
export { withoutRun } from './learn/index.js'

// jobs
export { trainOn, type TrainOnEnv, type TrainOnOptions } from './learn/index.js'

// serving
export {
  type RequestEntry,
  type ServeError,
  serveHandler,
  type ServeHandler,
  type ServeOptions
} from './serve/index.js'

// errors
export type { EngineError } from './engine/index.js'
export type { IoError } from './io/index.js'
export { type LearnError, settingError } from './learn/index.js'

// namespaces
export { Engine, Io } from './surface/node/index.js'
