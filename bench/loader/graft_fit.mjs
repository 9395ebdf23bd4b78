// The seconds of a training step of resnet18, loading included: batches of 32 at 128 px, from random weights.
//   node graft_fit.mjs FOLDER [--augment]
// Prints one line of JSON: the mean of the second and third epoch, validation left out.
import { parseArgs } from 'node:util'
import * as G from '../../dist/src/index.js'
import * as N from '../../dist/src/node.js'
import { mean, right } from '../record.mjs'

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: { augment: { type: 'boolean', default: false } }
})
const spec = {
  ...G.imageFolder(positionals[0], { holdout: G.holdoutByPct(0.1) }),
  size: { _tag: 'Some', value: 128 },
  bs: 32,
  transforms: given.augment ? G.getTransforms() : []
}

const times = []
let [began, batches] = [0, 0]
const onEvent = (event) => () => {
  if (event._tag === 'EpochBegin') [began, batches] = [performance.now(), 0]
  if (event._tag === 'BatchEnd' && event.train) {
    batches++
    times[event.epoch] = (performance.now() - began) / batches
  }
  return 'continue'
}
const model = G.withHead(G.head())(G.cut(G.resnet18))
right(
  await N.withNodeEnv({ onEvent })((env) => async () => {
    const data = right(await N.openData(spec)(env)())
    const learner = right(await N.learner({ data, model, metrics: [] })(env)())
    return N.train(G.Recipe.fit(3, 1e-4))(learner)(env)()
  })()
)
console.log(JSON.stringify({ seconds: mean(times.slice(1)) / 1000 }))
