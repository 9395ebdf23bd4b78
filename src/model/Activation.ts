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
  | { readonly _tag: 'Gelu'; readonly approximate: boolean }
  | { readonly _tag: 'Silu' }
  | { readonly _tag: 'HardSigmoid' }
  | { readonly _tag: 'HardSwish' }

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

/**
 * x·Φ(x), where Φ is the cumulative distribution function of the standard normal distribution (Hendrycks and Gimpel
 * 2016; torch's GELU).
 *
 * @category layers
 * @since 0.1.0
 */
export const gelu: Activation = { _tag: 'Gelu', approximate: false }
/**
 * GELU with Φ approximated: x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))) (torch's `GELU(approximate='tanh')`).
 *
 * @category layers
 * @since 0.1.0
 */
export const geluTanh: Activation = { _tag: 'Gelu', approximate: true }
/**
 * x·sigmoid(x), also called swish (torch's SiLU).
 *
 * @category layers
 * @since 0.1.0
 */
export const silu: Activation = { _tag: 'Silu' }
/**
 * min(6, max(0, x + 3))/6 (Howard et al. 2019; torch's Hardsigmoid).
 *
 * @category layers
 * @since 0.1.0
 */
export const hardSigmoid: Activation = { _tag: 'HardSigmoid' }
/**
 * x·hardSigmoid(x) (Howard et al. 2019; torch's Hardswish).
 *
 * @category layers
 * @since 0.1.0
 */
export const hardSwish: Activation = { _tag: 'HardSwish' }

export const activationKinds = {
  Relu: /*#__PURE__*/ bare('activation', {}),
  Relu6: /*#__PURE__*/ bare('activation', {}),
  LeakyRelu: /*#__PURE__*/ bare('activation', { negativeSlope: finite }),
  Sigmoid: /*#__PURE__*/ bare('activation', {}),
  Tanh: /*#__PURE__*/ bare('activation', {}),
  SigmoidRange: /*#__PURE__*/ bare('activation', { low: finite, high: finite }),
  Gelu: /*#__PURE__*/ bare('activation', { approximate: { _tag: 'Flag', default: false } }),
  Silu: /*#__PURE__*/ bare('activation', {}),
  HardSigmoid: /*#__PURE__*/ bare('activation', {}),
  HardSwish: /*#__PURE__*/ bare('activation', {})
}
