// Image-to-image regression: a U-Net learns to brighten dark digits, from pairs of images that are drawn here.
import assert from 'node:assert'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import {
  arch,
  drawDigit,
  imageImages,
  meanSquaredError,
  nn,
  Recipe,
  strokeSide,
  targetsIn,
  Transform,
  withBatchSize,
  withoutNormalisation,
  withTransforms
} from 'graft-vision'
import { nodeIo, openData, predictImage, predictorOf, train, unetLearner, withNodeEnv } from 'graft-vision/node'

const root = mkdtempSync(join(tmpdir(), 'graft-example-'))
const { files, images } = nodeIo()

/** Writes an image of a digit, and the same digit at a quarter of the brightness. */
const write = async (i: number) => {
  const light = drawDigit(i % 2 === 0 ? '3' : '7', i)
  const dark = light.map((v) => v >> 2)
  for (const [folder, data] of Object.entries({ dark, light })) {
    const png = await images.encode({ height: strokeSide, width: strokeSide, channels: 1, data })()
    assert(E.isRight(png))
    assert(E.isRight(await files.write(join(root, folder, `${i}.png`), png.right)()))
  }
}
for (let i = 0; i < 20; i++) await write(i)

const unit = (from: number, to: number) =>
  nn.numbered(nn.conv2d(from, to, 3, { stride: 2, padding: 1, bias: false }), nn.batchNorm(to), nn.relu)
const mine = arch({
  name: 'mine',
  network: nn.sequential(nn.named('a', unit(3, 8)), nn.named('b', unit(8, 16)), nn.named('fc', nn.conv2d(16, 16, 1))),
  cut: 2
})

// a target is transformed with its image, and stays in [0, 1]
const spec = pipe(
  imageImages(root, { images: 'dark', targets: targetsIn('light'), channels: 1 }),
  withTransforms([Transform.rotate([-10, 10])]),
  withBatchSize(8),
  withoutNormalisation
)
const program = pipe(
  openData(spec),
  RTE.chainW((data) => unetLearner(data, mine, { yRange: [0, 1], normType: 'batch', metrics: [meanSquaredError] })),
  RTE.chainW(train(Recipe.fitOneCycle(2, 1e-2))),
  RTE.bindTo('l'),
  RTE.bindW('picture', ({ l }) => predictImage(join(root, 'dark/0.png'))(predictorOf(l)))
)
const result = await withNodeEnv({ engine: 'onnxruntime' })(program)()
assert(E.isRight(result))
const { l, picture } = result.right
assert.deepStrictEqual(l.plan.output, [1, strokeSide, strokeSide])
assert.deepStrictEqual([picture.height, picture.width, picture.channels], [strokeSide, strokeSide, 1])
