import { arch, digits, nn, Recipe, withBatchSize } from 'graft-vision'
import { cnnLearner, type ConvCosts, openData, readSaved, resumeFrom, trainWith, withNodeEnv } from 'graft-vision/node'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { describe, expect, it } from 'vitest'
import { costs } from '../../src/engine/onnxruntime/conv/index.js'
import { workplace } from '../io/workplace.js'

const network = nn.sequential(nn.named('conv', nn.conv2d(3, 4, 5)), nn.named('pool', nn.maxPool2d(4)))
const measured: ConvCosts = { ...costs[16]!, direct: costs[8]!.direct }

/** Halts after a batch; goes on from there with an engine that chooses by `then`, and so on. */
const halted = (file: string, from: 'start' | 'checkpoint', by: 'built-in' | ConvCosts) =>
  pipe(
    openData(pipe(digits({ n: 12 }), withBatchSize(4))),
    RTE.chainW((data) => cnnLearner(data, arch({ name: 'tiny', network }))),
    RTE.chainW((fresh) =>
      from === 'start'
        ? trainWith(Recipe.fit(1), { checkpoint: { file } })(fresh)
        : pipe(
            readSaved(file),
            RTE.chainEitherKW((saved) => resumeFrom(file, saved)(fresh)),
            RTE.chainW(({ learner, cursor }) => trainWith(Recipe.fit(1), { from: cursor })(learner))
          )
    ),
    withNodeEnv({
      ...{ engine: 'onnxruntime', costs: by },
      onEvent:
        ({ _tag }) =>
        () =>
          _tag === 'BatchEnd' ? 'halt' : 'continue'
    })
  )

describe('a checkpoint goes on', () => {
  it.each(['built-in' as const, measured])(
    'with the costs that it was written with, and is refused with others',
    async (by) => {
      const file = `${workplace()}/halted.safetensors`
      expect(E.isRight(await halted(file, 'start', by)())).toBe(true)
      expect(E.isRight(await halted(file, 'checkpoint', by)())).toBe(true)
      const refused = await halted(file, 'checkpoint', by === 'built-in' ? measured : 'built-in')()
      expect(E.isLeft(refused) && refused.left).toMatchObject({
        _tag: 'SavedError',
        path: 'engine',
        expected: expect.stringContaining(by === 'built-in' ? 'the built-in costs' : 'measured costs')
      })
    }
  )
})
