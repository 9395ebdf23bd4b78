// Builds dist/ (or the folder named as the argument): the TypeScript sources, and tfjs-core's gradient definitions
// bundled into one module (tfjs-core alone registers none under plain Node, and its own file cannot be imported there).
import { build } from 'esbuild'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const target = resolve(process.argv[2] ?? join(root, 'dist'))
const cache = join(root, 'node_modules/.cache')
mkdirSync(cache, { recursive: true })
// Built beside and moved into place: a build that fails leaves the last good one, and a running program keeps its files.
const dist = mkdtempSync(join(cache, 'graft-build-'))

await build({
  stdin: { contents: "import '@tensorflow/tfjs-core/dist/register_all_gradients'", resolveDir: root },
  outfile: join(dist, 'tfjs-gradients.js'),
  bundle: true,
  format: 'esm',
  platform: 'node',
  mainFields: ['module', 'main'],
  ignoreAnnotations: true,
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  logLevel: 'warning'
})

const tsc = join(root, 'node_modules/typescript/bin/tsc')
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', dist], {
  cwd: root,
  stdio: 'inherit'
})
if (status !== 0) {
  rmSync(dist, { recursive: true })
  process.exit(status ?? 1)
}

chmodSync(join(dist, 'src/cli/main.js'), 0o755)
chmodSync(dist, 0o755)
rmSync(target, { recursive: true, force: true })
renameSync(dist, target)
