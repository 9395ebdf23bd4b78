// Multi-label classification from a table. The images, drawn here, have patches of red, green and blue on noise.
import assert from 'node:assert'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import {
  accuracyThresh,
  arch,
  drawError,
  fbeta,
  head,
  holdoutByPct,
  imageCsv,
  nn,
  Recipe,
  uncut,
  withBatchSize,
  withHead,
  withoutNormalisation
} from 'graft-vision'
import {
  type GraftEnv,
  interpret,
  learner,
  openData,
  plotMultiTopLosses,
  predict,
  predictorOf,
  saveFigure,
  train,
  withNodeEnv
} from 'graft-vision/node'

const folder = mkdtempSync(join(tmpdir(), 'patches-'))
const colours = ['red', 'green', 'blue']
const side = 24

const labelsOf = (i: number): ReadonlyArray<string> => colours.filter((_, c) => ((i * 5) >> c) % 2 === 1)

const picture = (i: number) => {
  const data = new Uint8Array(side * side * 3).map((_, k) => 40 + ((k * 7919 + i * 104_729) % 41))
  for (const label of labelsOf(i)) {
    const c = colours.indexOf(label)
    const [left, top] = [(i * 5 + c * 11) % (side - 8), (i * 3 + c * 7) % (side - 8)]
    for (let y = top; y < top + 8; y++) for (let x = left; x < left + 8; x++) data[(y * side + x) * 3 + c] = 255
  }
  return { height: side, width: side, channels: 3, data }
}

const n = 96
const table = Array.from({ length: n }, (_, i) => `${i}.png,${labelsOf(i).join(';')}`).join('\n')

const drawn = (i: number): RTE.ReaderTaskEither<GraftEnv, unknown, void> =>
  pipe(
    RTE.asks(({ images }: GraftEnv) => images),
    RTE.chainTaskEitherKW(({ encode }) => encode(picture(i))),
    RTE.chainW(
      (png) =>
        ({ files }: GraftEnv) =>
          files.write(join(folder, `${i}.png`), png)
    )
  )

const planted = pipe(
  RTE.traverseSeqArray(drawn)(Array.from({ length: n }, (_, i) => i)),
  RTE.chainW(
    () =>
      ({ files }: GraftEnv) =>
        files.write(join(folder, 'labels.csv'), `file,labels\n${table}\n`)
  )
)

const net = arch({
  name: 'small',
  network: nn.sequential(nn.named('conv', nn.conv2d(3, 8, 3, { stride: 2 })), nn.named('bn', nn.batchNorm(8)), nn.relu)
})

const data = pipe(
  imageCsv(folder, { labelDelim: ';', holdout: holdoutByPct(0.25, 1) }),
  withoutNormalisation,
  withBatchSize(12)
)

const program = pipe(
  planted,
  RTE.chainW(() => openData(data)),
  // the loss is the task's default: binary cross entropy on logits
  RTE.chainW((opened) =>
    learner({
      data: opened,
      model: withHead(head({ linFtrs: [], ps: 0 }))(uncut(net)),
      metrics: [accuracyThresh(), fbeta()]
    })
  ),
  RTE.chainW(train(Recipe.fitOneCycle(12, 2e-2))),
  RTE.bindTo('l'),
  RTE.bindW('said', ({ l }) => predict(picture(7), { thresh: 0.5 })(predictorOf(l))),
  RTE.bindW('missed', ({ l }) => pipe(interpret(l), RTE.chainW(plotMultiTopLosses(3, { saveMisclassified: true })))),
  RTE.chainFirstW(({ missed }) => saveFigure(join(folder, 'missed.svg'))(missed.grid))
)

const result = await withNodeEnv()(program)()
if (E.isLeft(result)) assert.fail(drawError(result.left as never))
const { l, said, missed } = result.right

assert.deepStrictEqual(l.data.task, { _tag: 'MultiLabel', classes: ['blue', 'green', 'red'] })
const [accuracy = 0, f2 = 0] = l.history.rows.at(-1)!.metrics
assert.ok(accuracy > 0.9 && f2 > 0.8, `${accuracy} ${f2}`)
assert.deepStrictEqual([...said.labels].sort(), [...labelsOf(7)].sort())
assert.match(missed.message, /misclassified samples over 24 samples/)
// images without labels always count as misclassified, because they lack the most probable label
assert.ok(missed.misclassified.length >= 1)
