// Bodies and heads by themselves, as values: nothing runs, no engine is loaded.
import assert from 'node:assert'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  bodyNetwork,
  classification,
  createBody,
  createHead,
  customHead,
  cutAt,
  Eq,
  freezeBody,
  nn,
  numFeatures,
  plan,
  resnet18,
  splitOn,
  withHead
} from 'graft-vision'

// create_body, num_features_model
const body = createBody(resnet18, { cut: -2 })
assert(Eq.body.equals(body, cutAt(-2)(resnet18)))
assert.deepStrictEqual(numFeatures(body), E.right(512))
assert.deepStrictEqual(E.map(nn.namedChildren)(bodyNetwork(body))._tag, 'Right')

// create_head: with concatPool, the head receives twice the body's features
const made = createHead(2 * 512, 3, { linFtrs: [64], ps: 0.25 })
assert(E.isRight(made))
assert.deepStrictEqual(
  nn.namedChildren(made.right).map(({ layer }) => layer._tag),
  ['AdaptiveConcatPool2d', 'Flatten', 'BatchNorm', 'Dropout', 'Linear', 'Relu', 'BatchNorm', 'Dropout', 'Linear']
)

// body and head combined into a model, which is split, frozen and checked
const model = pipe(body, withHead(customHead(made.right)), splitOn(['body.layer3', 'head']), freezeBody)
const planned = plan({ input: [3, 64, 64], task: classification(['a', 'b', 'c']) })(model)
assert(E.isRight(planned))
assert.deepStrictEqual(planned.right.starts, ['body.layer3', 'head'])
assert(planned.right.parameters.every(({ path, trainable }) => trainable || path.startsWith('body.')))
