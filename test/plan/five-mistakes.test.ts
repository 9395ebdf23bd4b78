import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { resnet18 } from '../../src/arch/index.js'
import { classification } from '../../src/data/index.js'
import { conv2d, cut, cutAt, freezeTo, head, replaceAt, splitOn, withHead } from '../../src/model/index.js'
import { plan, type PlanError } from '../../src/plan/index.js'

const how = { input: [3, 64, 64], task: classification(['ant', 'bee']) }

/** Wrong in its cut, its head, its split, its freeze and a replaced layer. */
const mistaken = pipe(
  resnet18,
  cutAt(-10),
  withHead(head({ linFtrs: [512], ps: [0.1, 0.2, 0.3] })),
  splitOn(['body.layer9', 'head']),
  freezeTo(5),
  replaceAt('body.layer1.0.conv2', conv2d(32, 64, 3, { padding: 1, bias: false }))
)

const errors: ReadonlyArray<PlanError> = pipe(
  mistaken,
  plan(how),
  E.match(
    (found): ReadonlyArray<PlanError> => found,
    () => []
  )
)

describe('a model with five mistakes', () => {
  it('has five errors, one for each', () => {
    expect(errors.map((e) => e._tag)).toEqual(['CutError', 'HeadError', 'ShapeError', 'SplitError', 'FreezeError'])
  })

  it('reports for each its path, what was expected, what was found and a hint', () => {
    expect(errors).toMatchInlineSnapshot(`
      [
        {
          "_tag": "CutError",
          "expected": "an integer that keeps 1 to 10 of the 10 children",
          "found": "a cut that leaves no layers",
          "hint": "use cutAt(-2)",
          "path": "resnet18: cutAt(-10)",
        },
        {
          "_tag": "HeadError",
          "expected": "1 or 2 dropout probabilities (linFtrs has 1, so 2 blocks)",
          "found": "3",
          "hint": "pass one number, or a list of 2",
          "path": "head.ps",
        },
        {
          "_tag": "ShapeError",
          "expected": "32 channels",
          "found": "64 channels (64×16×16)",
          "hint": "use conv2d(64, 64, ...)",
          "path": "body.layer1.0.conv2",
        },
        {
          "_tag": "SplitError",
          "expected": "the path of a layer or block of the model",
          "found": "no such part",
          "hint": "use starts that the cut keeps, such as splitOn(["head"]); summary() lists the paths",
          "path": "splitOn: body.layer9",
        },
        {
          "_tag": "FreezeError",
          "expected": "an integer from -2 to 1, for 2 groups",
          "found": "5",
          "hint": "use freezeTo(1) to train only the last group",
          "path": "model: freezeTo(5)",
        },
      ]
    `)
  })

  it('has no errors once all are fixed', () => {
    const mended = pipe(
      resnet18,
      cut,
      withHead(head({ linFtrs: [512], ps: [0.1, 0.2] })),
      splitOn(['body.layer3', 'head']),
      freezeTo(2),
      replaceAt('body.layer1.0.conv2', conv2d(64, 64, 3, { padding: 1, bias: false }))
    )
    expect(pipe(mended, plan(how), E.isRight)).toBe(true)
  })

  it('reports an unknown path of a replacement once, with a hint', () => {
    const lost = pipe(resnet18, cut, withHead(head()), replaceAt('body.layer1.0.conv9', conv2d(64, 64, 3)), plan(how))
    expect(lost).toMatchInlineSnapshot(`
      {
        "_tag": "Left",
        "left": [
          {
            "_tag": "ReplaceError",
            "expected": "the path of a layer or block below body or head",
            "found": "no such part",
            "hint": "take the path from summary(plan)",
            "path": "body.layer1.0.conv9",
          },
        ],
      }
    `)
  })

  it('reports a replacement that changes the channels once, not in every later layer', () => {
    const narrow = pipe(
      resnet18,
      cut,
      withHead(head()),
      replaceAt('body.layer1.0.conv2', conv2d(64, 32, 3, { padding: 1, bias: false })),
      plan(how)
    )
    expect(E.isLeft(narrow) && narrow.left.map((e) => e.path)).toEqual(['body.layer1.0.bn2'])
  })
})
