/**
 * `nodeIo`: all capabilities of this room, for Node.
 *
 * @since 0.1.0
 */
import { constVoid } from 'fp-ts/lib/function.js'
import { tarArchives } from './Archives.js'
import { type Cache, nodeCache, userHome } from '../Cache.js'
import { nodeClock } from './Clock.js'
import { nodeHttp } from './network/Http.js'
import { nodeFiles } from './nodeFiles.js'
import type { DataEnv } from './opened/openData.js'
import { type HasProcesses, nodeProcesses } from './processes/Processes.js'
import type { HasProgress } from './Progress.js'
import { sharpImages } from './formats/sharpImages.js'
import { defaultWorkers, workerThreads } from './workers/workerThreads.js'
import { type WeightsPlaces, weightsPlacesFrom } from './weights/WeightsPlaces.js'
import { type HasWeights, weightsStore } from './weights/WeightsStore.js'

/**
 * This machine's files, images, network, archives, clock and weights. Defaults: `cache` and `places` of published
 * weights from environment variables (`cacheFrom`, `weightsPlacesFrom`), `progress` ignored, `workers` (threads that
 * load images; 0 for the calling thread) `defaultWorkers`. Idle threads do not keep the process alive; `workers.close`
 * stops them at once.
 *
 * @example
 * import { nodeIo } from 'graft-vision/node'
 *
 * assert.strictEqual(nodeIo({ workers: 3 }).workers.count, 3)
 *
 * @category environment
 * @since 0.1.0
 */
export const nodeIo = (
  options: {
    readonly cache?: Cache
    readonly places?: WeightsPlaces
    readonly progress?: HasProgress['progress']
    readonly workers?: number
  } = {}
): DataEnv & HasWeights & HasProcesses => {
  const cache = options.cache ?? nodeCache()
  const images = sharpImages()
  const env: DataEnv & HasProcesses = {
    files: nodeFiles,
    images,
    workers: workerThreads(options.workers ?? defaultWorkers(), { files: nodeFiles, images }),
    http: nodeHttp,
    processes: nodeProcesses,
    archives: tarArchives,
    clock: nodeClock,
    cache,
    progress: options.progress ?? (() => constVoid)
  }
  return { ...env, weights: weightsStore(options.places ?? weightsPlacesFrom(process.env, userHome(), cache))(env) }
}
