/** A network small enough to follow, on an engine, and batches for it. */
import type * as E from 'fp-ts/lib/Either.js'
import { batchNorm, conv2d, flatten, linear, named, relu, sequential, arch } from '../../../src/model/index.js'
import { plan, type Plan } from '../../../src/plan/index.js'
import { adamW, crossEntropy } from '../../../src/recipe/index.js'
import {
  compile,
  type Engine,
  type EngineBatch,
  freshOptimiser,
  initialState,
  type Program,
  type StepOptions
} from '../../../src/engine/index.js'
import { right } from '../../io/workplace.js'
import { numbers } from '../engines.js'

export const classes = 3

export const small: Plan = right(
  plan({ input: [2, 3, 3] })(
    arch({
      name: 'small',
      network: sequential(
        named('conv', conv2d(2, 4, 2)),
        named('bn', batchNorm(4)),
        relu,
        flatten,
        named('fc', linear(16, classes))
      )
    })
  )
)

/** Four images, and every class among their targets. */
export const batch: EngineBatch = { x: numbers(1, 4 * 3 * 3 * 2), y: Int32Array.of(0, 1, 2, 1), n: 4 }

export const told = { lrs: [0.1], mom: 0.9, wd: 0, step: 0 }

export const plainly: StepOptions = {
  loss: crossEntropy(),
  optimiser: adamW(),
  trueWd: true,
  bnWd: true,
  clip: null,
  seed: 1
}

export const compiled = (engine: Engine, options: Partial<StepOptions> = {}): E.Either<unknown, Program> =>
  compile(engine)(small, { state: initialState(small, 1), optimiser: freshOptimiser }, { ...plainly, ...options })
