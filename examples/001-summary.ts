// Inspects a model without running it: layers, shapes, parameters, groups and learning rates. No engine is loaded.
import assert from 'node:assert'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  classification,
  costOf,
  cutAt,
  drawError,
  freezeBody,
  head,
  mistakes,
  plan,
  ratesOf,
  Recipe,
  resnet18,
  slice,
  summary,
  withHead
} from 'graft-vision'

const model = pipe(resnet18, cutAt(-2), withHead(head({ linFtrs: [512], ps: 0.5 })), freezeBody)
const threesAndSevens = { input: [3, 28, 28], task: classification(['3', '7']) }

const planned = plan(threesAndSevens)(model)
assert(E.isRight(planned))

const lines = summary(planned.right).split('\n')
assert.strictEqual(lines[0], 'resnet18  3×28×28 → 2')
assert(lines.some((line) => line.startsWith('body.layer1.0.conv1')))
assert.strictEqual(planned.right.groups, 3)
assert(costOf(planned.right).trainable < costOf(planned.right).parameters)

// the learning rate of every group at every batch
const rates = ratesOf(Recipe.fitOneCycle(1, slice(1e-5, 1e-3)), 10)(planned.right)
assert(E.isRight(rates))
assert.deepStrictEqual(
  rates.right[3]?.lrs.map((lr) => lr.toExponential(1)),
  ['1.0e-5', '1.0e-4', '1.0e-3']
)

// several mistakes, reported at once
const wrong = pipe(resnet18, cutAt(-10), withHead(head({ linFtrs: [512], ps: [0.1, 0.2, 0.3] })))
const refused = plan(threesAndSevens)(wrong)
assert(E.isLeft(refused))
assert.strictEqual(
  drawError(mistakes('the model', refused.left)),
  `2 mistakes in the model
├─ CutError at resnet18: cutAt(-10)
│  ├─ expected an integer that keeps 1 to 10 of the 10 children
│  ├─ found a cut that leaves no layers
│  └─ use cutAt(-2)
└─ HeadError at head.ps
   ├─ expected 1 or 2 dropout probabilities (linFtrs has 1, so 2 blocks)
   ├─ found 3
   └─ pass one number, or a list of 2`
)
