import * as tf from '@tensorflow/tfjs-core'
import { type Attributes, fusedKernels, type Named } from './fusedKernel.js'

/** Pixel shuffle and its gradient in NHWC: fused kernels on the onnxruntime backend, transpositions of six axes on every other. */

interface Scale {
  readonly scale: number
}

const shuffled = ({ x }: Named<'x'>, { scale }: Scale): ReadonlyArray<tf.Tensor> => {
  const [n, h, w, c] = x.shape as [number, number, number, number]
  const cells = tf.reshape(x, [n, h, w, c / scale ** 2, scale, scale])
  return [tf.reshape(tf.transpose(cells, [0, 1, 4, 2, 5, 3]), [n, h * scale, w * scale, c / scale ** 2])]
}

const unshuffled = ({ x }: Named<'x'>, { scale }: Scale): ReadonlyArray<tf.Tensor> => {
  const [n, h, w, c] = x.shape as [number, number, number, number]
  const cells = tf.reshape(x, [n, h / scale, scale, w / scale, scale, c])
  return [tf.reshape(tf.transpose(cells, [0, 1, 3, 5, 2, 4]), [n, h / scale, w / scale, c * scale ** 2])]
}

const run = fusedKernels({ GraftPixelShuffle: shuffled, GraftPixelUnshuffle: unshuffled })

const registerGradient = (): void => {
  if (tf.getGradient('GraftPixelShuffle') !== undefined) return
  tf.registerGradient({
    kernelName: 'GraftPixelShuffle',
    gradFunc: (dys, _, attributes) => {
      // an operation with a list of outputs receives a list of gradients
      const [dy] = [dys].flat() as [tf.Tensor]
      return { x: () => run('GraftPixelUnshuffle', { x: dy }, attributes as unknown as Attributes)[0]! }
    }
  })
}

/** Channel c·scale² + row·scale + column becomes the pixel at (row, column) of channel c's block. */
export const pixelShuffle = (x: tf.Tensor4D, scale: number): tf.Tensor4D => {
  registerGradient()
  return run('GraftPixelShuffle', { x }, { scale })[0] as tf.Tensor4D
}
