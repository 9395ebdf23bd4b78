/**
 * Layout: torch keeps convolution weights as [out, in, h, w] (along one axis [out, in, w]) and linear ones as [out, in];
 * tfjs wants [h, w, in, out] and [in, out]. State dicts are torch's everywhere; only here, at the door of an engine, are they turned.
 */
import type { Shape } from '../../model/index.js'

/** Where axis i of the engine's array comes from in torch's. */
const axes = (rank: number): ReadonlyArray<number> =>
  rank === 4 ? [2, 3, 1, 0] : Array.from({ length: rank }, (_, i) => rank - 1 - i)

const permute = (data: Float32Array, shape: Shape, order: ReadonlyArray<number>): Float32Array => {
  const rank = shape.length
  const strides = new Array<number>(rank).fill(1)
  for (let i = rank - 2; i >= 0; i--) strides[i] = strides[i + 1]! * shape[i + 1]!
  // as four loops, the missing outer ones of length 1
  const size = [1, 1, 1, 1]
  const step = [0, 0, 0, 0]
  order.forEach((axis, i) => {
    size[4 - rank + i] = shape[axis]!
    step[4 - rank + i] = strides[axis]!
  })
  const result = new Float32Array(data.length)
  let to = 0
  for (let a = 0; a < size[0]!; a++)
    for (let b = 0; b < size[1]!; b++)
      for (let c = 0; c < size[2]!; c++) {
        let from = a * step[0]! + b * step[1]! + c * step[2]!
        for (let d = 0; d < size[3]!; d++) {
          result[to++] = data[from]!
          from += step[3]!
        }
      }
  return result
}

/**
 * torch's shape of a parameter → the engine's: `[out, in, h, w]` → `[h, w, in, out]`, `[out, in]` → `[in, out]`.
 *
 * @example
 * import { engineShape } from 'graft-vision/node'
 *
 * assert.deepStrictEqual(engineShape([64, 3, 7, 7]), [7, 7, 3, 64])
 *
 * @since 0.1.0
 */
export const engineShape = (shape: Shape): Array<number> => axes(shape.length).map((axis) => shape[axis]!)

/** The engine's shape of a parameter → torch's. */
export const torchShape = (shape: Shape): Array<number> => {
  const order = axes(shape.length)
  return shape.map((_, i) => shape[order.indexOf(i)]!)
}

/**
 * A parameter in torch's layout → in the engine's; `shape` is torch's. One axis is left as it is, the same array.
 *
 * @example
 * import { toEngine } from 'graft-vision/node'
 *
 * assert.deepStrictEqual([...toEngine(new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3])], [1, 4, 2, 5, 3, 6])
 *
 * @since 0.1.0
 */
export const toEngine = (data: Float32Array, shape: Shape): Float32Array =>
  shape.length < 2 ? data : permute(data, shape, axes(shape.length))

/**
 * A parameter in the engine's layout → in torch's, of torch's `shape`: undoes `toEngine`.
 *
 * @example
 * import { toEngine, toTorch } from 'graft-vision/node'
 *
 * const weight = Float32Array.from({ length: 2 * 3 * 2 * 2 }, (_, i) => i)
 * assert.deepStrictEqual(toTorch(toEngine(weight, [2, 3, 2, 2]), [2, 3, 2, 2]), weight)
 *
 * @since 0.1.0
 */
export const toTorch = (data: Float32Array, shape: Shape): Float32Array => {
  if (shape.length < 2) return data
  const order = axes(shape.length)
  return permute(
    data,
    engineShape(shape),
    shape.map((_, i) => order.indexOf(i))
  )
}
