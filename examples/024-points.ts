// Points: a network learns to find the eyes of simple faces. The images and the table are generated here.
import assert from 'node:assert'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import {
  adam,
  arch,
  customHead,
  cutAt,
  generator,
  nn,
  pointDistance,
  pointsFrom,
  Recipe,
  Transform,
  withBatchSize,
  withHead,
  withoutNormalisation,
  withSize,
  withTransforms
} from 'graft-vision'
import { learner, nodeIo, openData, predict, predictorOf, train, validate, withNodeEnv } from 'graft-vision/node'

const root = mkdtempSync(join(tmpdir(), 'graft-example-'))
const { files, images } = nodeIo()
const side = 64

/** Draws a face, the eye on the left bright and the one on the right dim, and returns its row of the table. */
const draw = async (i: number): Promise<string> => {
  const random = generator(i)
  const at = (from: number, to: number) => from + random.integer(to - from)
  const eyes = [
    [at(14, 28), at(14, 50), 255],
    [at(38, 52), at(14, 50), 120]
  ] as const
  const data = new Uint8Array(side * side).fill(20)
  for (const [x, y, light] of eyes)
    for (let row = y - 3; row <= y + 3; row++) data.fill(light, row * side + x - 3, row * side + x + 4)
  const png = await images.encode({ height: side, width: side, channels: 1, data })()
  assert(E.isRight(png))
  assert(E.isRight(await files.write(join(root, `${i}.png`), png.right)()))
  // the right eye of the last face is missing: its cells are empty
  return `${i}.png,${eyes[0].slice(0, 2).join()},${i === 59 ? ',' : eyes[1].slice(0, 2).join()}`
}
const rows = await Promise.all(Array.from({ length: 60 }, (_, i) => draw(i)))
const table = ['file,leftEye_x,leftEye_y,rightEye_x,rightEye_y', ...rows].join('\n')
assert(E.isRight(await files.write(join(root, 'labels.csv'), new TextEncoder().encode(table))()))

// small rotations; flips would also exchange the names leftEye and rightEye
const spec = pipe(
  pointsFrom(root),
  withSize(32),
  withTransforms([Transform.rotate([-5, 5])]),
  withBatchSize(8),
  withoutNormalisation
)
const body = arch({
  name: 'eyes',
  network: nn.sequential(
    nn.named('a', nn.conv2d(3, 8, 5, { stride: 2, padding: 2 })),
    nn.relu,
    nn.named('b', nn.conv2d(8, 16, 3, { stride: 2, padding: 1 })),
    nn.relu
  )
})
// without pooling, the head sees where in the image a feature is
const model = pipe(
  body,
  cutAt(2),
  withHead(customHead(nn.sequential(nn.flatten, nn.named('fc', nn.linear(16 * 64, 4)))))
)

const program = pipe(
  openData(spec),
  RTE.chainW((data) => learner({ data, model, opt: adam(), metrics: [pointDistance] })),
  RTE.bindTo('untrained'),
  RTE.bindW('before', ({ untrained }) => validate(untrained)),
  RTE.bindW('l', ({ untrained }) => train(Recipe.fit(10, 3e-3))(untrained)),
  RTE.bindW('after', ({ l }) => validate(l)),
  RTE.bindW('face', ({ l }) => predict(join(root, '0.png'))(predictorOf(l)))
)
const result = await withNodeEnv({ engine: 'onnxruntime' })(program)()
assert(E.isRight(result))
const { before, after, face } = result.right
// mean distances in pixels of the original images
assert(after.metrics[0]! < before.metrics[0]! / 2)
assert.deepStrictEqual(
  face.points?.map(({ name }) => name),
  ['leftEye', 'rightEye']
)
