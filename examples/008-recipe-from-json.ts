// Model, data and recipe as JSON: a hand-written file gives the same run as the code.
import assert from 'node:assert'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import {
  arch,
  catalogue,
  cut,
  digits,
  Eq,
  Format,
  freezeBody,
  head,
  nn,
  Recipe,
  slice,
  withBatchSize,
  withHead,
  withSize
} from 'graft-vision'
import { learner, openData, train, withNodeEnv } from 'graft-vision/node'

const tiny = arch({
  name: 'tiny',
  network: nn.sequential(
    nn.named('conv', nn.conv2d(3, 8, 5, { stride: 2 })),
    nn.named('relu', nn.relu),
    nn.named('pool', nn.maxPool2d(2))
  )
})

const modelText = '{ "arch": "tiny", "head": { "linFtrs": [16], "ps": 0.2 }, "freeze": "body" }'
const dataText = '{ "source": { "digits": { "n": 64 } }, "size": 28, "bs": 16 }'
const recipeText = `[
  { "step": "fitOneCycle", "cycLen": 1, "maxLr": 1e-2 },
  { "step": "unfreeze" },
  { "step": "fitOneCycle", "cycLen": 1, "maxLr": { "slice": [1e-4, 1e-2] } }
]`

// JSON names architectures, so the decoder is passed those that may be named: graft's and your own
const written = pipe(
  E.Do,
  E.bind('model', () => pipe(Format.parseJson(modelText), E.chain(Format.decodeModel([...catalogue, tiny])))),
  E.bind('data', () => pipe(Format.parseJson(dataText), E.chain(Format.decodeData))),
  E.bind('recipe', () => pipe(Format.parseJson(recipeText), E.chain(Format.decodeRecipe)))
)
assert(E.isRight(written))

const coded = {
  model: pipe(tiny, cut, withHead(head({ linFtrs: [16], ps: 0.2 })), freezeBody),
  data: pipe(digits({ n: 64 }), withSize(28), withBatchSize(16)),
  recipe: Recipe.sequence(Recipe.fitOneCycle(1, 1e-2), Recipe.unfreeze, Recipe.fitOneCycle(1, slice(1e-4, 1e-2)))
}
assert(Eq.model.equals(written.right.model, coded.model))
assert(Eq.recipe.equals(written.right.recipe, coded.recipe))

const run = ({ model, data, recipe }: typeof coded) =>
  withNodeEnv({ engine: 'onnxruntime' })(
    pipe(
      openData(data),
      RTE.chainW((opened) => learner({ data: opened, model })),
      RTE.chainW(train(recipe)),
      RTE.map(({ history, state }) => ({ history, state }))
    )
  )()

const fromJson = await run(written.right)
assert(E.isRight(fromJson))
// the same seed gives the same parameters, bit for bit
assert.deepStrictEqual(fromJson, await run(coded))

// an error says where the mistake is and what to write instead
const mistaken = Format.decodeModel([...catalogue, tiny])({ arch: 'tiny', head: { lin_ftrs: [16] } })
assert(E.isLeft(mistaken))
assert.deepStrictEqual([mistaken.left[0].path, mistaken.left[0].hint], ['head.lin_ftrs', 'write "linFtrs"'])
