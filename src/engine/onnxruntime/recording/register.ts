// importing it registers the cpu kernels that this backend falls back to
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { bounds } from './bounds.js'
import type { Kernel } from './Kernel.js'
import { kernels } from '../kernels/index.js'
import type { OnnxBackend } from '../running/OnnxBackend.js'

/** The name of this backend in tfjs. */
export const BACKEND = 'onnxruntime'

// these return their input with another shape and read no values, as does a cast to the same type
export const ALIASES: ReadonlySet<string> = new Set(['Identity', 'Reshape', 'ExpandDims'])

const isAlias = (name: string, { inputs, attrs }: Parameters<tf.KernelFunc>[0]): boolean =>
  ALIASES.has(name) || (name === 'Cast' && inputs['x']?.dtype === attrs?.['dtype'])

const onCpu =
  (name: string, compute: tf.KernelFunc, hasForm: boolean): tf.KernelFunc =>
  (call) => {
    if (!isAlias(name, call)) (call.backend as OnnxBackend).countFallback(name, call.inputs, hasForm)
    return compute(call)
  }

const recorded =
  (name: string, kernel: Kernel, fallback: tf.KernelFunc): tf.KernelFunc =>
  (call) => {
    const backend = call.backend as OnnxBackend
    bounds[name]?.(call, (tensor) => backend.known(tensor))
    const outputs = backend.record(name, kernel, call.inputs, call.attrs ?? {})
    return outputs === undefined ? fallback(call) : outputs
  }

const noFallback =
  (name: string): tf.KernelFunc =>
  () => {
    throw new Error(`${name} has no form on the onnxruntime backend for these inputs, and no cpu kernel`)
  }

/** Registers every kernel: those of the table are recorded, all others are counted fallbacks to the cpu package. */
export const registerKernels = (): void => {
  const cpu = new Map(tf.getKernelsForBackend('cpu').map((k) => [k.kernelName, k.kernelFunc]))
  for (const name of new Set([...cpu.keys(), ...Object.keys(kernels)])) {
    if (tf.getKernel(name, BACKEND) !== undefined) continue
    const compute = cpu.get(name)
    const kernel = kernels[name]
    const fallback = compute === undefined ? noFallback(name) : onCpu(name, compute, kernel !== undefined)
    const kernelFunc = kernel === undefined ? fallback : recorded(name, kernel, fallback)
    tf.registerKernel({ kernelName: name, backendName: BACKEND, kernelFunc })
  }
}
