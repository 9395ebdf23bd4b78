// Images a second of graft's reader of batches over a folder of class folders, each image read and decoded anew.
//   node graft_loader.mjs FOLDER [--augment] [--size 224] [--bs 32] [--workers 2] [--epochs 2] [--cache]
// Prints one line of JSON: seconds and images of the epochs after the first.
import { parseArgs } from 'node:util'
import * as G from '../../dist/src/index.js'
import * as N from '../../dist/src/node.js'
import { right } from '../record.mjs'

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    augment: { type: 'boolean', default: false },
    cache: { type: 'boolean', default: false },
    size: { type: 'string', default: '224' },
    bs: { type: 'string', default: '32' },
    workers: { type: 'string', default: '2' },
    epochs: { type: 'string', default: '2' }
  }
})

const env = N.nodeIo({ workers: Number(given.workers) })
const spec = {
  ...G.imageFolder(positionals[0], { holdout: G.holdoutByPct(0.01) }),
  size: { _tag: 'Some', value: Number(given.size) },
  bs: Number(given.bs),
  transforms: given.augment ? G.getTransforms() : [],
  verify: 'none',
  ...(given.cache ? {} : { cacheBytes: 0 })
}
const data = right(await N.openData(spec)(env)())
let [images, start] = [0, 0]
for (let epoch = 0; epoch <= Number(given.epochs); epoch++) {
  if (epoch === 1) start = performance.now()
  const views = (i) => G.Transform.drawAll(spec.seed, epoch, i)(spec.transforms)
  const reader = N.Io.openBatches({
    dataset: data.train,
    batches: right(N.Io.trainOrder(spec, data.train.length)(epoch)),
    stats: data.stats,
    ...(given.augment ? { views } : {})
  })(env)()
  for (let next = right(await reader.next()); next._tag === 'Some'; next = right(await reader.next())) {
    images += epoch > 0 ? next.value.n : 0
    // as training does
    reader.recycle(next.value)()
  }
  await reader.close()
}
console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000, images }))
await env.workers.close()
