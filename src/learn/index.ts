/**
 * The runner: learners, the training loop and its events, checkpoints and resuming, prediction. Engines and files meet
 * here. This room must not depend on the command line.
 *
 * @since 0.1.0
 */
export { archEmbedder } from './predicting/archEmbedder.js'
export { archPredictor } from './predicting/archPredictor.js'
export {
  embed,
  embedBatches,
  embedData,
  embedEach,
  type Embeddings,
  type EmbedOptions,
  featurePlan
} from './predicting/embed.js'
export {
  type AbstainOptions,
  calibrate,
  calibratePredictor,
  type Calibrated,
  type CalibrateOptions
} from './predicting/calibrate.js'
export { callbacks } from './loop/callbacks.js'
export { readSaved } from './saved/readSaved.js'
export { savedFile, type Cursor, type Saved } from './saved/Saved.js'
export { writeSaved, type SaveOptions } from './saved/writeSaved.js'
export { restore, resumeFrom } from './saved/restore.js'
export { cnnLearner, cnnModel, type CnnLearnerOptions, type TransferOptions } from './learner/cnnLearner.js'
export { withNodeEnv, type GraftEnv, type HasEngine, type HasEvents, type NodeEnvOptions } from './Env.js'
export { type Scores } from './loop/evaluation.js'
export { consoleHandler } from './handlers/consoleHandler.js'
export { csvHandler } from './handlers/csvHandler.js'
export { jsonlHandler } from './handlers/jsonlHandler.js'
export { tensorboardHandler, type TensorboardOptions } from './handlers/tensorboardHandler.js'
export { extendRun } from './saved/extendRun.js'
export { exportLearner, type ExportLearnerOptions } from './saved/exportLearner.js'
export { exportOnnx, type ExportOptions } from './saved/exportOnnx.js'
export { exportReference, type ReferenceOptions } from './saved/exportReference.js'
export { getPreds, type GetPredsOptions, type PredictedSet, type Predictions } from './predicting/getPreds.js'
export { mistakesIn } from './inFile.js'
export { checkFeatures, type CheckFeaturesOptions } from './looking/checkFeatures.js'
export { crossValidate, type CrossValidation, showScores, type Spread } from './looking/crossValidate.js'
export { interpret, interpretPredictor, interpretWith, preparedFor } from './looking/interpret.js'
export { archOf, parameterAt, type Callback, type Learner, type LearnerNow, type Settings } from './learner/Learner.js'
export { defaultLoss, defaultMetrics } from './learner/taskDefaults.js'
export { learner, type LearnerOptions } from './learner/makeLearner.js'
export { inWorker, type InWorkerOptions, type WorkerProgram, type WorkerResult } from './worker/inWorker.js'
export { type FeatureCaching } from './learner/FeatureCaching.js'
export { featureCacheOf } from './loop/featureCacheOf.js'
export { carryOnTorch, type TorchEnv, type TorchOptions } from './jobs/carryOnTorch.js'
export { checkPython, pythonOf } from './jobs/python.js'
export { eventIn, faultIn, printedLine } from './jobs/eventLine.js'
export { type JobState } from './jobs/JobState.js'
export {
  fetchJob,
  followJob,
  jobState,
  notSubmitted,
  type ServiceLauncher,
  stopJob,
  submitJob,
  type Submitted,
  takesJobs
} from './jobs/services.js'
export { readSubmitted, type ServiceTokens, serviceTokens, writeSubmitted } from './jobs/submittedFile.js'
export { describeRun } from './saved/RunDescription.js'
export { trainOn, type TrainOnEnv, type TrainOnOptions } from './jobs/trainOn.js'
export { runOfJob } from './jobs/runOfJob.js'
export { jobOf } from './jobs/jobOf.js'
export { writeJob } from './jobs/writeJob.js'
export { refreeze } from './learner/refreeze.js'
export { loadLearner, type LoadLearnerOptions } from './saved/loadLearner.js'
export { lrFind } from './loop/lrFind.js'
export { savedModel } from './saved/savedModel.js'
export { optionErrors } from './learner/settings.js'
export { diverged, savedError, settingError, weightsError, type LearnError } from './LearnError.js'
export { predictImage } from './predicting/predictImage.js'
export { predictMask, segment, type Segmented, wholePicture } from './predicting/predictMask.js'
export {
  gradCam,
  plotMultiTopLosses,
  plotTopLosses,
  type MultiTopLosses,
  type TopLossesPlotOptions
} from './looking/plotTopLosses.js'
export { plotWorstPoints, type WorstPointsPlotOptions } from './looking/plotWorstPoints.js'
export { aboutOf } from './report/about.js'
export { lrFindIn, reportedRun } from './report/reportedRun.js'
export { reportOf, type Reported, type ReportOptions } from './report/reportOf.js'
export { renderedReport, renderedSection, writeReport } from './report/renderedReport.js'
export { showBatch, type ShowBatchOptions } from './looking/showBatch.js'
export { type Batched } from './loop/training.js'
export { type Picture } from './predicting/networkInput.js'
export { openPredictor, type OpenPredictor } from './predicting/openPredictor.js'
export {
  answerOf,
  predict,
  predictAll,
  predictEach,
  type PredictAllOptions,
  type NamedPoint,
  type NoneOfThese,
  type Prediction
} from './predicting/predict.js'
export { type Embedder, loadPredictor, predictorOf, type Predictor } from './predicting/Predictor.js'
export { beginRun, withdrawRun, withoutRun } from './saved/beginRun.js'
export { carryOn, describedLearner, type RunOptions, type RunResult } from './saved/run.js'
export { finishedRun, readRun } from './saved/readRun.js'
export { runFiles, type Run, type RunDescription } from './saved/RunDescription.js'
export { showTime, tableHeader, tableLine, tableRow } from './loop/table.js'
export { checkAgainst } from './loop/checkAgainst.js'
export { train, trainWith, type Trained, type TrainOptions } from './loop/train.js'
export { type Checkpointing } from './loop/checkpoints.js'
export { type TrainEnv } from './loop/TrainEnv.js'
export { rowOfModel } from './loop/watched.js'
export { tta, type TtaOptions, type TtaPredictions } from './predicting/tta.js'
export { type TtaBlend } from './predicting/ttaOfPixels.js'
export { unetLearner, unetModel, type UnetLearnerOptions } from './learner/unetLearner.js'
export { validate, type Validation } from './loop/validate.js'
export { type LearnerEnv } from './weights/weights.js'
export { withData } from './learner/withData.js'
