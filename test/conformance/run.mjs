// npm run conformance -- [--engine onnxruntime|cpu] [--no-fallback] [--write-docs]: main.ts, made runnable.
import { build } from 'esbuild'
import { fileURLToPath, pathToFileURL } from 'node:url'

process.chdir(fileURLToPath(new URL('../..', import.meta.url)))
const outfile = 'node_modules/.cache/graft-conformance/main.mjs'
await build({
  entryPoints: ['test/conformance/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'error'
})
await import(pathToFileURL(outfile).href)
