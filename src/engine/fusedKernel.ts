/** graft's own kernels: fused on backends that implement them, otherwise composed of tfjs operations. */
import * as tf from '@tensorflow/tfjs-core'

export type Named<K extends string> = Readonly<Record<K, tf.Tensor>>

export type Attributes = Readonly<Record<string, number | boolean | ReadonlyArray<number>>>

/** The result of a kernel in tfjs operations, for backends without a kernel of this name. */
export type Composed = (inputs: Named<string>, attributes: Attributes) => ReadonlyArray<tf.Tensor>

const asKernel =
  (compute: Composed): tf.KernelFunc =>
  ({ inputs, attrs }) =>
    tf.tidy(() => {
      const tensors = Object.entries(inputs as Record<string, tf.TensorInfo>).map(([name, info]) => [
        name,
        info as tf.Tensor
      ])
      return [...compute(Object.fromEntries(tensors) as Named<string>, attrs as Attributes)]
    })

/** Returns a function that runs these kernels on the current backend. */
export const fusedKernels =
  <K extends string>(composed: Readonly<Record<K, unknown>>) =>
  (kernelName: K, inputs: Named<string>, attributes: Attributes): ReadonlyArray<tf.Tensor> => {
    const backendName = tf.getBackend()
    if (tf.getKernel(kernelName, backendName) === undefined)
      // the operation of each composed kernel passes the inputs and attributes it expects
      tf.registerKernel({ kernelName, backendName, kernelFunc: asKernel(composed[kernelName] as Composed) })
    return tf.engine().runKernel(kernelName, inputs, { ...attributes }) as unknown as Array<tf.Tensor>
  }
