/** tfjs-core's own specs: which there are, bundled with the backend, run in processes of their own. */
import { build, type Plugin } from 'esbuild'
import { fork } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import type { Fallback } from '../../src/engine/onnxruntime/index.js'
import type { Outcome } from './Outcome.js'

const CORE = '@tensorflow/tfjs-core'

/** tfjs-core's list of its own tests, one import a line. */
const specFiles = (): ReadonlyArray<string> => {
  const list = readFileSync(join('node_modules', CORE, 'dist/tests.js'), 'utf8')
  return [...list.matchAll(/^import '\.\/(.*)';$/gm)].map((line) => line[1]!)
}

const specFilesModule = (files: ReadonlyArray<string>): string =>
  `export const specFiles = {${files.map((f) => `'${f}': () => import('${CORE}/dist/${f}.js')`).join(',')}}`

const withSpecFiles = (files: ReadonlyArray<string>): Plugin => ({
  name: 'specFiles',
  setup: (builder) => {
    builder.onResolve({ filter: /^conformance:specFiles$/ }, ({ path }) => ({ path, namespace: 'conformance' }))
    builder.onLoad({ filter: /^/, namespace: 'conformance' }, () => ({
      contents: specFilesModule(files),
      resolveDir: process.cwd()
    }))
  }
})

const bundle = async (outfile: string, files: ReadonlyArray<string>): Promise<void> => {
  await build({
    entryPoints: ['test/conformance/worker.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    external: ['jasmine', 'jasmine-core', 'onnxruntime-node'],
    // by its package's list of side effects, importing a test does nothing
    ignoreAnnotations: true,
    plugins: [withSpecFiles(files)],
    banner: {
      js: "import { createRequire as requiring } from 'node:module'; const require = requiring(import.meta.url);"
    },
    logLevel: 'error'
  })
}

const runFiles = (worker: string, args: ReadonlyArray<string>): Promise<ReadonlyArray<Outcome>> =>
  new Promise((done, failed) => {
    const outcomes: Array<Outcome> = []
    // what the specs print is theirs; what ends the process is ours to see
    const child = fork(worker, [...args], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    child.on('message', (outcome) => outcomes.push(outcome as Outcome))
    child.on('error', failed)
    child.on('close', (code) =>
      code === 0 ? done(outcomes) : failed(new Error(`a worker ended with ${code ?? 'a signal'}`))
    )
  })

/** Every spec's outcome on a backend; of some files, where they are named. */
export const runSuite = async (
  backend: string,
  fallback: Fallback,
  files: ReadonlyArray<string> = specFiles()
): Promise<ReadonlyArray<Outcome>> => {
  const folder = mkdtempSync(join(resolve('node_modules/.cache'), 'graft-conformance-'))
  const worker = join(folder, 'worker.mjs')
  const workers = Math.min(4, availableParallelism())
  const shares = Array.from({ length: workers }, (_, w) => files.filter((_f, i) => i % workers === w))
  try {
    await bundle(worker, files)
    return (await Promise.all(shares.map((share) => runFiles(worker, [backend, fallback, ...share])))).flat()
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/**
 * The onnxruntime backend with fallback and without. What passes without fallback never needed it: only the files in
 * which something failed are run again with it.
 */
export const runBothWays = async (): Promise<Readonly<Record<'outcomes' | 'refused', ReadonlyArray<Outcome>>>> => {
  const refused = await runSuite('onnxruntime', 'refuse')
  const failing = new Set(refused.filter((o) => o.status === 'failed').map((o) => o.file))
  const again = await runSuite('onnxruntime', 'compute', [...failing])
  return { refused, outcomes: [...refused.filter((o) => !failing.has(o.file)), ...again] }
}
