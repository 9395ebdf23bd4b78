/**
 * `StateDict`: parameters and buffers, and an optimiser's state, as typed arrays in torch's layout.
 *
 * @since 0.1.0
 */
import { drawStart, type Fan, type Shape, sizeOf, type Start } from '../../model/index.js'
import type { Plan } from '../../plan/index.js'
import { generator, type Seed, splitSeed } from '../../Seed.js'

/**
 * Path → values in torch's layout: a network's parameters and buffers.
 *
 * @category state
 * @since 0.1.0
 */
export type StateDict = ReadonlyMap<string, Float32Array>

/**
 * The optimiser's arrays, `<parameter path>.<name>`, and the number of steps it has made.
 *
 * @category state
 * @since 0.1.0
 */
export interface OptimiserState {
  readonly arrays: StateDict
  readonly t: number
  /** The gradients of a group of batches that is not complete; absent: none. */
  readonly accumulated?: Accumulated
}

/**
 * Gradients accumulated over batches: the sum of each batch's, times its weight.
 *
 * @category state
 * @since 0.1.0
 */
export interface Accumulated {
  /** By the path of the parameter. */
  readonly gradients: StateDict
  /** The sum of the weights: the number of samples, or for weighted losses the sum of theirs. */
  readonly weight: number
}

/**
 * The state of a new optimiser.
 *
 * @category state
 * @since 0.1.0
 */
export const freshOptimiser: OptimiserState = { arrays: new Map(), t: 0 }

/** An optimiser's state without accumulated gradients. */
export const settled = ({ arrays, t }: OptimiserState): OptimiserState => ({ arrays, t })

interface Named {
  readonly path: string
  readonly shape: Shape
  readonly init: Start
  readonly fan: Fan
}

export const arraysOf = (plan: Plan): ReadonlyArray<Named> => [...plan.parameters, ...plan.buffers]

/** The path that an array is drawn for: its own, or its sibling's. */
const drawnAs = (path: string, init: Start): string =>
  init._tag === 'RowNorms' ? `${path.slice(0, path.lastIndexOf('.') + 1)}${init.of}` : path

/**
 * A network's parameters and buffers before training: each is drawn from the seed and its path, as its layer says.
 *
 * @example
 * import { arch, nn, plan } from 'graft-vision'
 * import { Engine } from 'graft-vision/node'
 *
 * const planned = plan({ input: [1, 2, 2] })(arch({ name: 'line', network: nn.sequential(nn.flatten, nn.named('fc', nn.linear(4, 3))) }))
 * assert.ok(planned._tag === 'Right')
 * const state = Engine.initialState(planned.right, 42)
 * assert.deepStrictEqual([...state].map(([path, values]) => [path, values.length]), [['fc.weight', 12], ['fc.bias', 3]])
 * assert.deepStrictEqual(Engine.initialState(planned.right, 42), state)
 *
 * @category state
 * @since 0.1.0
 */
export const initialState = (plan: Plan, seed: Seed): StateDict =>
  new Map(
    arraysOf(plan).map(({ path, shape, init, fan }) => [
      path,
      drawStart(init, fan, generator(splitSeed(seed, 'init', drawnAs(path, init))), sizeOf(shape))
    ])
  )
