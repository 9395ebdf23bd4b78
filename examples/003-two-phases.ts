// Transfer learning in two phases: the head alone on a frozen body, then all layers with discriminative learning rates.
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
  Recipe,
  slice,
  splitOn,
  withBatchSize,
  withHead,
  withSize
} from 'graft-vision'
import { learner, openData, train, withNodeEnv } from 'graft-vision/node'

const small = arch({
  name: 'small',
  network: nn.sequential(
    nn.named('conv1', nn.conv2d(3, 8, 3, { stride: 2, padding: 1, bias: false })),
    nn.named('bn1', nn.batchNorm(8)),
    nn.named('relu', nn.relu),
    nn.named('conv2', nn.conv2d(8, 8, 3, { stride: 2, padding: 1 })),
    nn.named('pool', nn.maxPool2d(2))
  )
})

// three groups: conv1 and bn1, conv2, the head. To start from weights, add `withWeights('small.safetensors')` to the pipe
const model = pipe(small, cut, withHead(head({ linFtrs: [16] })), splitOn(['body.conv2', 'head']), freeze)

const headFirst = Recipe.fitOneCycle(1, 1e-2)
const thenAll = Recipe.sequence(Recipe.unfreeze, Recipe.fitOneCycle(1, slice(1e-4, 1e-2)))

const program = pipe(
  openData(pipe(digits({ n: 64 }), withSize(28), withBatchSize(16))),
  RTE.chainW((data) => learner({ data, model, metrics: [accuracy] })),
  RTE.bindTo('start'),
  RTE.bindW('first', ({ start }) => train(headFirst)(start)),
  RTE.bindW('second', ({ first }) => train(thenAll)(first))
)

const result = await withNodeEnv({ engine: 'onnxruntime' })(program)()
assert(E.isRight(result))
const { start, first, second } = result.right

// a learner is a value: training returned new learners, and the first one is unchanged
const conv2 = 'body.conv2.weight'
assert.deepStrictEqual(first.state.get(conv2), start.state.get(conv2))
assert.notDeepStrictEqual(second.state.get(conv2), first.state.get(conv2))

// as in fastai, batch norms of a frozen body are trained, and their statistics updated (docs/algebra.md has other policies)
assert.notDeepStrictEqual(first.state.get('body.bn1.weight'), start.state.get('body.bn1.weight'))
assert.notDeepStrictEqual(first.state.get('body.bn1.running_mean'), start.state.get('body.bn1.running_mean'))
assert.notDeepStrictEqual(first.state.get('head.4.weight'), start.state.get('head.4.weight'))
