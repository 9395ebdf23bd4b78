/** Running programs in laws: a plan, random batches for it, a program that is freed after use, comparison of arrays. */
import {
  compile,
  type Engine,
  type EngineBatch,
  freshOptimiser,
  initialState,
  type OptimiserState,
  type Program,
  type StateDict,
  type StepOptions
} from '../src/engine/index.js'
import { arch, type Layer, sizeOf } from '../src/model/index.js'
import type { Plan } from '../src/plan/index.js'
import { adamW, crossEntropy, type Loss, mse } from '../src/recipe/index.js'
import { generator, splitSeed } from '../src/Seed.js'
import { close, equal, succeeded } from './claim.js'
import { planned } from './planning.js'

/** Cross entropy needs more than one class. */
const hasClasses = (plan: Plan): boolean => plan.task?._tag !== 'Points' && plan.output[0]! > 1

const lossOf = (plan: Plan): Loss => (hasClasses(plan) ? crossEntropy() : mse)

const options: Omit<StepOptions, 'loss'> = {
  optimiser: adamW(),
  trueWd: true,
  bnWd: true,
  clip: null,
  seed: 1
}

export const told = (plan: Plan, step: number, lr = 1e-2) => ({
  lrs: Array.from({ length: plan.groups }, () => lr),
  mom: 0.9,
  wd: 0.01,
  step
})

export const normals = (seed: number, size: number): Float32Array => {
  const { normal } = generator(seed)
  return Float32Array.from({ length: size }, normal)
}

/** A batch of random images and targets for `lossOf`. */
export const batchOf = (plan: Plan, n: number, seed: number): EngineBatch => {
  const { integer } = generator(splitSeed(seed, 'classes'))
  const outputs = plan.output[0]!
  const y = hasClasses(plan)
    ? Int32Array.from({ length: n }, () => integer(outputs))
    : normals(splitSeed(seed, 'y'), n * outputs)
  return { x: normals(seed, n * sizeOf(plan.input)), y, n }
}

/** The i-th sample of a batch, alone. */
export const single = ({ x, y, n }: EngineBatch, i: number): EngineBatch => {
  const [size, width] = [x.length / n, y.length / n]
  return { x: x.slice(i * size, (i + 1) * size), y: y.slice(i * width, (i + 1) * width), n: 1 }
}

export interface Start {
  readonly state: StateDict
  readonly optimiser: OptimiserState
}

export const freshStart = (plan: Plan, seed: number): Start => ({
  state: initialState(plan, seed),
  optimiser: freshOptimiser
})

/** Uses a program and frees it. */
export const using =
  (engine: Engine) =>
  <A>(plan: Plan, start: Start, how: Partial<StepOptions>, use: (program: Program) => A): A => {
    const program = succeeded(compile(engine)(plan, start, { loss: lossOf(plan), ...options, ...how }), 'compiling')
    try {
      return use(program)
    } finally {
      program.dispose()
    }
  }

export const outputs = (program: Program, batch: EngineBatch): Float32Array =>
  succeeded(program.evaluate(batch), 'evaluating').outputs

export const now = (program: Program): Start => ({
  state: succeeded(program.state(), 'reading the state'),
  optimiser: succeeded(program.optimiserState(), 'reading the optimiser')
})

export const sameBits = (a: Float32Array, b: Float32Array): boolean => {
  const [x, y] = [a, b].map((f) => new Uint32Array(f.buffer, f.byteOffset, f.length))
  return a.length === b.length && x!.every((word, i) => word === y![i])
}

/** The paths whose arrays differ in any bit. */
export const differing = (a: StateDict, b: StateDict): ReadonlyArray<string> =>
  [...a].filter(([path, values]) => !sameBits(values, b.get(path)!)).map(([path]) => path)

export const allClose = (found: Float32Array, expected: ArrayLike<number>, what: string, within: number): void => {
  equal(found.length, expected.length, `the length of ${what}`)
  found.forEach((value, i) => close(value, expected[i]!, within, `${what} at ${i}`))
}

export const asPlan = (network: Layer, input: ReadonlyArray<number>): Plan =>
  planned({ input }, arch({ name: 'law', network }))
