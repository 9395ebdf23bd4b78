/**
 * Activations of raw outputs, on plain arrays.
 *
 * @since 0.1.0
 */

/**
 * The activations that a loss can declare.
 *
 * @since 0.1.0
 */
export type ActivationName = 'softmax' | 'sigmoid' | 'exp' | 'identity'

const softmaxRow = (values: Float32Array, start: number, width: number): void => {
  let max = -Infinity
  for (let i = 0; i < width; i++) max = Math.max(max, values[start + i]!)
  let sum = 0
  for (let i = 0; i < width; i++) sum += Math.exp(values[start + i]! - max)
  for (let i = 0; i < width; i++) values[start + i] = Math.exp(values[start + i]! - max) / sum
}

/**
 * Applies an activation to rows of `width` outputs.
 *
 * @example
 * import { activate } from './index.js'
 *
 * assert.deepStrictEqual([...activate('softmax', 2)(new Float32Array([1, 1]))], [0.5, 0.5])
 *
 * @since 0.1.0
 */
export const activate =
  (activation: ActivationName, width: number) =>
  (outputs: Float32Array): Float32Array => {
    switch (activation) {
      case 'identity':
        return outputs
      case 'sigmoid':
        return outputs.map((x) => 1 / (1 + Math.exp(-x)))
      case 'exp':
        return outputs.map(Math.exp)
      case 'softmax': {
        const result = outputs.slice()
        for (let start = 0; start < result.length; start += width) softmaxRow(result, start, width)
        return result
      }
    }
  }
