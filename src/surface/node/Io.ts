/**
 * The capabilities of an environment, their implementations for Node, and loading of batches.
 *
 * @since 0.1.0
 */
// capabilities
export { type Command, type Exit, type HttpAnswer, type HttpCall, nodeProcesses } from '../../io/index.js'
export type { Processes, RunningProcess } from '../../io/index.js'
export type { Labelled, Listing } from '../../data/index.js'
export { type ArchiveLimits, type Archives, type Cache, cacheFrom, type Clock } from '../../io/index.js'
export { type DecodeOptions, defaultLimits, defaultWorkers, type FetchEnv, type Files } from '../../io/index.js'
export { type FileStat, fromSystem, type Http, type HttpReply, type HttpRequest } from '../../io/index.js'
export { type ImageHeader, type Images, nodeClock, nodeFiles, nodeHttp, type PictureAnswers } from '../../io/index.js'
export type { PictureRequest, PictureSet, Progress, PublishedWeights } from '../../io/index.js'
export { sharpImages, type Stubbornness, tarArchives, type WeightsFile, type WeightsPlaces } from '../../io/index.js'
export { weightsPlacesFrom, type WeightsStore, weightsStore, type Workers, workerThreads } from '../../io/index.js'

// batches
export { type Batches, type Batching, trainOrder, validOrder } from '../../data/index.js'
export { type Batch, type BatchReader, dataFingerprint, openBatches, withImagesOf } from '../../io/index.js'

// embeddings
export { type EmbeddedImage, embeddingsFile, type EmbeddingsFile } from '../../io/index.js'

// decoding
export { type Decoding, defaultDecoding } from '../../data/index.js'
