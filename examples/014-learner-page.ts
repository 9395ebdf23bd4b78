// fastai's vision-learner page from top to bottom, on generated digits.
import assert from 'node:assert'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import {
  accuracy,
  arch,
  confusionMatrix,
  digits,
  interpretation,
  mostConfused,
  multiLabel,
  nn,
  plotConfusionMatrix,
  plotLosses,
  plotLrFind,
  Recipe,
  slice,
  suggestLr,
  topLosses,
  withBatchSize
} from 'graft-vision'
import {
  cnnLearner,
  figureSvg,
  getPreds,
  interpret,
  lrFind,
  openData,
  plotMultiTopLosses,
  plotTopLosses,
  predict,
  predictorOf,
  train,
  validate,
  withNodeEnv
} from 'graft-vision/node'

const small = arch({
  name: 'small',
  network: nn.sequential(
    nn.named('conv1', nn.conv2d(3, 8, 3, { stride: 2, padding: 1 })),
    nn.named('bn1', nn.batchNorm(8)),
    nn.named('conv2', nn.conv2d(8, 8, 3, { stride: 2, padding: 1 })),
    nn.named('pool', nn.maxPool2d(2))
  ),
  // an architecture contains its default cut and split, as an entry of fastai's model_meta does
  cut: 3,
  split: ['conv2']
})

const program = pipe(
  openData(pipe(digits({ n: 64, valid: 16 }), withBatchSize(16))),
  // every argument of cnn_learner, and the arguments of the learner
  RTE.chainW((data) =>
    cnnLearner(data, small, {
      linFtrs: [16],
      ps: 0.25,
      concatPool: true,
      bnFinal: false,
      metrics: [accuracy],
      wd: 1e-2
    })
  ),
  RTE.bindTo('fresh'),
  RTE.bindW('sweep', ({ fresh }) => lrFind({ numIt: 20, stopDiv: false })(fresh)),
  RTE.bindW('l', ({ fresh }) => train(Recipe.fitOneCycle(2, slice(1e-3, 1e-2)))(fresh)),
  RTE.bindW('scores', ({ l }) => validate(l)),
  RTE.bindW('preds', ({ l }) => getPreds({ withLoss: true })(l)),
  RTE.bindW('one', ({ l }) => predict(join(l.data.root, l.data.valid.items[0]!.file))(predictorOf(l))),
  RTE.bindW('interp', ({ l }) => interpret(l)),
  RTE.bindW('grid', ({ l, interp }) => plotTopLosses(4, { heatmap: predictorOf(l) })(interp))
)
const result = await withNodeEnv({ engine: 'onnxruntime' })(program)()
assert(E.isRight(result))
const { fresh, sweep, l, scores, preds, one, interp, grid } = result.right

// lr_find does not change the learner, which is a value
assert.strictEqual(fresh.steps, 0)
assert(O.isSome(suggestLr({ skipStart: 0, skipEnd: 0 })(sweep)))
assert.deepStrictEqual(fresh.plan.starts, ['body.conv2', 'head'])

// predict: the class's name, its index, every class's probability
assert.strictEqual(l.plan.output[0], one.probabilities.length)
assert.strictEqual(one.class, ['3', '7'][one.index])
assert(one.probabilities.every((p, i) => Math.abs(p - preds.preds[0]![i]!) < 1e-5))
assert.strictEqual(scores.predictions[0]!.class, one.class)

// interpretation: what the model gets wrong
const matrix = confusionMatrix(interp)
assert(E.isRight(matrix))
assert.strictEqual(
  matrix.right.flat().reduce((a, b) => a + b),
  16
)
assert(E.isRight(mostConfused(1)(interp)))
const worst = topLosses(3)(interp)
assert(E.isRight(worst) && worst.right[0]!.loss >= worst.right[2]!.loss)
assert.strictEqual(grid.cells.length, 4)

// charts are data; they are rendered on demand
const confusion = plotConfusionMatrix()(interp)
assert(E.isRight(confusion))
for (const figure of [confusion.right, plotLosses()(l.history), plotLrFind()(sweep)]) {
  const svg = await figureSvg(figure)()
  assert(E.isRight(svg) && svg.right.startsWith('<svg'))
}

// multi-label: one misclassified image per row
const weather = interpretation({
  task: multiLabel(['clear', 'cloudy']),
  preds: [
    [0.9, 0.1],
    [0.6, 0.4]
  ],
  targets: [
    [1, 0],
    [0, 1]
  ],
  losses: [0.1, 0.7],
  files: l.data.valid.items.slice(0, 2).map(({ file }) => join(l.data.root, file))
})
assert(E.isRight(weather))
const multi = await withNodeEnv({ engine: 'cpu' })(plotMultiTopLosses(3, { saveMisclassified: true })(weather.right))()
assert(E.isRight(multi))
assert.deepStrictEqual(
  multi.right.misclassified.map(({ index }) => index),
  [1]
)
