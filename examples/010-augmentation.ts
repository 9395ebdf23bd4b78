// Augmentation as data: random transforms of training images, and test-time augmentation with eight views of each image.
import assert from 'node:assert'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import {
  arch,
  confusionMatrix,
  digits,
  Format,
  getTransforms,
  head,
  nn,
  Recipe,
  Transform,
  uncut,
  withBatchSize,
  withHead,
  withTransforms
} from 'graft-vision'
import { interpretWith, learner, openData, train, tta, withNodeEnv } from 'graft-vision/node'

// fastai's default list without flips, because a mirrored 3 is not a 3
const usual = getTransforms({ doFlip: false, maxWarp: 0 })
assert.deepStrictEqual(
  usual.map(({ _tag }) => _tag),
  ['CropPad', 'Rotate', 'Zoom', 'Brightness', 'Contrast']
)

// the transforms of image 17 in epoch 3 depend only on the seed, so they can be computed without training
const drawn = Transform.drawAll(42, 3, 17)(usual)
assert.deepStrictEqual(drawn, Transform.drawAll(42, 3, 17)(usual))

const spec = pipe(
  digits({ n: 48 }),
  withBatchSize(16),
  withTransforms([...usual, Transform.squish([0.9, 1.1], {}, 0.5)])
)

const net = arch({
  name: 'small',
  network: nn.sequential(nn.named('conv', nn.conv2d(3, 8, 5, { stride: 2 })), nn.named('relu', nn.relu))
})

const program = pipe(
  openData(spec),
  RTE.chainW((data) => learner({ data, model: pipe(net, uncut, withHead(head({ linFtrs: [] }))) })),
  RTE.chainW(train(Recipe.fitOneCycle(2, 1e-2))),
  RTE.bindTo('l'),
  RTE.bindW('blended', ({ l }) => tta({ beta: 0.4, scale: 1.35 })(l)),
  RTE.bindW('seen', ({ l }) => interpretWith({ tta: true })(l)),
  RTE.bindW('matrix', ({ seen }) => RTE.fromEither(confusionMatrix(seen)))
)

const result = await withNodeEnv({ engine: 'onnxruntime' })(program)()
assert(E.isRight(result))
const { blended, seen } = result.right
assert.deepStrictEqual(seen.predictions, blended.preds)

const [plain, average] = [blended.plain[0]![0]!, blended.average[0]![0]!]
assert(Math.abs(blended.preds[0]![0]! - (0.4 * plain + 0.6 * average)) < 1e-12)

// the same list as JSON
const json = { source: { digits: { n: 48 } }, transforms: [{ transform: 'rotate', degrees: [-10, 10], p: 0.75 }] }
assert.deepStrictEqual(
  pipe(
    Format.decodeData(json),
    E.map(({ transforms }) => transforms)
  ),
  E.right([Transform.rotate([-10, 10], 0.75)])
)
