import type { OnnxType } from '../../../format/bytes/onnx.js'
import { sameShape } from './shapes.js'

/**
 * A tensor of the graph under construction, seen in a shape. Seeing it in another costs nothing until an operator reads
 * it so.
 */
export interface Ref {
  readonly name: string
  readonly shape: ReadonlyArray<number>
  readonly dtype: OnnxType
}

/** `x` in another shape with as many elements. */
export const reshape = (x: Ref, shape: ReadonlyArray<number>): Ref => (sameShape(x.shape, shape) ? x : { ...x, shape })
