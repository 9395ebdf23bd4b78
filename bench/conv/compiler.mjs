// The parts of the compiler that the bench times. No entry of the package exports them: they are bundled from the sources.
import { build } from 'esbuild'
import { mkdirSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const cache = fileURLToPath(new URL('../../node_modules/.cache/graft-bench/', import.meta.url))

const parts = ['conv/index', 'running/fetching', 'running/native', 'running/probeBlock', 'tuning/measure']

mkdirSync(cache, { recursive: true })
const outfile = `${cache}compiler.mjs`
await build({
  stdin: {
    contents: ['engine/threads', ...parts.map((name) => `engine/onnxruntime/${name}`)]
      .map((path) => `export * from './src/${path}.ts'`)
      .join('\n'),
    resolveDir: root
  },
  outfile,
  bundle: true,
  packages: 'external',
  external: ['#tfjs-gradients'],
  format: 'esm',
  platform: 'node',
  logLevel: 'warning'
})

export const compiler = await import(pathToFileURL(outfile).href)
