// The seconds of a training step of resnet18, loading included: batches of 32 at 128 px, from random weights.
//   node graft_fit.mjs FOLDER [--augment] [--steps 10]
// Prints one line of JSON: the median of the steps, the first three and validation left out.
import { parseArgs } from 'node:util'
import * as G from '../../dist/src/index.js'
import * as N from '../../dist/src/node.js'
import { median, right } from '../record.mjs'

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: { augment: { type: 'boolean', default: false }, steps: { type: 'string', default: '10' } }
})
const spec = {
  ...G.imageFolder(positionals[0], { holdout: G.holdoutByPct(0.1) }),
  size: { _tag: 'Some', value: 128 },
  bs: 32,
  transforms: given.augment ? G.getTransforms() : []
}

// The first steps trace and compile; the first of an epoch waits for its images.
const warm = 3
const times = []
let began
const onEvent = (event) => () => {
  if (event._tag === 'EpochBegin') began = undefined
  if (event._tag === 'BatchEnd' && event.train) {
    const now = performance.now()
    if (began !== undefined) times.push(now - began)
    began = now
  }
  return times.length >= warm + Number(given.steps) ? 'halt' : 'continue'
}
const model = G.withHead(G.head())(G.cut(G.resnet18))
right(
  await N.withNodeEnv({ onEvent })((env) => async () => {
    const data = right(await N.openData(spec)(env)())
    const learner = right(await N.learner({ data, model, metrics: [] })(env)())
    return N.train(G.Recipe.fit(20, 1e-4))(learner)(env)()
  })()
)
console.log(JSON.stringify({ seconds: median(times.slice(warm)) / 1000 }))
