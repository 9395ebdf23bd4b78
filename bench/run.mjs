// npm run bench -- NAME... [options]: the benches below, on this machine and nothing else running.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A bench is a script and the arguments that choose within it; names that share a script run as one. */
const benches = {
  train: ['step/run.mjs', 'train'],
  frozen: ['step/run.mjs', 'frozen'],
  infer: ['step/run.mjs', 'infer'],
  accuracy: ['accuracy/run.mjs'],
  conv: ['conv/run.mjs'],
  guard: ['guard/run.mjs'],
  'main-job': ['main-job/run.mjs'],
  loader: ['loader/run.mjs'],
  serve: ['serve/run.mjs'],
  open: ['open/run.mjs'],
  'two-phases': ['two-phases/run.mjs'],
  camvid: ['camvid/run.mjs'],
  suspects: ['suspects/run.mjs'],
  digits: ['digits/run.mjs'],
  'digits-linear': ['digits-linear.mjs']
}

const isBench = (arg) => Object.hasOwn(benches, arg)
const given = process.argv.slice(2)
const scripts = new Map()
for (const [script, ...args] of given.filter(isBench).map((name) => benches[name]))
  scripts.set(script, [...(scripts.get(script) ?? []), ...args])
const options = given.filter((arg) => !isBench(arg))

const usage = (why) => {
  console.error(`${why}\nnpm run bench -- NAME... [options], where NAME is one of ${Object.keys(benches).join(', ')}`)
  process.exit(2)
}
if (scripts.size === 0) usage('no bench is named')
if (scripts.size > 1 && options.length > 0) usage(`${options[0]} may be meant for one of them only: run them apart`)

for (const [script, args] of scripts) {
  const file = fileURLToPath(new URL(script, import.meta.url))
  const { status } = spawnSync(process.execPath, [file, ...args, ...options], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = status ?? 1
}
