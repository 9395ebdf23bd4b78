import * as tf from '@tensorflow/tfjs-core'
import { type Attributes, fusedKernels, type Named } from './fusedKernel.js'

/**
 * Operations that training needs whole: batch norm with its gradient, and the steps of the optimisers. Each is a
 * kernel with a form of its own on the onnxruntime backend, and is composed of tfjs's own operations on every other.
 */

// -------------------------------------------------------------------------------------
// the composed kernels: what the fused ones must agree with
// -------------------------------------------------------------------------------------

const leadingAxes = (x: tf.Tensor): Array<number> => x.shape.slice(0, -1).map((_, i) => i)

const batchNormTrainComposed = ({ x, gamma, beta }: Named<'x' | 'gamma' | 'beta'>, { eps }: { eps: number }) => {
  const mean = tf.mean(x, leadingAxes(x))
  const centred = tf.sub(x, mean)
  const variance = tf.mean(tf.square(centred), leadingAxes(x))
  const factor = tf.mul(gamma, tf.rsqrt(tf.add(variance, eps)))
  return [tf.add(tf.mul(centred, factor), beta), mean, variance]
}

const batchNormTrainGradComposed = (
  { dy, x, gamma, mean, variance }: Named<'dy' | 'x' | 'gamma' | 'mean' | 'variance'>,
  { eps }: { eps: number }
) => {
  const axes = leadingAxes(x)
  const inverse = tf.rsqrt(tf.add(variance, eps))
  const normal = tf.mul(tf.sub(x, mean), inverse)
  const meanDy = tf.mean(dy, axes)
  const meanProduct = tf.mean(tf.mul(dy, normal), axes)
  const count = x.size / x.shape.at(-1)!
  const inner = tf.sub(tf.sub(dy, meanDy), tf.mul(normal, meanProduct))
  return [tf.mul(tf.mul(gamma, inverse), inner), tf.mul(meanProduct, count), tf.mul(meanDy, count)]
}

const at = (h: tf.Tensor, position: number): tf.Scalar => tf.reshape(tf.slice(h, [position], [1]), [])

const average = (beta: tf.Scalar, old: tf.Tensor, now: tf.Tensor): tf.Tensor =>
  tf.add(tf.mul(old, beta), tf.mul(now, tf.sub(1, beta)))

/**
 * How an optimiser's step treats weight decay.
 *
 * @category model
 * @since 0.1.0
 */
export interface StepDecay {
  /** Whether `l2` is used: false saves the work where it is zero. Default true. */
  readonly l2?: boolean
}

const decayed = (p: tf.Tensor, g: tf.Tensor, h: tf.Tensor, { l2 }: StepDecay): readonly [tf.Tensor, tf.Tensor] => {
  const p1 = tf.mul(p, at(h, 1))
  return [p1, l2 === false ? g : tf.add(g, tf.mul(p1, at(h, 2)))]
}

const adamComposed = ({ p, g, m, v, h }: Named<'p' | 'g' | 'm' | 'v' | 'h'>, decay: StepDecay) => {
  const [p1, g1] = decayed(p, g, h, decay)
  const m1 = average(at(h, 3), m, g1)
  const v1 = average(at(h, 4), v, tf.square(g1))
  const deviation = tf.add(tf.sqrt(tf.div(v1, at(h, 7))), at(h, 5))
  return [tf.sub(p1, tf.div(tf.mul(m1, tf.div(at(h, 0), at(h, 6))), deviation)), m1, v1]
}

const rmspropComposed = ({ p, g, v, buf, h }: Named<'p' | 'g' | 'v' | 'buf' | 'h'>, decay: StepDecay) => {
  const [p1, g1] = decayed(p, g, h, decay)
  const v1 = average(at(h, 3), v, tf.square(g1))
  const buf1 = tf.add(tf.mul(buf, at(h, 5)), tf.div(g1, tf.add(tf.sqrt(v1), at(h, 4))))
  return [tf.sub(p1, tf.mul(buf1, at(h, 0))), v1, buf1]
}

const sgdComposed = (
  { p, g, buf, h }: Named<'p' | 'g' | 'buf' | 'h'>,
  { nesterov, ...decay }: StepDecay & { nesterov: boolean }
) => {
  const [p1, g1] = decayed(p, g, h, decay)
  const buf1 = tf.add(tf.mul(buf, at(h, 3)), g1)
  const step = nesterov ? tf.add(g1, tf.mul(buf1, at(h, 3))) : buf1
  return [tf.sub(p1, tf.mul(step, at(h, 0))), buf1]
}

// -------------------------------------------------------------------------------------
// running a kernel, composed where the backend has none of its own
// -------------------------------------------------------------------------------------

const run = fusedKernels({
  GraftBatchNormTrain: batchNormTrainComposed,
  GraftBatchNormTrainGrad: batchNormTrainGradComposed,
  GraftAdamStep: adamComposed,
  GraftRmspropStep: rmspropComposed,
  GraftSgdStep: sgdComposed
})

const registerBatchNormGradient = (): void => {
  if (tf.getGradient('GraftBatchNormTrain') !== undefined) return
  tf.registerGradient({
    kernelName: 'GraftBatchNormTrain',
    inputsToSave: ['x', 'gamma'],
    outputsToSave: [false, true, true],
    gradFunc: (dys, saved, attributes) => {
      const [dy] = dys as Array<tf.Tensor>
      const [x, gamma, mean, variance] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
      const inputs = { dy: dy!, x, gamma, mean, variance }
      const [dx, dGamma, dBeta] = run('GraftBatchNormTrainGrad', inputs, attributes as unknown as Attributes)
      return { x: () => dx!, gamma: () => dGamma!, beta: () => dBeta! }
    }
  })
}

// -------------------------------------------------------------------------------------
// operations
// -------------------------------------------------------------------------------------

/**
 * What batch norm gives in training: the normalised input, and the batch's statistics for the running averages.
 *
 * @category model
 * @since 0.1.0
 */
export interface BatchNormTrained {
  readonly y: tf.Tensor
  readonly mean: tf.Tensor1D
  /** Divided by the count, not the count less one. */
  readonly variance: tf.Tensor1D
}

/**
 * Batch norm by the batch's own statistics: `y = gamma·(x - mean)/sqrt(variance + eps) + beta` over all axes but the
 * last (Ioffe and Szegedy 2015). `x` is float32 `[N, H, W, C]` or `[N, C]`, `gamma` and `beta` are `[C]`. Differentiable
 * in all three, through the statistics too; `mean` and `variance` are results to keep, no gradient flows out of them.
 *
 * @example
 * import * as tf from '@tensorflow/tfjs-core'
 * import { batchNormTrain } from 'graft-vision/node'
 * import { backendName } from 'graft-vision/onnxruntime'
 *
 * await tf.setBackend(backendName)
 * const { mean } = batchNormTrain(tf.tensor2d([[1], [3]]), tf.ones([1]), tf.zeros([1]), 0)
 * assert.deepStrictEqual(mean.arraySync(), [2])
 *
 * @category operations
 * @since 0.1.0
 */
export const batchNormTrain = (x: tf.Tensor, gamma: tf.Tensor1D, beta: tf.Tensor1D, eps: number): BatchNormTrained => {
  registerBatchNormGradient()
  const [y, mean, variance] = run('GraftBatchNormTrain', { x, gamma, beta }, { eps })
  return { y: y!, mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D }
}

/**
 * One step of Adam or AdamW on one parameter (PyTorch's `torch.optim.Adam`, `AdamW`). `h` is
 * `[lr, decay, l2, beta1, beta2, eps, correction1, correction2]`: `decay` multiplies the parameter first
 * (`1 - lr·weight_decay` for AdamW, 1 for Adam), `l2` times the parameter joins the gradient, and the corrections are
 * `1 - beta^step`. Returns the new parameter and moments; nothing is changed in place.
 *
 * @example
 * import * as tf from '@tensorflow/tfjs-core'
 * import { adamStep } from 'graft-vision/node'
 * import { backendName } from 'graft-vision/onnxruntime'
 *
 * await tf.setBackend(backendName)
 * const one = (x: number) => tf.tensor1d([x])
 * const h = tf.tensor1d([0.1, 1, 0, 0.9, 0.999, 1e-8, 0.1, 0.001])
 * const { p } = adamStep({ p: one(1), g: one(0.5), m: one(0), v: one(0), h })
 * assert.ok(Math.abs(p.dataSync()[0]! - 0.9) < 1e-5) // the first step is lr against the gradient's sign
 *
 * @category operations
 * @since 0.1.0
 */
export const adamStep = (
  inputs: Named<'p' | 'g' | 'm' | 'v' | 'h'>,
  { l2 = true }: StepDecay = {}
): Named<'p' | 'm' | 'v'> => {
  const [p, m, v] = run('GraftAdamStep', inputs, { l2 })
  return { p: p!, m: m!, v: v! }
}

/**
 * One step of gradient descent with momentum on one parameter (PyTorch's `torch.optim.SGD`). `h` is
 * `[lr, decay, l2, momentum]`, with `decay` and `l2` as in {@link adamStep}; `buf` starts at zero.
 *
 * @example
 * import * as tf from '@tensorflow/tfjs-core'
 * import { sgdStep } from 'graft-vision/node'
 * import { backendName } from 'graft-vision/onnxruntime'
 *
 * await tf.setBackend(backendName)
 * const one = (x: number) => tf.tensor1d([x])
 * const h = tf.tensor1d([0.25, 1, 0, 0.9])
 * const { p } = sgdStep({ p: one(1), g: one(2), buf: one(0), h }, { nesterov: false })
 * assert.strictEqual(p.dataSync()[0], 0.5)
 *
 * @category operations
 * @since 0.1.0
 */
export const sgdStep = (
  inputs: Named<'p' | 'g' | 'buf' | 'h'>,
  { nesterov, l2 = true }: StepDecay & { readonly nesterov: boolean }
): Named<'p' | 'buf'> => {
  const [p, buf] = run('GraftSgdStep', inputs, { nesterov, l2 })
  return { p: p!, buf: buf! }
}

/**
 * One step of RMSprop on one parameter (PyTorch's `torch.optim.RMSprop`). `h` is
 * `[lr, decay, l2, alpha, eps, momentum]`, with `decay` and `l2` as in {@link adamStep}; `v` and `buf` start at zero.
 *
 * @example
 * import * as tf from '@tensorflow/tfjs-core'
 * import { rmspropStep } from 'graft-vision/node'
 * import { backendName } from 'graft-vision/onnxruntime'
 *
 * await tf.setBackend(backendName)
 * const one = (x: number) => tf.tensor1d([x])
 * const h = tf.tensor1d([0.5, 1, 0, 0.75, 0, 0])
 * const { p } = rmspropStep({ p: one(1), g: one(2), v: one(0), buf: one(0), h })
 * assert.strictEqual(p.dataSync()[0], 0) // the gradient over its root mean square is 2/sqrt(0.25·4) = 2
 *
 * @category operations
 * @since 0.1.0
 */
export const rmspropStep = (
  inputs: Named<'p' | 'g' | 'v' | 'buf' | 'h'>,
  { l2 = true }: StepDecay = {}
): Named<'p' | 'v' | 'buf'> => {
  const [p, v, buf] = run('GraftRmspropStep', inputs, { l2 })
  return { p: p!, v: v!, buf: buf! }
}
