// Builds dist/ (or the folder named as the argument): the package's entries, bundled, since Node reads few large files
// faster than hundreds of small ones; the same as one module for each source, from which bundlers of applications take
// what is used (the condition `module`); the types of every source; and tfjs-core's gradient definitions in one module
// (tfjs-core alone registers none under plain Node, and its own file cannot be imported there) with the chained methods
// of tensors, which some of the definitions call (of Prod, of GatherV2 in batches); the command; and what runs in worker
// threads. With --no-check, types are written but not checked: by then `npm test` has checked them.
import { build } from 'esbuild'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildCommand } from './build-command.mjs'
import { buildPage } from './build-page.mjs'
import { buildWorker } from './build-worker.mjs'

const root = dirname(fileURLToPath(import.meta.url))
const entries = ['src/index.ts', 'src/node.ts', 'src/onnxruntime.ts', 'laws/index.ts']
const ifStale = process.argv.includes('--if-stale')
const checked = !process.argv.includes('--no-check')
const target = resolve(process.argv.slice(2).find((arg) => !arg.startsWith('--')) ?? join(root, 'dist'))

// npm prepares a clone again when its command is first reached by npx; what is newer than its sources may stay.
const isFresh = () => {
  const built = join(target, 'tfjs-gradients.js')
  const sources = ['src', 'laws'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((path) => join(root, folder, path))
  )
  const others = [
    'build.mjs',
    'build-command.mjs',
    'build-page.mjs',
    'build-worker.mjs',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json'
  ]
  const time = (path) => statSync(path).mtimeMs
  return (
    existsSync(built) &&
    [...sources, ...others.map((path) => join(root, path))].every((path) => time(path) < time(built))
  )
}
if (ifStale && isFresh()) process.exit(0)

const cache = join(root, 'node_modules/.cache')
mkdirSync(cache, { recursive: true })
// Built beside and moved into place: a build that fails leaves the last good one, and a running program keeps its files.
const dist = mkdtempSync(join(cache, 'graft-build-'))

await build({
  stdin: {
    contents: ['register_all_gradients', 'public/chained_ops/register_all_chained_ops']
      .map((name) => `import '@tensorflow/tfjs-core/dist/${name}'`)
      .join('\n'),
    resolveDir: root
  },
  outfile: join(dist, 'tfjs-gradients.js'),
  bundle: true,
  format: 'esm',
  platform: 'node',
  mainFields: ['module', 'main'],
  ignoreAnnotations: true,
  minifySyntax: true,
  minifyWhitespace: true,
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  logLevel: 'warning'
})

await build({
  // The code of `inWorker`'s threads shares its chunks with the entries: a program there must get the same copy of graft.
  entryPoints: [...entries, 'src/learn/worker/programWorker.ts'].map((path) => join(root, path)),
  outbase: root,
  outdir: dist,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  packages: 'external',
  external: ['#tfjs-gradients'],
  format: 'esm',
  platform: 'node',
  logLevel: 'warning'
})

await buildCommand(dist)
await buildWorker(dist)
await buildPage(dist)

const sources = ['src', 'laws'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .map((path) => join(root, folder, path))
)
await build({
  // the command has its own bundle, and scripts of pages are bundled as text
  entryPoints: sources.filter((path) => !['cli', 'page/client'].some((room) => path.includes(join('src', room)))),
  outbase: root,
  outdir: join(dist, 'modules'),
  format: 'esm',
  platform: 'neutral',
  logLevel: 'warning'
})

const tsc = join(root, 'node_modules/typescript/bin/tsc')
const { status } = spawnSync(
  process.execPath,
  [tsc, '-p', 'tsconfig.build.json', '--outDir', dist, ...(checked ? [] : ['--noCheck'])],
  { cwd: root, stdio: 'inherit' }
)
if (status !== 0) {
  rmSync(dist, { recursive: true })
  process.exit(status ?? 1)
}

// tfjs-core's types name one of @types/long without importing it: a program that checks libraries has to be shown it.
for (const entry of entries) {
  const types = join(dist, entry.replace(/\.ts$/, '.d.ts'))
  writeFileSync(types, `/// <reference types="long" />\n${readFileSync(types, 'utf8')}`)
}

// The Python program of jobs, without what Python and its tools have left beside it.
const python = join(root, 'src/graft_torch')
if (existsSync(python))
  cpSync(python, join(dist, 'graft_torch'), {
    recursive: true,
    filter: (path) => (statSync(path).isDirectory() ? !/__pycache__|[.]\w+_cache/.test(path) : path.endsWith('.py'))
  })

chmodSync(join(dist, 'src/cli/main.js'), 0o755)
chmodSync(dist, 0o755)
const last = `${dist}-last`
if (existsSync(target)) renameSync(target, last)
renameSync(dist, target)
rmSync(last, { recursive: true, force: true })
