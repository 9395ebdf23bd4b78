// Vitest runs sources; a worker thread needs a file that Node can run, and pages need their script as text: both are
// bundled from the same sources.
import { fileURLToPath } from 'node:url'
import { buildPage } from '../build-page.mjs'
import { buildWorker } from '../build-worker.mjs'

export const setup = async () => {
  const dist = fileURLToPath(new URL('../dist', import.meta.url))
  await buildWorker(dist)
  await buildPage(dist)
}
