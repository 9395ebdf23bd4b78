// Segmentation of camvid_tiny (100 street scenes of 96x128, 32 classes) by a U-Net: the share of right pixels of the
// holdout, those of Void left out, beside what naming the commonest class everywhere and the untrained network get.
//   npm run bench -- camvid FOLDER [WEIGHTS] [--seeds 42] [--frozen 4] [--epochs 8] [--pictures DIR] [--engine onnxruntime]
// FOLDER is camvid_tiny, unpacked; WEIGHTS is safetensors of torchvision's squeezenet1_1 (none: random numbers, nothing
// frozen). --pictures writes each picture of the holdout under its mask, predicted and true: they are other people's.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import * as G from '../../dist/src/index.js'
import * as N from '../../dist/src/node.js'
import { record, right } from '../record.mjs'

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '42' },
    frozen: { type: 'string', default: '4' },
    epochs: { type: 'string', default: '8' },
    pictures: { type: 'string' },
    engine: { type: 'string', default: 'onnxruntime' }
  }
})
if (positionals.length < 1 || positionals.length > 2) {
  console.error('name the folder of camvid_tiny and, if you have them, the weights of squeezenet1_1 (safetensors)')
  process.exit(2)
}
const [folder, weights] = positionals.map((path) => resolve(path))
const void_ = 30
const onEvent = (event) => () => {
  if (event._tag === 'EpochEnd') console.error(JSON.stringify(event.row))
  return 'continue'
}
const run = async (program) => right(await N.withNodeEnv({ engine: given.engine, onEvent })(program)())

const specOf = (seed) =>
  G.withBatchSize(8)(
    G.imageMasks(folder, {
      masks: G.masksByPattern('^images/(.*)[.]png$', 'labels/$1_P.png'),
      ignore: [void_],
      holdout: G.holdoutByPct(0.2, seed)
    })
  )

/** The share that the commonest class has of the pixels of a dataset that count. */
const majority = async (dataset) => {
  const counts = new Map()
  const io = N.nodeIo()
  for (let i = 0; i < dataset.length; i++)
    for (const code of right(await dataset.item(i)(io)()).mask)
      if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1)
  const all = [...counts.values()]
  return Math.max(...all) / all.reduce((a, b) => a + b)
}

const drawn = async (learner, data) => {
  mkdirSync(given.pictures, { recursive: true })
  const { images } = N.nodeIo()
  for (const { file, label } of data.valid.items) {
    const { picture, overlay } = await run(N.segment(join(data.root, file))(N.predictorOf(learner)))
    const truth = right(await images.mask(label, readFileSync(join(data.root, label)))())
    const all = { picture, predicted: overlay, true: G.Draw.overlayMask()(truth)(picture) }
    for (const [what, pixels] of Object.entries(all))
      writeFileSync(join(given.pictures, `${basename(file, '.png')}.${what}.png`), right(await images.encode(pixels)()))
  }
}

const one = async (seed) => {
  const data = await run(N.openData(specOf(seed)))
  const { codes } = data.task
  const options = {
    seed,
    wd: 1e-2,
    metrics: [G.foregroundAccuracy(-1), G.meanIou(codes)],
    pretrained: weights ?? false
  }
  const started = performance.now()
  const fresh = await run(N.unetLearner(data, G.squeezenet1_1, options))
  const untrained = await run(N.validate(fresh))
  const { Recipe } = G
  const frozen = weights === undefined ? Recipe.empty : Recipe.fitOneCycle(Number(given.frozen), 1e-3)
  const then = Recipe.sequence(Recipe.unfreeze, Recipe.fitOneCycle(Number(given.epochs), 1e-3))
  const learner = await run(N.train(Recipe.sequence(frozen, then))(fresh))
  const trained = await run(N.validate(learner))
  const seconds = (performance.now() - started) / 1000
  if (given.pictures !== undefined) await drawn(learner, data)
  return {
    seed,
    majority: await majority(data.valid),
    untrained: untrained.metrics[0],
    trained: trained.metrics[0],
    meanIou: trained.metrics[1],
    seconds: Math.round(seconds)
  }
}

const rows = []
for (const seed of given.seeds.split(',').map(Number)) {
  const row = await one(seed)
  console.log(JSON.stringify(row))
  rows.push(row)
}
record('camvid', given.engine, rows)
