import type { OnnxType } from '../../../format/bytes/onnx.js'
import { sameShape } from './shapes.js'

/**
 * A tensor of the graph under construction, viewed in a shape. A different view costs nothing until an operator reads
 * it.
 */
export interface Ref {
  readonly name: string
  readonly shape: ReadonlyArray<number>
  readonly dtype: OnnxType
}

/** `x` viewed in another shape with the same number of elements. */
export const reshape = (x: Ref, shape: ReadonlyArray<number>): Ref => (sameShape(x.shape, shape) ? x : { ...x, shape })
