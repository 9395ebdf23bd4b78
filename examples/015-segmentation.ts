// Segmentation: trains a U-Net on images with masks, which are drawn here.
import assert from 'node:assert'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import {
  arch,
  foregroundAccuracy,
  generator,
  imageMasks,
  masksByPattern,
  nn,
  Recipe,
  withBatchSize,
  withoutNormalisation
} from 'graft-vision'
import { nodeIo, openData, predictMask, predictorOf, train, unetLearner, withNodeEnv } from 'graft-vision/node'

const side = 16
const root = mkdtempSync(join(tmpdir(), 'graft-example-'))
const { files, images } = nodeIo()

/** Writes an image of a bright square on a dark background, and its mask. */
const write = async (i: number) => {
  const random = generator(i)
  const [top, left] = [Math.floor(random.uniform() * 8), Math.floor(random.uniform() * 8)]
  const inside = (p: number) =>
    Math.floor(p / side) >= top && Math.floor(p / side) < top + 8 && p % side >= left && p % side < left + 8
  const mask = Uint8Array.from({ length: side * side }, (_, p) => (inside(p) ? 1 : 0))
  const image = Uint8Array.from({ length: side * side * 3 }, (_, k) => (mask[Math.floor(k / 3)] === 1 ? 200 : 60))
  for (const [file, data, channels] of [
    [`images/${i}.png`, image, 3],
    [`labels/${i}_P.png`, mask, 1]
  ] as const) {
    const png = await images.encode({ height: side, width: side, channels, data })()
    assert(E.isRight(png))
    assert(E.isRight(await files.write(join(root, file), png.right)()))
  }
}
for (let i = 0; i < 20; i++) await write(i)
assert(E.isRight(await files.write(join(root, 'codes.txt'), 'ground\nsquare\n')()))

const unit = (from: number, to: number) =>
  nn.numbered(nn.conv2d(from, to, 3, { stride: 2, padding: 1, bias: false }), nn.batchNorm(to), nn.relu)
const mine = arch({
  name: 'mine',
  network: nn.sequential(nn.named('a', unit(3, 8)), nn.named('b', unit(8, 16)), nn.named('fc', nn.conv2d(16, 16, 1))),
  cut: 2
})

const spec = pipe(
  imageMasks(root, { masks: masksByPattern('^images/(.*)[.]png$', 'labels/$1_P.png') }),
  withBatchSize(8),
  withoutNormalisation
)
const program = pipe(
  openData(spec),
  RTE.chainW((data) => unetLearner(data, mine, { normType: 'batch', metrics: [foregroundAccuracy(255)] })),
  RTE.chainW(train(Recipe.fitOneCycle(2, 1e-2))),
  RTE.bindTo('l'),
  RTE.bindW('mask', ({ l }) => predictMask(join(root, 'images/0.png'))(predictorOf(l)))
)
const result = await withNodeEnv({ engine: 'onnxruntime' })(program)()
assert(E.isRight(result))
const { l, mask } = result.right
assert.deepStrictEqual(l.plan.output, [2, side, side])
assert.deepStrictEqual([mask.height, mask.width, mask.channels], [side, side, 1])
