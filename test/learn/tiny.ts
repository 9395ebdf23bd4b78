/** A network, data and an environment small enough that a training takes a fraction of a second. */
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  accuracy,
  arch,
  cut,
  type DataSpec,
  digits,
  type GraftError,
  type Handler,
  head,
  type Model,
  nn,
  withBatchSize,
  withHead
} from 'graft-vision'
import {
  acquireEngine,
  type EngineName,
  type GraftEnv,
  learner,
  type Learner,
  type LearnerOptions,
  nodeIo,
  openData
} from 'graft-vision/node'
import { right } from '../io/workplace.js'

export const net = arch({
  name: 'tiny',
  network: nn.sequential(
    nn.named('conv', nn.conv2d(3, 8, 5, { stride: 4 })),
    nn.named('bn', nn.batchNorm(8)),
    nn.relu,
    nn.named('pool', nn.maxPool2d(2))
  )
})

export const model: Model = pipe(net, cut, withHead(head({ linFtrs: [16] })))

/** 64 pictures to train on and 24 to validate on, in batches of 16, drawn below `folder` once. */
export const drawn = (folder: string): DataSpec =>
  withBatchSize(16)(digits({ n: 64, valid: 24, path: join(folder, 'digits') }))

export const envWith = async (name: EngineName, onEvent: Handler = () => () => 'continue'): Promise<GraftEnv> => ({
  ...nodeIo({ cache: { home: 'no-cache', assets: [] } }),
  engine: right(await acquireEngine(name)()),
  onEvent
})

export const tinyLearner = (
  spec: DataSpec,
  options: Partial<LearnerOptions> = {}
): ((env: GraftEnv) => TaskEither<GraftError, Learner>) =>
  pipe(
    openData(spec),
    RTE.chainW((data) => learner({ data, model, metrics: [accuracy], ...options }))
  )

/** Everything a learner holds, in a form that is equal exactly when every bit is. */
export const bitsOf = (l: Learner): unknown => ({
  state: [...l.state].map(([path, values]) => [
    path,
    Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64')
  ]),
  optimiser: [...l.optimiser.arrays].map(([path, values]) => [
    path,
    Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64')
  ]),
  t: l.optimiser.t,
  mom: l.mom,
  steps: l.steps,
  epochs: l.epochs,
  history: l.history
})
