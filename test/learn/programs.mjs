// Programs for worker threads, which run JavaScript under plain Node.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { pipe } from 'fp-ts/lib/function.js'
import * as E from 'fp-ts/lib/Either.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import {
  arch,
  customWatcher,
  digits,
  nn,
  pointsFromFunc,
  Recipe,
  Transform,
  withBatchSize,
  withTransforms
} from 'graft-vision'
import { cnnLearner, openData, readSaved, resumeFrom, settingError, trainWith } from 'graft-vision/node'

const tiny = arch({
  name: 'tiny',
  network: nn.sequential(nn.named('conv', nn.conv2d(3, 4, 5)), nn.named('pool', nn.maxPool2d(4)))
})

const fresh = (folder) =>
  pipe(
    openData(pipe(digits({ n: 64, valid: 16, path: folder }), withBatchSize(8))),
    RTE.chainW((data) => cnnLearner(data, tiny, { linFtrs: [] }))
  )

const outcome = ({ learner, halted }) => ({
  state: learner.state,
  steps: learner.steps,
  rows: learner.history.rows.map(({ trainLoss, validLoss }) => [trainLoss, validLoss]),
  halted: halted !== null
})

export const train = ({ folder, epochs, checkpoint }) =>
  pipe(
    fresh(folder),
    RTE.chainW(
      trainWith(Recipe.fit(epochs, 1e-2), checkpoint === undefined ? {} : { checkpoint: { file: checkpoint } })
    ),
    RTE.map(outcome)
  )

export const resume = ({ folder, epochs, checkpoint }) =>
  pipe(
    fresh(folder),
    RTE.bindTo('l'),
    RTE.bindW('saved', () => readSaved(checkpoint)),
    RTE.chainEitherKW(({ l, saved }) => resumeFrom(checkpoint, saved)(l)),
    RTE.chainW(({ learner, cursor }) => trainWith(Recipe.fit(epochs, 1e-2), { from: cursor })(learner)),
    RTE.map(outcome)
  )

/** Two points in each image, of which one is missing in some. */
export const findPoints = ({ folder }) =>
  pipe(
    openData(digits({ n: 64, valid: 16, path: folder })),
    RTE.chainW(() =>
      openData(
        pipe(
          pointsFromFunc(folder, 'from the name', ['left', 'right'], (file) => [
            [file.length % 20, 9],
            file.endsWith('1.png') ? null : [20, 5]
          ]),
          withTransforms([Transform.flipLr(), Transform.rotate([-10, 10])]),
          withBatchSize(8)
        )
      )
    ),
    RTE.chainW((data) => cnnLearner(data, tiny, { linFtrs: [] })),
    RTE.chainW(trainWith(Recipe.fit(2, 1e-2))),
    RTE.map(outcome)
  )

const ending = customWatcher('ending', {
  start: null,
  monitor: null,
  onEpoch: () => [null, [{ _tag: 'EndStep' }]],
  onEnd: () => []
})

export const watched = ({ folder }) =>
  pipe(fresh(folder), RTE.chainW(trainWith(Recipe.until(ending)(Recipe.fit(3, 1e-2)))), RTE.map(outcome))

export const engineName = () => RTE.asks(({ engine }) => engine.name)
/** The priorities of this thread, the process, and the threads of the engine, which a training starts. */
export const priorities = ({ folder }) =>
  pipe(
    train({ folder, epochs: 1 }),
    RTE.map(() => {
      const of = (id) => Number(readFileSync(`/proc/self/task/${id}/stat`, 'utf8').split(') ')[1].split(' ')[16])
      const all = readdirSync('/proc/self/task').map((id) => of(id))
      return { own: of(readlinkSync('/proc/thread-self').split('/').at(-1)), process: of(process.pid), all }
    })
  )
export const echo = (args) => RTE.right(args)
export const fails = () => RTE.left(settingError('here', 'something', 'nothing', 'pass it'))
export const throws = () => {
  throw new TypeError('no program')
}
export const rejects = () => () => () => Promise.reject(new RangeError('too far'))
export const noEither = () => () => () => Promise.resolve(3)
export const noProgram = () => 3
export const notClonable = () => RTE.right({ f: () => 1 })
export const exits = () => () => () => process.exit(3)
export const uncaught = () => () => () =>
  new Promise(() => {
    setTimeout(() => {
      throw new Error('out of turn')
    }, 0)
  })
export const fillsMemory = () => () => async () => {
  const all = []
  while (all !== null) all.push(new Array(100_000).fill(all.length).map((n) => ({ n })))
  return E.right(all.length)
}
export const prints = () => () => async () => {
  for (let i = 0; i < 1000; i++) console.log(`line ${i}`)
  console.error('the last line')
  return E.right(null)
}
/** Leaves something open that would keep its thread alive. */
export const leavesOpen = () => () => async () => {
  setInterval(() => undefined, 1000)
  return E.right('open')
}
export const constant = 3
