/**
 * Kernels of graft's own: one that a backend has in a form of its own is used, any other is composed of tfjs's operations.
 */
import * as tf from '@tensorflow/tfjs-core'

export type Named<K extends string> = Readonly<Record<K, tf.Tensor>>

export type Attributes = Readonly<Record<string, number | boolean | ReadonlyArray<number>>>

/** What the kernel must give, in tfjs's operations: run on backends that have no kernel of that name. */
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

/** How kernels by these names are run on the current backend. */
export const fusedKernels =
  <K extends string>(composed: Readonly<Record<K, unknown>>) =>
  (kernelName: K, inputs: Named<string>, attributes: Attributes): ReadonlyArray<tf.Tensor> => {
    const backendName = tf.getBackend()
    if (tf.getKernel(kernelName, backendName) === undefined)
      // each composed kernel takes the inputs and attributes that its operation gives it
      tf.registerKernel({ kernelName, backendName, kernelFunc: asKernel(composed[kernelName] as Composed) })
    return tf.engine().runKernel(kernelName, inputs, { ...attributes }) as unknown as Array<tf.Tensor>
  }
