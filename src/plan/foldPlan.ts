/**
 * `foldPlan`: the fold over a plan's network, used for summaries, memory, tensors, ONNX and diagrams.
 *
 * @since 0.1.0
 */
import { concatShape, foldLayer, type LayerAlgebra, type LayerNode, type Shape } from '../model/index.js'
import type { Plan, PlanLayer } from './Plan.js'

/**
 * A combination of a planned network: its path, and the shape of its output for one image.
 *
 * @category plans
 * @since 0.1.0
 */
export interface PlanNode extends LayerNode {
  readonly output: Shape
}

/**
 * The cases of a fold over a plan: one for layers and one for each combination, which receives its children's results
 * in order. A new combination is a new case, without which no fold compiles.
 *
 * @category plans
 * @since 0.1.0
 */
export type PlanAlgebra<A> = LayerAlgebra<A, PlanLayer, PlanNode>

/**
 * A planned network, or a part of one; `layers` are its layers in data-flow order.
 *
 * @category plans
 * @since 0.1.0
 */
export type PlannedNetwork = Pick<Plan, 'input' | 'network' | 'layers'>

/** A child's result, and the shape of its output. */
interface Read<A> {
  readonly value: A
  readonly output: Shape
}

type Reader<A> = (incoming: Shape) => Read<A>

const inTurn = <A>(parts: ReadonlyArray<Reader<A>>, incoming: Shape): ReadonlyArray<Read<A>> =>
  parts.reduce<ReadonlyArray<Read<A>>>((done, part) => [...done, part(done.at(-1)?.output ?? incoming)], [])

/**
 * Folds a plan, visiting layers in data-flow order.
 *
 * @example
 * import { Fold, plan, resnet18 } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * // the number of convolutions on the longest path
 * const deepest = Fold.plan<number>({
 *   leaf: ({ layer }) => (layer._tag === 'Conv2d' ? 1 : 0),
 *   sequential: (parts) => parts.reduce((n, part) => n + part, 0),
 *   sum: (branches) => Math.max(...branches),
 *   product: (branches) => Math.max(...branches),
 *   concat: (branches) => Math.max(...branches)
 * })
 * assert.deepStrictEqual(pipe(resnet18, plan({ input: [3, 64, 64] }), E.map(deepest)), E.right(17))
 *
 * @category folds
 * @since 0.1.0
 */
export const foldPlan =
  <A>(algebra: PlanAlgebra<A>) =>
  ({ input, network, layers }: PlannedNetwork): A => {
    let next = 0
    const combined = (read: PlanAlgebra<A>['sum'], parts: ReadonlyArray<Read<A>>, at: PlanNode): Read<A> => ({
      value: read(
        parts.map(({ value }) => value),
        at
      ),
      output: at.output
    })
    /** Branches that together give what the first of them does. */
    const asFirst =
      (read: PlanAlgebra<A>['sum']) =>
      (branches: ReadonlyArray<Reader<A>>, at: LayerNode): Reader<A> =>
      (incoming) => {
        const parts = branches.map((branch) => branch(incoming))
        return combined(read, parts, { ...at, output: parts[0]?.output ?? incoming })
      }
    return foldLayer<Reader<A>>({
      leaf: () => {
        const layer = layers[next++]!
        return () => ({ value: algebra.leaf(layer), output: layer.output })
      },
      sequential: (parts, at) => (incoming) => {
        const read = inTurn(parts, incoming)
        return combined(algebra.sequential, read, { ...at, output: read.at(-1)?.output ?? incoming })
      },
      sum: asFirst(algebra.sum),
      product: asFirst(algebra.product),
      concat: (branches, at) => (incoming) => {
        const read = branches.map((branch) => branch(incoming))
        return combined(algebra.concat, read, { ...at, output: concatShape(read.map(({ output }) => output)) })
      }
    })(network)(input).value
  }
