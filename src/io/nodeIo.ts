/**
 * `nodeIo`: everything of this room, for Node.
 *
 * @since 0.1.0
 */
import { homedir } from 'node:os'
import { constVoid } from 'fp-ts/lib/function.js'
import { tarArchives } from './Archives.js'
import { cacheFrom, type Cache } from './Cache.js'
import { nodeClock } from './Clock.js'
import { nodeHttp } from './Http.js'
import { nodeFiles } from './nodeFiles.js'
import type { DataEnv } from './openData.js'
import type { HasProgress } from './Progress.js'
import { sharpImages } from './sharpImages.js'

/**
 * This machine's files, pictures, network, archives and clock. `cache`: as the environment says (`cacheFrom`) unless
 * given; `progress`: told to nobody unless given; `workers`: the number of processors unless given.
 *
 * @example
 * import { nodeIo } from 'graft-vision/node'
 *
 * assert.strictEqual(nodeIo({ workers: 3 }).images.workers, 3)
 *
 * @since 0.1.0
 */
export const nodeIo = (
  options: { readonly cache?: Cache; readonly progress?: HasProgress['progress']; readonly workers?: number } = {}
): DataEnv => ({
  files: nodeFiles,
  images: sharpImages(options.workers),
  http: nodeHttp,
  archives: tarArchives,
  clock: nodeClock,
  cache: options.cache ?? cacheFrom(process.env, homedir()),
  progress: options.progress ?? (() => constVoid)
})
