/**
 * The file system, images, archives, the network, the clock, and opened data. This room knows paths, bytes and system
 * errors; it must not depend on neural networks, tensors or training.
 *
 * @since 0.1.0
 */
export { defaultLimits, tarArchives, type ArchiveLimits, type Archives, type HasArchives } from './Archives.js'
export { cacheFrom, type Cache, type HasCache } from '../Cache.js'
export { nodeClock, type Clock, type HasClock } from './Clock.js'
export { dataCounts, showDataCounts, type DataCounts, type SetCounts } from './dataCounts.js'
export { dataFingerprint, type Data, type Dataset, type Item, type View } from './Data.js'
export { type Stubbornness } from './download.js'
export { figureForms, figurePng, figureSvg, saveFigure, type Figure } from './figures.js'
export { type Files, type FileStat, type HasFiles } from './Files.js'
export { nodeHttp, type HasHttp, type Http, type HttpReply, type HttpRequest } from './Http.js'
export { type DecodeOptions, type HasImages, type ImageHeader, type Images } from './Images.js'
export { installOnnxruntime, type InstallEnv } from './installOnnxruntime.js'
export { fromSystem, ioFailure, type IoError } from './IoError.js'
export { nodeFiles } from './nodeFiles.js'
export { nodeIo } from './nodeIo.js'
export { openBatches, type Batch, type BatchReader } from './openBatches.js'
export { openData, type DataEnv } from './openData.js'
export { parallel } from './parallel.js'
export { readUrl } from './readUrl.js'
export { type HasProgress, type Progress } from './Progress.js'
export { sharpImages } from './sharpImages.js'
export { type WeightsPlaces, weightsPlacesFrom } from './WeightsPlaces.js'
export { type HasWeights, type PublishedWeights, weightsStore, type WeightsStore } from './WeightsStore.js'
export { type HasWorkers, type PictureAnswers, type PictureRequest, type PictureSet, type Workers } from './Workers.js'
export { defaultWorkers, workerThreads } from './workerThreads.js'
export { type FetchEnv } from './fetchVerified.js'
export { type WeightsFile } from './verified.js'
export { untarData, type UntarEnv, type UntarOptions } from './untarData.js'
export { withImagesOf } from './withImagesOf.js'
