// Bundles what runs in worker threads into a file each, `#picture-worker` and `#prediction-thread` of package.json: a
// thread starts from a file, and where that lies beside the bundles of the package is for the package to say.
import { build } from 'esbuild'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))

const threads = {
  'picture-worker': 'src/io/workers/pictureWorker.ts',
  'prediction-thread': 'src/serve/threads/predictionThread.ts'
}

export const buildWorker = (dist) =>
  build({
    entryPoints: Object.entries(threads).map(([out, path]) => ({ in: join(root, path), out })),
    outdir: dist,
    bundle: true,
    packages: 'external',
    external: ['#tfjs-gradients'],
    format: 'esm',
    platform: 'node',
    logLevel: 'warning'
  })
