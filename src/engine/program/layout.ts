/**
 * Conversion between torch's layout and the engine's. torch stores convolution weights as [out, in, h, w] (1-D: [out,
 * in, w]) and linear ones as [out, in]; tfjs needs [h, w, in, out] and [in, out]. State dicts are in torch's layout
 * everywhere; only an engine converts them, here.
 */
import type { Shape } from '../../model/index.js'

/** The axis in torch's array of each axis of the engine's. */
const axes = (rank: number): ReadonlyArray<number> =>
  rank === 4 ? [2, 3, 1, 0] : Array.from({ length: rank }, (_, i) => rank - 1 - i)

/** For each weight of one output, in torch's order, its row in the engine's matrix `[.., out]`. */
const engineRows = (shape: Shape): Int32Array => {
  const strides = new Array<number>(shape.length).fill(0)
  let weights = 1
  for (const axis of axes(shape.length).slice(0, -1).reverse()) {
    strides[axis] = weights
    weights *= shape[axis]!
  }
  return Int32Array.from({ length: weights }, (_, i) => {
    let [rest, row] = [i, 0]
    for (let axis = shape.length - 1; axis > 0; axis--) {
      row += (rest % shape[axis]!) * strides[axis]!
      rest = Math.floor(rest / shape[axis]!)
    }
    return row
  })
}

/** Number of outputs to transpose together, so that reads and writes both use whole cache lines. */
const BLOCK = 32

const turned = (
  data: Float32Array,
  shape: Shape,
  to: 'engine' | 'torch',
  result: Float32Array = new Float32Array(data.length)
): Float32Array => {
  const outputs = shape[0]!
  const rows = engineRows(shape)
  for (let first = 0; first < outputs; first += BLOCK) {
    const count = Math.min(outputs - first, BLOCK)
    for (let i = 0; i < rows.length; i++) {
      let torch = first * rows.length + i
      const engine = rows[i]! * outputs + first
      if (to === 'engine') for (let k = 0; k < count; k++, torch += rows.length) result[engine + k] = data[torch]!
      else for (let k = 0; k < count; k++, torch += rows.length) result[torch] = data[engine + k]!
    }
  }
  return result
}

/**
 * torch's shape of a parameter → the engine's: `[out, in, h, w]` → `[h, w, in, out]`, `[out, in]` → `[in, out]`.
 *
 * @example
 * import { Engine } from 'graft-vision/node'
 *
 * assert.deepStrictEqual(Engine.engineShape([64, 3, 7, 7]), [7, 7, 3, 64])
 *
 * @category tensors
 * @since 0.1.0
 */
export const engineShape = (shape: Shape): Array<number> => axes(shape.length).map((axis) => shape[axis]!)

/** The engine's shape of a parameter → torch's. */
export const torchShape = (shape: Shape): Array<number> => {
  const order = axes(shape.length)
  return shape.map((_, i) => shape[order.indexOf(i)]!)
}

/**
 * Converts a parameter from torch's layout to the engine's; `shape` is torch's. A one-dimensional array is returned
 * unchanged.
 *
 * @example
 * import { Engine } from 'graft-vision/node'
 *
 * assert.deepStrictEqual([...Engine.toEngine(new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3])], [1, 4, 2, 5, 3, 6])
 *
 * @category tensors
 * @since 0.1.0
 */
export const toEngine = (data: Float32Array, shape: Shape): Float32Array =>
  shape.length < 2 ? data : turned(data, shape, 'engine')

/** `toEngine` that writes the result to an array. */
export const writeToEngine = (data: Float32Array, shape: Shape, into: Float32Array): void => {
  if (shape.length < 2) into.set(data)
  else turned(data, shape, 'engine', into)
}

/**
 * Converts a parameter from the engine's layout to torch's; `shape` is torch's. The inverse of `toEngine`.
 *
 * @example
 * import { Engine } from 'graft-vision/node'
 *
 * const weight = Float32Array.from({ length: 2 * 3 * 2 * 2 }, (_, i) => i)
 * assert.deepStrictEqual(Engine.toTorch(Engine.toEngine(weight, [2, 3, 2, 2]), [2, 3, 2, 2]), weight)
 *
 * @category tensors
 * @since 0.1.0
 */
export const toTorch = (data: Float32Array, shape: Shape): Float32Array =>
  shape.length < 2 ? data : turned(data, shape, 'torch')
