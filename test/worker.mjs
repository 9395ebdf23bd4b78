// Vitest runs sources; a worker thread needs a file that Node can run, and gets one of the same sources.
import { fileURLToPath } from 'node:url'
import { buildWorker } from '../build-worker.mjs'

export const setup = async () => {
  await buildWorker(fileURLToPath(new URL('../dist', import.meta.url)))
}
