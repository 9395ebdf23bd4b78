/** The gradient of an engine compared with finite differences of its losses. */
import * as fc from 'fast-check'
import type { Engine, Program, StateDict } from '../src/engine/index.js'
import { batchNorm, conv2d, flatten, linear, named, sequential, tanh } from '../src/model/index.js'
import type { Plan } from '../src/plan/index.js'
import { sgd } from '../src/recipe/index.js'
import { close, succeeded } from './claim.js'
import { type Law, law } from './Law.js'
import { asPlan, batchOf, freshStart, now, told, using } from './running.js'
import { tolerance } from './tolerance.js'

/** The learning rate from which a gradient is derived, and the step of the finite differences. */
const [rate, reach] = [2e-2, 1e-2]

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0)

const lengthOf = (a: Float32Array): number => Math.sqrt(dot(a, a))

const planOf = (channels: number): Plan =>
  asPlan(
    sequential(
      named('conv', conv2d(channels, 3, 3, { padding: 1, bias: false })),
      named('bn', batchNorm(3)),
      tanh,
      flatten,
      named('fc', linear(3 * 16, 4))
    ),
    [channels, 4, 4]
  )

/**
 * The losses of a batch, and the gradients at a state: a step of plain gradient descent changes each parameter by −rate
 * times its gradient.
 */
const measuring = (engine: Engine, plan: Plan, seed: number) => {
  const start = freshStart(plan, seed)
  const batch = batchOf(plan, 4, seed)
  const step = (state: StateDict, lr: number) =>
    using(engine)(plan, { ...start, state }, { optimiser: sgd() }, (program: Program) => ({
      loss: succeeded(program.step(batch, { ...told(plan, 0, lr), mom: 0, wd: 0 }), 'a step'),
      state: now(program).state
    }))
  const moved = step(start.state, rate).state
  return {
    at: (path: string): Float32Array => start.state.get(path)!,
    gradient: (path: string): Float32Array =>
      start.state.get(path)!.map((value, i) => (value - moved.get(path)![i]!) / rate),
    lossAt: (path: string, values: Float32Array): number => step(new Map(start.state).set(path, values), 0).loss
  }
}

/**
 * Along the gradient, and along the parameter itself: before a batch norm the loss must not change in that direction.
 */
export const gradientLaw = (engine: Engine): Law =>
  law(
    'has gradients equal to finite differences of its losses, parameter by parameter',
    fc.property(fc.nat({ max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 3 }), (seed, channels) => {
      const plan = planOf(channels)
      const { at, gradient: gradientOf, lossAt } = measuring(engine, plan, seed)
      for (const { path } of plan.parameters) {
        const [here, gradient] = [at(path), gradientOf(path)]
        const steep = lengthOf(gradient)
        const slope = (direction: Float32Array): number => {
          const h = reach / lengthOf(direction)
          const [after, before] = [h, -h].map((by) => here.map((value, i) => value + by * direction[i]!))
          return (lossAt(path, after!) - lossAt(path, before!)) / (2 * reach * steep)
        }
        close(slope(gradient), 1, tolerance.slope, `the slope of ${path} along its gradient, of the gradient`)
        // a bias that starts at 0 has no direction of its own
        const size = lengthOf(here)
        if (size > 0)
          close(
            slope(here),
            dot(gradient, here) / (steep * size),
            tolerance.slope,
            `the slope of ${path} along itself, of its gradient`
          )
      }
    }),
    12
  )
