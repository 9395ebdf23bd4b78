// npm run bench -- NAME [options]: one of the benches below, on this machine and nothing else running.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const benches = {
  'main-job': 'main-job/run.mjs',
  step: 'step/run.mjs',
  'two-phases': 'two-phases/run.mjs',
  digits: 'digits/run.mjs',
  'digits-linear': 'digits-linear.mjs'
}

const [name = '', ...rest] = process.argv.slice(2)
const script = benches[name]
if (script === undefined) {
  console.error(`npm run bench -- NAME, where NAME is one of ${Object.keys(benches).join(', ')}`)
  process.exit(2)
}
const file = fileURLToPath(new URL(script, import.meta.url))
process.exit(spawnSync(process.execPath, [file, ...rest], { stdio: 'inherit' }).status ?? 1)
