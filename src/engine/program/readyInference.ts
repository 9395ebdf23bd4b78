/** Networks that stay compiled between predictions: the most recently used ones of each engine. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { Plan } from '../../plan/index.js'
import type { Engine } from '../Engine.js'
import type { EngineError } from '../EngineError.js'
import { compileInference, type Inference } from './Inference.js'
import type { StateDict } from './StateDict.js'

/** Maximum number of networks per engine; each has a copy of its weights. */
const MOST = 4

interface Pool {
  readonly get: (plan: Plan, state: StateDict) => E.Either<EngineError, Inference>
  readonly clear: IO<void>
}

const poolOf = (engine: Engine): Pool => {
  // most recently used last
  let ready: ReadonlyArray<{ readonly state: StateDict; readonly inference: Inference }> = []
  const keep = (state: StateDict, inference: Inference): Inference => {
    const others = ready.filter((one) => one.inference !== inference)
    others.slice(0, -(MOST - 1)).forEach((one) => one.inference.dispose())
    ready = [...others.slice(-(MOST - 1)), { state, inference }]
    return inference
  }
  return {
    get: (plan, state) => {
      const found = ready.find((one) => one.inference.plan === plan && one.state === state)
      return pipe(
        found === undefined ? compileInference(engine)(plan, state) : E.right(found.inference),
        E.map((inference) => keep(state, inference))
      )
    },
    clear: () => {
      ready.forEach(({ inference }) => inference.dispose())
      ready = []
    }
  }
}

// keyed by a part of the engine that copies of it share
const pools = new WeakMap<Engine['onDispose'], Pool>()

const poolFor = (engine: Engine): Pool => {
  const found = pools.get(engine.onDispose)
  if (found !== undefined) return found
  const pool = poolOf(engine)
  pools.set(engine.onDispose, pool)
  engine.onDispose(pool.clear)
  return pool
}

/**
 * Like `compileInference`, but compiled once for the same plan and state: the engine keeps the four most recently used
 * networks until it is disposed. Call this before each use and do not dispose of the result: another network may take
 * its place.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { arch, nn, plan } from 'graft-vision'
 * import { acquireEngine, Engine } from 'graft-vision/node'
 *
 * const engine = await acquireEngine('onnxruntime')()
 * const planned = plan({ input: [1, 2, 2] })(arch({ name: 'pool', network: nn.sequential(nn.named('pool', nn.avgPool2d(2))) }))
 * if (E.isLeft(engine) || E.isLeft(planned)) throw new Error('it needs both')
 * const state = new Map()
 * const before = engine.right.stats().compiles
 * for (const value of [1, 2]) {
 *   const inference = Engine.readyInference(engine.right)(planned.right, state)
 *   if (E.isLeft(inference)) throw new Error(inference.left.found)
 *   const outputs = inference.right.predict(new Float32Array(4).fill(value), 1)
 *   assert.deepStrictEqual(outputs, E.right(new Float32Array([value])))
 * }
 * assert.strictEqual(engine.right.stats().compiles, before + 1)
 *
 * @category programs
 * @since 0.1.0
 */
export const readyInference =
  (engine: Engine) =>
  (plan: Plan, state: StateDict): E.Either<EngineError, Omit<Inference, 'dispose'>> =>
    poolFor(engine).get(plan, state)
