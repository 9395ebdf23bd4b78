import * as tf from '@tensorflow/tfjs-core'
import { type Attributes, fusedKernels, type Named } from './fusedKernel.js'

/**
 * Batch norm in training, with its gradient: fused kernels on the onnxruntime backend, composed of tfjs operations on
 * every other.
 */

// -------------------------------------------------------------------------------------
// the composed kernels, which define the results of the fused ones

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

// -------------------------------------------------------------------------------------
// running a kernel, or its composed form if the backend does not have the kernel

const run = fusedKernels({
  GraftBatchNormTrain: batchNormTrainComposed,
  GraftBatchNormTrainGrad: batchNormTrainGradComposed
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
 * The result of batch norm in training: the normalised input, and the batch's statistics for updating the running ones.
 *
 * @category tensors
 * @since 0.1.0
 */
export interface BatchNormTrained {
  readonly y: tf.Tensor
  readonly mean: tf.Tensor1D
  /** Biased variance (divided by the count). */
  readonly variance: tf.Tensor1D
}

/**
 * Batch norm with the batch's own statistics: `y = gamma·(x - mean)/sqrt(variance + eps) + beta` over all axes but the
 * last (Ioffe and Szegedy 2015). `x` is float32 `[N, H, W, C]` or `[N, C]`; `gamma` and `beta` are `[C]`.
 * Differentiable with respect to all three, including through the statistics; `mean` and `variance` are returned for
 * the running statistics and carry no gradient.
 *
 * @example
 * import * as tf from '@tensorflow/tfjs-core'
 * import { Engine } from 'graft-vision/node'
 * import { backendName } from 'graft-vision/onnxruntime'
 *
 * await tf.setBackend(backendName)
 * const { mean } = Engine.batchNormTrain(tf.tensor2d([[1], [3]]), tf.ones([1]), tf.zeros([1]), 0)
 * assert.deepStrictEqual(mean.arraySync(), [2])
 *
 * @category tensors
 * @since 0.1.0
 */
export const batchNormTrain = (x: tf.Tensor, gamma: tf.Tensor1D, beta: tf.Tensor1D, eps: number): BatchNormTrained => {
  registerBatchNormGradient()
  const [y, mean, variance] = run('GraftBatchNormTrain', { x, gamma, beta }, { eps })
  return { y: y!, mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D }
}
