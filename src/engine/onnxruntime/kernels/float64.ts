import { onnxTypes } from '../../../format/bytes/onnx.js'
import { int, type Graph, type Ref } from '../graph/Graph.js'

/** Converts to float64, in which sums, quotients and remainders of int32 and float32 equal JavaScript's. */
export const inFloat64 = (g: Graph, x: Ref): Ref =>
  g.op('Cast', [x], x.shape, { dtype: 'float64', attributes: { to: int(onnxTypes.float64) } })
