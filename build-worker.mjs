// Bundles what runs in a worker thread into one file, `#picture-worker` of package.json: a thread starts from a file, and
// where that lies beside the bundles of the package is for the package to say.
import { build } from 'esbuild'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))

export const buildWorker = (dist) =>
  build({
    entryPoints: [join(root, 'src/io/workers/pictureWorker.ts')],
    outfile: join(dist, 'picture-worker.js'),
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    logLevel: 'warning'
  })
