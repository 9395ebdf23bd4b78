// Images a second of graft's loader and of PyTorch's DataLoader, two workers each, in turn: images of 256 and of 1000 px,
// plain and augmented; and the seconds of a training step of resnet18 at 128 px, augmented and plain.
//   PYTHON=... npm run bench -- loader FOLDER [--rounds 3] [--only 256,1000,step] [--images 96]
// FOLDER has class folders of images of 256 px. Those of 1000 px are made of `--images` of them, below the temporary folder.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { lastJson, median, python, record, timed } from '../record.mjs'

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '256,1000,step' },
    images: { type: 'string', default: '96' }
  }
})
if (positionals[0] === undefined) {
  console.error('name a folder of class folders, with images of 256 px')
  process.exit(2)
}
const folder = resolve(positionals[0])
const only = given.only.split(',')
const rounds = Number(given.rounds)
const at = (file) => fileURLToPath(new URL(file, import.meta.url))

const enlarged = async () => {
  const large = mkdtempSync(join(tmpdir(), 'graft-bench-'))
  const files = readdirSync(folder, { recursive: true }).filter((file) => /\.jpe?g$/i.test(file))
  const step = Math.max(1, Math.floor(files.length / Number(given.images)))
  for (const file of files.filter((_, i) => i % step === 0)) {
    mkdirSync(dirname(join(large, file)), { recursive: true })
    const size = { width: 1000, height: 1000, fit: 'outside' }
    await sharp(join(folder, file)).resize(size).jpeg({ quality: 90 }).toFile(join(large, file))
  }
  return large
}

const rate = ({ images, seconds }) => images / seconds
const ours = (of, args) => rate(lastJson(timed(process.execPath, [at('graft_loader.mjs'), of, ...args]).stdout))

const loaderCase = (pixels, of, augmented) => {
  const interpreter = python('torch', 'torchvision', 'PIL')
  const args = augmented ? ['--augment'] : []
  const arms = {
    graft: () => ours(of, [...args, '--cache']),
    'graft, decoding every time': () => ours(of, args),
    torch: () => rate(lastJson(timed(interpreter, [at('torch_loader.py'), of, ...args]).stdout))
  }
  const rates = Object.fromEntries(Object.keys(arms).map((arm) => [arm, []]))
  for (let round = 0; round < rounds; round++) for (const [arm, run] of Object.entries(arms)) rates[arm].push(run())
  const theirs = median(rates.torch)
  return Object.entries(rates).map(([arm, all]) => {
    const perSecond = median(all)
    const what = `${pixels} px, ${augmented ? 'augmented' : 'plain'}`
    return { what, arm, value: perSecond.toFixed(1), unit: 'images/s', ratio: (perSecond / theirs).toFixed(3), rounds }
  })
}

const stepCase = () => {
  const seconds = { plain: [], augmented: [] }
  for (let round = 0; round < rounds; round++)
    for (const arm of Object.keys(seconds)) {
      const args = arm === 'plain' ? [] : ['--augment']
      seconds[arm].push(lastJson(timed(process.execPath, [at('graft_fit.mjs'), folder, ...args]).stdout).seconds)
    }
  const plain = median(seconds.plain)
  return Object.entries(seconds).map(([arm, all]) => ({
    what: 'resnet18, a step of 32 at 128 px',
    arm,
    value: (1000 * median(all)).toFixed(1),
    unit: 'ms',
    ratio: (median(all) / plain).toFixed(3),
    rounds
  }))
}

const rows = []
const add = (more) => {
  rows.push(...more)
  for (const { what, arm, value, unit, ratio } of more)
    console.log(`${what.padEnd(34)} ${arm.padEnd(28)} ${value.padStart(8)} ${unit}  ${ratio}`)
}
if (only.includes('256')) for (const augmented of [false, true]) add(loaderCase(256, folder, augmented))
if (only.includes('1000')) {
  const large = await enlarged()
  for (const augmented of [false, true]) add(loaderCase(1000, large, augmented))
  rmSync(large, { recursive: true })
}
if (only.includes('step')) add(stepCase())
record('loader', 'onnxruntime', rows)
