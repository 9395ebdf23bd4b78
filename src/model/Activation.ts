/**
 * `Activation`: an element-wise activation function.
 *
 * @since 0.1.0
 */
import { bare, finite } from './LayerKind.js'

/**
 * An element-wise activation function.
 *
 * @category layers
 * @since 0.1.0
 */
export type Activation =
  | { readonly _tag: 'Relu' }
  | { readonly _tag: 'Relu6' }
  | { readonly _tag: 'LeakyRelu'; readonly negativeSlope: number }
  | { readonly _tag: 'Sigmoid' }
  | { readonly _tag: 'Tanh' }
  | { readonly _tag: 'SigmoidRange'; readonly low: number; readonly high: number }

/**
 * max(0, x).
 *
 * @category layers
 * @since 0.1.0
 */
export const relu: Activation = { _tag: 'Relu' }
/**
 * min(6, max(0, x)).
 *
 * @category layers
 * @since 0.1.0
 */
export const relu6: Activation = { _tag: 'Relu6' }
/**
 * x where positive, `negativeSlope`·x elsewhere.
 * @example
 * import { nn, Show } from 'graft-vision'
 * assert.strictEqual(Show.layer.show(nn.leakyRelu(0.1)), 'LeakyRelu(negativeSlope: 0.1)')
 * @category layers
 * @since 0.1.0 */
export const leakyRelu = (negativeSlope: number): Activation => ({ _tag: 'LeakyRelu', negativeSlope })
/**
 * 1/(1 + e^−x).
 *
 * @category layers
 * @since 0.1.0
 */
export const sigmoid: Activation = { _tag: 'Sigmoid' }
/**
 * (e^x − e^−x)/(e^x + e^−x).
 *
 * @category layers
 * @since 0.1.0
 */
export const tanh: Activation = { _tag: 'Tanh' }
/**
 * A sigmoid scaled to the range (low, high): low + (high − low)·sigmoid(x) (fastai's `SigmoidRange`, `y_range`).
 * @example
 * import { nn, Show } from 'graft-vision'
 * assert.strictEqual(Show.layer.show(nn.sigmoidRange(0, 5)), 'SigmoidRange(low: 0, high: 5)')
 * @category layers
 * @since 0.1.0 */
export const sigmoidRange = (low: number, high: number): Activation => ({ _tag: 'SigmoidRange', low, high })

export const activationKinds = {
  Relu: /*#__PURE__*/ bare('activation', {}),
  Relu6: /*#__PURE__*/ bare('activation', {}),
  LeakyRelu: /*#__PURE__*/ bare('activation', { negativeSlope: finite }),
  Sigmoid: /*#__PURE__*/ bare('activation', {}),
  Tanh: /*#__PURE__*/ bare('activation', {}),
  SigmoidRange: /*#__PURE__*/ bare('activation', { low: finite, high: finite })
}
