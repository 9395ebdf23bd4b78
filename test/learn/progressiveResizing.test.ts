/** Images of another size from step to step. */
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import {
  accuracy,
  arch,
  cut,
  digits,
  drawError,
  type Event,
  head,
  nn,
  Recipe,
  withBatchSize,
  withHead,
  withSize
} from 'graft-vision'
import { type GraftEnv, type Learner, readSaved, resumeFrom, train, trainWith, validate } from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { left, right, workplace } from '../io/workplace.js'
import { bitsOf, envWith, tinyLearner } from './tiny.js'

const folder = workplace()
const spec = pipe(digits({ n: 32, valid: 16, path: join(folder, 'digits') }), withSize(28), withBatchSize(16))

describe('progressive resizing', () => {
  let env: GraftEnv
  let start: Learner
  beforeAll(async () => {
    env = await envWith('onnxruntime')
    start = right(await tinyLearner(spec, { path: folder })(env)())
  })
  const recipe = Recipe.progressiveResizing([
    [20, 1],
    [[32, 24], 2]
  ])

  it('trains with images of each size, and ends with those of the last', async () => {
    const trained = right(await train(recipe)(start)(env)())
    expect(trained.data.shape).toEqual([3, 32, 24])
    expect(trained.history.rows).toHaveLength(3)
    const { loss } = right(await validate(trained)(env)())
    expect(trained.history.rows[2]!.validLoss).toBeCloseTo(loss, 6)
    // the same as opening the data in the first size
    const small = right(await tinyLearner(withSize(20)(spec), { path: folder })(env)())
    const first = right(await train(Recipe.fitOneCycle(1))(small)(env)())
    expect(trained.history.losses.slice(0, 2)).toEqual(first.history.losses)
  })

  it('is resumed with the same bits from every size', async () => {
    const whole = right(await train(recipe)(start)(env)())
    for (const iteration of [0, 2, 3]) {
      let seen = 0
      const halting = await envWith(
        'onnxruntime',
        (event: Event) => () => (event._tag === 'BatchEnd' && event.train && seen++ === iteration ? 'halt' : 'continue')
      )
      const file = join(folder, `resized-${iteration}.safetensors`)
      const halted = right(await trainWith(recipe, { checkpoint: { file } })(start)(halting)())
      const { learner, cursor } = right(resumeFrom(file, right(await readSaved(file)(env)()))(start))
      const resumed = right(await trainWith(recipe, { from: cursor })(learner)(env)()).learner
      expect([bitsOf(resumed), resumed.data.shape]).toEqual([bitsOf(whole), whole.data.shape])
      const inMemory = right(await trainWith(recipe, { from: halted.halted! })(halted.learner)(env)())
      expect(bitsOf(inMemory.learner)).toEqual(bitsOf(whole))
    }
  })

  it('a checkpoint of a later training needs the size that this began with', async () => {
    const trained = right(await train(Recipe.setSize(20))(start)(env)())
    const halting = await envWith(
      'onnxruntime',
      ({ _tag }: Event) =>
        () =>
          _tag === 'BatchEnd' ? 'halt' : 'continue'
    )
    const file = join(folder, 'later.safetensors')
    right(await trainWith(Recipe.fit(1), { checkpoint: { file } })(trained)(halting)())
    const saved = right(await readSaved(file)(env)())
    expect(left(resumeFrom(file, saved)(start))).toMatchObject({ _tag: 'SavedError' })
    right(resumeFrom(file, saved)(right(await train(Recipe.empty)(trained)(env)())))
  })

  it('is an error of the plan, before anything runs, where the model needs one size', async () => {
    const flat = arch({
      name: 'flat',
      network: nn.sequential(nn.named('conv', nn.conv2d(3, 2, 28)), nn.named('pool', nn.maxPool2d(1)))
    })
    const model = withHead(head({ linFtrs: [] }))(cut(flat))
    const fixed = right(await tinyLearner(spec, { model, metrics: [accuracy] })(env)())
    const sizes = Recipe.progressiveResizing([
      [28, 1],
      [20, 1]
    ])
    const events: Array<string> = []
    const watched = await envWith('onnxruntime', ({ _tag }: Event) => () => {
      events.push(_tag)
      return 'continue'
    })
    expect(drawError(left(await train(sizes)(fixed)(watched)()))).toContain(
      'ShapeError at recipe[2], images of 20 x 20: body.conv'
    )
    expect(events).toEqual([])
    expect(left(await train(Recipe.setSize(0))(start)(env)())).toMatchObject({ path: 'recipe[0].size' })
  })
})
