// Cross validation: five stratified folds, the spread of the metrics, and a prediction of every image out of its fold.
import assert from 'node:assert'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { accuracy, arch, balancedAccuracy, digits, imageFolder, kFold, nn, Recipe, withBatchSize } from 'graft-vision'
import { cnnLearner, crossValidate, openData, showScores, withNodeEnv } from 'graft-vision/node'

const net = arch({
  name: 'tiny',
  network: nn.sequential(
    nn.named('conv', nn.conv2d(3, 8, 5, { stride: 2 })),
    nn.relu,
    nn.named('pool', nn.maxPool2d(2))
  )
})

const path = 'digits-in-folds'

const program = pipe(
  // draws the images: 60 of threes and sevens, and 15 more
  openData(digits({ n: 60, valid: 15, path })),
  // all of them are divided anew; kFold(5, { group: 'patient' }) would keep those of a patient together
  RTE.chainEitherKW(() => pipe(imageFolder(path), withBatchSize(15), kFold(5, { stratified: true }))),
  RTE.chainW(
    crossValidate(Recipe.fitOneCycle(2, 1e-2), (data) =>
      cnnLearner(data, net, { metrics: [accuracy, balancedAccuracy] })
    )
  )
)

const result = await withNodeEnv()(program)()
assert.ok(E.isRight(result))
const { scores, predictions, images, task } = result.right
console.log(showScores(scores))

assert.deepStrictEqual(images, [15, 15, 15, 15, 15])
assert.strictEqual(new Set(predictions.files).size, 75)
// the mean over folds of equal size is the accuracy of all predictions together
const right = predictions.preds.filter((p, i) => p.indexOf(Math.max(...p)) === predictions.targets[i]).length
assert.ok(Math.abs(scores[1]!.mean - right / 75) < 1e-6)

// the images that were least expected, whichever fold they are in
const worst = predictions.files
  .map((file, i) => ({ file, loss: predictions.losses[i]! }))
  .sort((a, b) => b.loss - a.loss)
assert.ok(task._tag === 'Classification' && join(path, worst[0]!.file).endsWith('.png'))
