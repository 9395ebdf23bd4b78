/**
 * The runner: learners, training with its loop and events, checkpoints and resuming, predicting. Here engines and the
 * outside meet. It refuses to know the command line.
 *
 * @since 0.1.0
 */
export { archPredictor } from './archPredictor.js'
export { callbacks } from './callbacks.js'
export { readSaved, savedFile, writeSaved, type Cursor, type Saved, type SaveOptions } from './checkpoint.js'
export { restore, resumeFrom } from './restore.js'
export { cnnLearner, cnnModel, type CnnLearnerOptions, type TransferOptions } from './cnnLearner.js'
export { withNodeEnv, type GraftEnv, type HasEngine, type HasEvents, type NodeEnvOptions } from './Env.js'
export { type Scores } from './evaluation.js'
export { consoleHandler } from './consoleHandler.js'
export { extendRun } from './extendRun.js'
export { exportLearner, type ExportLearnerOptions } from './exportLearner.js'
export { exportOnnx, type ExportOptions } from './exportOnnx.js'
export { getPreds, type GetPredsOptions, type PredictedSet, type Predictions } from './getPreds.js'
export { mistakesIn } from './inFile.js'
export { interpret, interpretPredictor, interpretWith, preparedFor } from './interpret.js'
export {
  archOf,
  defaultLoss,
  defaultMetrics,
  learner,
  parameterAt,
  refreeze,
  type Callback,
  type Learner,
  type LearnerNow,
  type LearnerOptions,
  type Settings
} from './Learner.js'
export { loadLearner, type LoadLearnerOptions } from './loadLearner.js'
export { lrFind } from './lrFind.js'
export { diverged, savedError, settingError, weightsError, type LearnError } from './LearnError.js'
export { predictImage } from './predictImage.js'
export { predictMask, segment, type Segmented } from './predictMask.js'
export {
  gradCam,
  plotMultiTopLosses,
  plotTopLosses,
  type MultiTopLosses,
  type TopLossesPlotOptions
} from './plotTopLosses.js'
export { type Picture } from './networkInput.js'
export { openPredictor, type OpenPredictor } from './openPredictor.js'
export { predict, predictAll, predictEach, type PredictAllOptions, type Prediction } from './predict.js'
export { loadPredictor, predictorOf, type Predictor } from './Predictor.js'
export {
  beginRun,
  carryOn,
  describedLearner,
  finishedRun,
  readRun,
  type RunOptions,
  type RunResult,
  withdrawRun,
  withoutRun
} from './run.js'
export { runFiles, type Run, type RunDescription } from './RunDescription.js'
export { showTime, tableHeader, tableLine, tableRow } from './table.js'
export {
  checkAgainst,
  train,
  trainWith,
  type Checkpointing,
  type TrainEnv,
  type Trained,
  type TrainOptions
} from './train.js'
export { tta, type TtaOptions, type TtaPredictions } from './tta.js'
export { type TtaBlend } from './ttaOfPixels.js'
export { unetLearner, unetModel, type UnetLearnerOptions } from './unetLearner.js'
export { validate, type Validation } from './validate.js'
export { type LearnerEnv } from './weights.js'
export { withData } from './withData.js'
