// Milliseconds an image of reading generated pictures, scaled and augmented, after a first epoch.
//   node load.mjs FOLDER
// FOLDER is where the pictures are drawn, unless they are there. Prints one line of JSON.
import { digits, getTransforms, Transform, withBatchSize, withSize, withTransforms } from 'graft-vision'
import { Io, nodeIo, openData } from 'graft-vision/node'
import { right } from '../record.mjs'

const env = nodeIo({ workers: 2 })
const drawn = digits({ n: 512, path: process.argv[2] })
const spec = { ...withTransforms(getTransforms())(withBatchSize(32)(withSize(128)(drawn))), cacheBytes: 0 }
const data = right(await openData(spec)(env)())
let [images, started] = [0, 0]
for (let epoch = 0; epoch <= 2; epoch++) {
  if (epoch === 1) started = performance.now()
  const reader = Io.openBatches({
    dataset: data.train,
    batches: right(Io.trainOrder(spec, data.train.length)(epoch)),
    stats: data.stats,
    views: (i) => Transform.drawAll(spec.seed, epoch, i)(spec.transforms)
  })(env)()
  for (let next = right(await reader.next()); next._tag === 'Some'; next = right(await reader.next()))
    images += epoch > 0 ? next.value.n : 0
  await reader.close()
}
console.log(JSON.stringify({ ms: (performance.now() - started) / images }))
await env.workers.close()
