// Doubtful labels: 5 % of the labels of two-class images in folders are exchanged at random, and graft's and, if PYTHON has
// scikit-learn and cleanlab, their ranking of the same features is scored: the share of the exchanged labels among the
// first tenth of the images.
//   npm run bench -- suspects FOLDER WEIGHTS [--seeds 0,1,2]
// FOLDER is hymenoptera_256, unpacked; WEIGHTS is safetensors of torchvision's squeezenet1_1.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as G from '../../dist/src/index.js'
import * as N from '../../dist/src/node.js'
import { right } from '../record.mjs'

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: 'string', default: '0,1,2' } }
})
if (positionals.length !== 2) {
  console.error('name the folder of hymenoptera_256 and the weights of squeezenet1_1 (safetensors)')
  process.exit(2)
}
const [folder, weights] = positionals.map((path) => resolve(path))

/** Numbers in [0, 1) from a seed (mulberry32). */
const generator = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

const run = async (program) => right(await N.withNodeEnv({})(program)())
const embedder = await run(N.archEmbedder(G.withWeights(weights)(G.squeezenet1_1)))
const open = (spec) => run(N.openData(N.preparedFor(embedder)(spec)))
const clean = await open(G.imageFolder(folder))
const items = [...clean.train.items, ...clean.valid.items]
const classes = G.classesOf(clean.task)

const results = []
for (const seed of given.seeds.split(',').map(Number)) {
  const random = generator(seed)
  const flipped = new Set()
  while (flipped.size < Math.round(items.length / 20)) flipped.add(Math.floor(random() * items.length))
  const rows = items.map(({ file, label }, i) => ({
    file,
    label: flipped.has(i) ? classes.find((other) => other !== label) : label
  }))
  const data = await open(
    G.fromRows(rows, { path: folder, fnCol: 'file', labelCol: ['label'], holdout: G.holdoutByPct(0) })
  )
  const began = performance.now()
  const findings = await run(N.checkFeatures(data, { similar: false })(embedder))
  const seconds = (performance.now() - began) / 1000
  const found = findings.flatMap(({ groups }) => groups.map(({ files }) => files[0]))
  const first = new Set(found.slice(0, Math.round(items.length / 10)))
  const wrong = [...flipped].map((i) => items[i].file)
  const recall = wrong.filter((file) => first.has(file)).length / wrong.length
  const { features } = await run(N.embedData(data, 'train')(embedder))
  const file = join(mkdtempSync(join(tmpdir(), 'graft-suspects-')), 'features.json')
  const labels = data.train.items.map(({ target }) => target)
  const exchanged = data.train.items.map((item) => wrong.includes(item.file))
  writeFileSync(file, JSON.stringify({ features: features.map((row) => [...row]), labels, exchanged }))
  const script = fileURLToPath(new URL('reference.py', import.meta.url))
  const python = spawnSync(process.env.PYTHON ?? 'python3', [script, file], { encoding: 'utf8' })
  const reference = python.status === 0 ? JSON.parse(python.stdout) : python.stderr.trim().split('\n').at(-1)
  results.push({
    seed,
    images: items.length,
    exchanged: wrong.length,
    suspects: found.length,
    recall,
    seconds,
    reference
  })
  console.log(JSON.stringify(results.at(-1)))
}
