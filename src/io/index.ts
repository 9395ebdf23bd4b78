/**
 * The file system, images, archives, the network, the clock, and opened data. This room knows paths, bytes and system
 * errors; it must not depend on neural networks, tensors or training.
 *
 * @since 0.1.0
 */
export { defaultLimits, tarArchives, type ArchiveLimits, type Archives, type HasArchives } from './Archives.js'
export { cacheFrom, type Cache, type HasCache } from '../Cache.js'
export { nodeClock, type Clock, type HasClock } from './Clock.js'
export { checkData, quickCheck } from './checking/checkData.js'
export { dataCounts, showDataCounts, type DataCounts, type SetCounts } from './opened/dataCounts.js'
export { type ImageSizes, dataFingerprint, type Data, type Dataset, type Item, type View } from './opened/Data.js'
export { type EmbeddedImage, embeddingsFile, type EmbeddingsFile } from './embeddings/EmbeddingsFile.js'
export { npyNumbers } from './embeddings/npyArray.js'
export { type Stubbornness } from './network/download.js'
export { figureForms, figurePng, figureSvg, saveFigure, type Figure } from './figures.js'
export { type Files, type FileStat, type HasFiles } from './Files.js'
export {
  nodeHttp,
  type HasHttp,
  type Http,
  type HttpAnswer,
  type HttpCall,
  type HttpReply,
  type HttpRequest
} from './network/Http.js'
export { type DecodeOptions, type HasImages, type ImageHeader, type Images } from './Images.js'
export {
  cancelHubJob,
  downloadFromHub,
  type HubAccount,
  hubJobLog,
  hubJobStatus,
  runHubJob,
  uploadToHub
} from './network/hubJobs.js'
export { installOnnxruntime, type InstallEnv } from './network/installOnnxruntime.js'
export { fromSystem, ioFailure, type IoError } from './IoError.js'
export { nodeFiles } from './nodeFiles.js'
export { nodeIo } from './nodeIo.js'
export { openBatches, type Batch, type BatchReader } from './opened/openBatches.js'
export { verifyOf } from './opened/look.js'
export { pageAssets } from './pageAssets.js'
export { openData, type DataEnv } from './opened/openData.js'
export { parallel } from './workers/parallel.js'
export { readUrl } from './network/readUrl.js'
export {
  type Command,
  type Exit,
  type HasProcesses,
  nodeProcesses,
  type Processes,
  type RunningProcess
} from './processes/Processes.js'
export { type HasProgress, type Progress } from './Progress.js'
export { sharpImages } from './formats/sharpImages.js'
export { type WeightsPlaces, weightsPlacesFrom } from './weights/WeightsPlaces.js'
export { type HasWeights, type PublishedWeights, weightsStore, type WeightsStore } from './weights/WeightsStore.js'
export {
  type HasWorkers,
  type PictureAnswers,
  type PictureRequest,
  type PictureSet,
  type Workers
} from './workers/Workers.js'
export { defaultWorkers, workerThreads } from './workers/workerThreads.js'
export { type FetchEnv } from './weights/fetchVerified.js'
export { type WeightsFile } from './weights/verified.js'
export { untarData, type UntarEnv, type UntarOptions } from './network/untarData.js'
export { webpOf } from './formats/webp.js'
export { withImagesOf } from './opened/withImagesOf.js'
