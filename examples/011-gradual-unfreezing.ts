// Gradual unfreezing as one recipe: the head, then the last two groups, then three, then all groups, for one cycle each.
// The plan gives every group's learning rate before training; the run uses exactly these rates.
import assert from 'node:assert'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import {
  accuracy,
  arch,
  cut,
  digits,
  freeze,
  head,
  nn,
  ratesOf,
  Recipe,
  slice,
  splitOn,
  withBatchSize,
  withHead
} from 'graft-vision'
import { learner, openData, train, withNodeEnv } from 'graft-vision/node'

const block = (from: number, to: number) =>
  nn.sequential(
    nn.named('conv', nn.conv2d(from, to, 3, { stride: 2, padding: 1, bias: false })),
    nn.named('bn', nn.batchNorm(to))
  )

const four = arch({
  name: 'four',
  network: nn.sequential(
    nn.named('layer1', block(3, 4)),
    nn.named('layer2', block(4, 8)),
    nn.named('layer3', block(8, 8)),
    nn.named('pool', nn.maxPool2d(2))
  )
})

// four groups: layer1, layer2, layer3, the head
const model = pipe(four, cut, withHead(head({ linFtrs: [] })), splitOn(['body.layer2', 'body.layer3', 'head']), freeze)

const recipe = Recipe.sequence(
  Recipe.fitOneCycle(1, 1e-2),
  Recipe.freezeTo(-2),
  Recipe.fitOneCycle(1, slice(1e-2 / 2.6 ** 3, 1e-2)),
  Recipe.freezeTo(-3),
  Recipe.fitOneCycle(1, slice(5e-3 / 2.6 ** 3, 5e-3)),
  Recipe.unfreeze,
  Recipe.fitOneCycle(2, slice(1e-3 / 2.6 ** 3, 1e-3))
)

const used: Array<ReadonlyArray<number>> = []
const program = pipe(
  openData(pipe(digits({ n: 64 }), withBatchSize(16))),
  RTE.chainW((data) => learner({ data, model, metrics: [accuracy] })),
  RTE.bindTo('start'),
  RTE.bindW('end', ({ start }) => train(recipe)(start))
)
const listen = withNodeEnv({
  engine: 'onnxruntime',
  onEvent: (event) => () => {
    if (event._tag === 'BatchEnd' && event.train) used.push(event.lrs)
    return 'continue'
  }
})
const result = await listen(program)()
assert(E.isRight(result))
const { start, end } = result.right

const batches = 64 / 16
const planned = ratesOf(recipe, batches)(start.plan)
assert(E.isRight(planned))
for (const { step, epoch, batch, lrs } of planned.right)
  if (batch === 0) console.log(`step ${step} epoch ${epoch}: ${lrs.map((lr) => lr.toExponential(2)).join('  ')}`)
assert.deepStrictEqual(
  used,
  planned.right.map(({ lrs }) => lrs)
)

// every group was unfrozen in turn, so in the end all parameters have changed
assert.strictEqual(end.steps, 5 * batches)
assert.deepStrictEqual(
  end.plan.parameters.filter(({ trainable }) => !trainable),
  []
)
for (const path of ['body.layer1.conv.weight', 'body.layer3.conv.weight', 'head.4.weight'])
  assert.notDeepStrictEqual(end.state.get(path), start.state.get(path))
