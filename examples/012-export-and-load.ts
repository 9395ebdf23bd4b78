// Exports a trained model to a folder, and loads it without the training data and without the code that defined the model.
import assert from 'node:assert'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { accuracy, arch, digits, nn, Recipe, withBatchSize } from 'graft-vision'
import {
  cnnLearner,
  exportLearner,
  getPreds,
  loadLearner,
  openData,
  predict,
  predictorOf,
  preparedFor,
  train,
  validate,
  withData,
  withNodeEnv
} from 'graft-vision/node'

const small = arch({
  name: 'small',
  network: nn.sequential(
    nn.named('conv', nn.conv2d(3, 8, 5, { stride: 2 })),
    nn.named('bn', nn.batchNorm(8)),
    nn.named('pool', nn.maxPool2d(2))
  )
})
const spec = withBatchSize(16)(digits({ n: 64, valid: 16 }))

const trained = await withNodeEnv({ engine: 'onnxruntime' })(
  pipe(
    openData(spec),
    RTE.chainW((data) => cnnLearner(data, small, { linFtrs: [], metrics: [accuracy] })),
    RTE.chainW(train(Recipe.fitOneCycle(1, 1e-2))),
    RTE.chainFirstW(exportLearner('exported', { onnx: true })),
    RTE.bindTo('l'),
    RTE.bindW('validation', ({ l }) => validate(l))
  )
)()
assert(E.isRight(trained))
const { l, validation } = trained.right
const pictures = l.data.valid.items.map(({ file }) => join(l.data.root, file))

// on another engine
const there = await withNodeEnv({ engine: 'cpu' })(
  pipe(
    loadLearner('exported', { test: pictures, metrics: [accuracy] }),
    RTE.bindTo('loaded'),
    RTE.bindW('one', ({ loaded }) => predict(pictures[0]!)(predictorOf(loaded))),
    RTE.bindW('all', ({ loaded }) => getPreds({ set: 'test' })(loaded)),
    // with new data of the same classes and the same preprocessing, the learner can be trained further
    RTE.bindW('more', ({ loaded }) => openData(preparedFor(predictorOf(loaded))(spec))),
    RTE.bindW('further', ({ loaded, more }) =>
      pipe(RTE.fromEither(withData(more)(loaded)), RTE.chainW(train(Recipe.fit(1, 1e-3))))
    )
  )
)()
assert(E.isRight(there))
const { one, all, further } = there.right

const here = validation.predictions.map(({ probabilities }) => probabilities)
const near = (a: number, b: number) => Math.abs(a - b) < 1e-4
assert(all.preds.every((row, i) => row.every((p, j) => near(p, here[i]![j]!))))
assert.strictEqual(one.class, validation.predictions[0]!.class)
assert.strictEqual(further.steps, l.steps + 4)
