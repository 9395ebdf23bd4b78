// Trains a model from data, architecture and recipe, saves it, and predicts an image from the saved file alone.
import assert from 'node:assert'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { accuracy, arch, cut, digits, head, nn, Recipe, withBatchSize, withHead, withSize } from 'graft-vision'
import { learner, loadPredictor, openData, predict, train, validate, withNodeEnv } from 'graft-vision/node'

// a small network, so that this takes a second; `resnet18` can be used in its place
const small = arch({
  name: 'small',
  network: nn.sequential(
    nn.named('conv1', nn.conv2d(3, 8, 5, { stride: 2, padding: 2, bias: false })),
    nn.named('bn1', nn.batchNorm(8)),
    nn.named('relu', nn.relu),
    nn.named('pool', nn.maxPool2d(2))
  )
})

const path = mkdtempSync(join(tmpdir(), 'graft-'))

const program = pipe(
  openData(pipe(digits({ n: 128 }), withSize(28), withBatchSize(16))),
  RTE.chainW((data) =>
    learner({ data, model: pipe(small, cut, withHead(head({ linFtrs: [16] }))), metrics: [accuracy], path })
  ),
  RTE.chainW(train(Recipe.sequence(Recipe.fitOneCycle(2, 1e-2), Recipe.save('digits')))),
  RTE.bindTo('trained'),
  RTE.bindW('validation', ({ trained }) => validate(trained)),
  RTE.bindW('predictor', () => loadPredictor(join(path, 'models/digits.safetensors'))),
  RTE.bindW('prediction', ({ trained: { data }, predictor }) =>
    predict(join(data.root, data.valid.items[0]!.file))(predictor)
  )
)

const result = await withNodeEnv({ engine: 'onnxruntime' })(program)()
assert(E.isRight(result))
const { trained, validation, prediction } = result.right

assert.strictEqual(trained.history.rows.length, 2)
assert.strictEqual(validation.predictions.length, trained.data.valid.length)
assert(['3', '7'].includes(prediction.class))
assert(Math.abs(prediction.probabilities.reduce((a, b) => a + b, 0) - 1) < 1e-5)
