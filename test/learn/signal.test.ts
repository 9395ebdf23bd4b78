// Halting a run by an AbortSignal.
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { arch, digits, type Event, nn, Recipe, withBatchSize } from 'graft-vision'
import { cnnLearner, openData, readSaved, resumeFrom, trainWith, withNodeEnv } from 'graft-vision/node'
import { expect, it } from 'vitest'
import { right, workplace } from '../io/workplace.js'

const folder = workplace()
const file = join(folder, 'checkpoint.safetensors')
const tiny = arch({
  name: 'tiny',
  network: nn.sequential(nn.named('conv', nn.conv2d(3, 4, 5, { stride: 4 })), nn.named('pool', nn.maxPool2d(2)))
})
const recipe = Recipe.fitOneCycle(2, 1e-2)
const fresh = pipe(
  openData(pipe(digits({ n: 32, valid: 8, path: join(folder, 'digits') }), withBatchSize(4))),
  RTE.chainW((data) => cnnLearner(data, tiny, { linFtrs: [] }))
)

it('halts a run at the end of a batch, and resuming gives the same parameters', async () => {
  const controller = new AbortController()
  // from outside, on a turn of the event loop while batches are computed
  const onEvent = (event: Event) => () => {
    if (event._tag === 'BatchEnd' && event.iteration === 3) setTimeout(() => controller.abort(), 0)
    return 'continue' as const
  }
  const halted = right(
    await withNodeEnv({ engine: 'cpu', signal: controller.signal, onEvent })(
      pipe(fresh, RTE.chainW(trainWith(recipe, { checkpoint: { file } })))
    )()
  )
  expect(halted.halted).not.toBeNull()
  expect(halted.learner.steps).toBeGreaterThan(3)
  expect(halted.learner.steps).toBeLessThan(16)

  const env = withNodeEnv({ engine: 'cpu' })
  const unbroken = right(await env(pipe(fresh, RTE.chainW(trainWith(recipe))))())
  const resumed = right(
    await env(
      pipe(
        fresh,
        RTE.bindTo('l'),
        RTE.bindW('saved', () => readSaved(file)),
        RTE.chainEitherKW(({ l, saved }) => resumeFrom(file, saved)(l)),
        RTE.chainW(({ learner, cursor }) => trainWith(recipe, { from: cursor })(learner))
      )
    )()
  )
  expect(resumed.learner.steps).toBe(16)
  expect([...resumed.learner.state]).toEqual([...unbroken.learner.state])
})
