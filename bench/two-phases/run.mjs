// Transfer learning in two phases, a frozen body first: `graft train` against PyTorch with one recipe, the accuracy after
// each phase.
//   PYTHON=... npm run bench -- two-phases FOLDER FILE [--seeds 42,1,2] [--bs 64] [--size 224] [--engine onnxruntime]
// FOLDER has train/ and valid/, FILE is safetensors of torchvision's squeezenet1_1. A seed gives each side its own
// numbers: it is the spread over seeds that can be compared.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { graft, lastJson, median, python, record, timed } from '../record.mjs'

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '42,1,2' },
    bs: { type: 'string', default: '64' },
    size: { type: 'string', default: '224' },
    engine: { type: 'string', default: 'onnxruntime' }
  }
})
if (positionals.length !== 2) {
  console.error('name a folder of images (with train/ and valid/) and the weights of squeezenet1_1 (safetensors)')
  process.exit(2)
}
const [folder, weights] = positionals.map((path) => resolve(path))
const interpreter = python()
const theirs = fileURLToPath(new URL('torch_two_phases.py', import.meta.url))
const recipe = fileURLToPath(new URL('../../examples/two-phases.json', import.meta.url))
const common = ['--bs', given.bs, '--size', given.size]

/** Epochs at whose end a phase has ended. */
const ends = JSON.parse(readFileSync(recipe, 'utf8'))
  .filter(({ step }) => step === 'fitOneCycle')
  .reduce((all, { cycLen }) => [...all, (all.at(-1) ?? 0) + cycLen], [])

const withGraft = (seed) => {
  const out = mkdtempSync(join(tmpdir(), 'graft-bench-'))
  const args = ['train', folder, '--arch', 'squeezenet1_1', '--weights', weights, '--recipe', recipe, ...common]
  const run = ['--seed', seed, '--engine', given.engine, '--out', join(out, 'run'), '--quiet', '--json']
  const { rows } = lastJson(timed(process.execPath, [graft, ...args, ...run]).stdout)
  rmSync(out, { recursive: true })
  return ends.map((end) => rows[end - 1].metrics[0])
}

const withTorch = (seed) => {
  const { stdout } = timed(interpreter, [theirs, folder, weights, recipe, ...common, '--seed', seed])
  return lastJson(stdout).accuracies.map((epochs) => epochs.at(-1))
}

const arms = { graft: withGraft, torch: withTorch }
const rows = []
const note = (arm, seed, phases) => {
  const [frozen, unfrozen] = phases.map((accuracy) => accuracy.toFixed(4))
  rows.push({ arm, seed, frozen, unfrozen })
  console.log(`${String(seed).padEnd(8)}${arm.padEnd(8)}frozen ${frozen}  unfrozen ${unfrozen}`)
}

const found = { graft: [], torch: [] }
for (const seed of given.seeds.split(','))
  for (const [arm, side] of Object.entries(arms)) {
    const phases = side(seed)
    found[arm].push(phases)
    note(arm, seed, phases)
  }
for (const [arm, all] of Object.entries(found))
  note(
    arm,
    'median',
    ends.map((_, phase) => median(all.map((phases) => phases[phase])))
  )
record('two-phases', given.engine, rows)
