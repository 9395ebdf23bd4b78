import * as tf from '@tensorflow/tfjs-core'
import { fusedKernels, type Named } from './fusedKernel.js'

/**
 * ReLU6 with a gradient of its own, which is computed from the output. That of tfjs compares the input, and converts truth values to numbers, in five passes over
 * the images.
 */
const run = fusedKernels({
  GraftRelu6: ({ x }: Named<'x'>) => [tf.relu6(x)],
  GraftRelu6Grad: ({ dy, y }: Named<'dy' | 'y'>) => [tf.mul(dy, tf.step(tf.mul(y, tf.sub(6, y))))]
})

const registerGradient = (): void => {
  if (tf.getGradient('GraftRelu6') !== undefined) return
  tf.registerGradient({
    kernelName: 'GraftRelu6',
    outputsToSave: [true],
    gradFunc: (dys, saved) => {
      // an operation with a list of outputs receives a list of gradients
      const [dy] = [dys].flat() as [tf.Tensor]
      return { x: () => run('GraftRelu6Grad', { dy, y: saved[0]! }, {})[0]! }
    }
  })
}

/** `min(max(x, 0), 6)`. The gradient is zero at 0 and at 6, as in torch. */
export const relu6 = (x: tf.Tensor): tf.Tensor => {
  registerGradient()
  return run('GraftRelu6', { x }, {})[0]!
}
