import * as tf from '@tensorflow/tfjs-core'
import { acquireEngine, type Engine, type EngineName } from '../../../src/engine/index.js'

/** tfjs keeps kernels for the whole process: those of the bundle before this one must go. */
const forgetKernels = (): void => {
  for (const backend of ['cpu', 'onnxruntime'])
    for (const { kernelName } of tf.getKernelsForBackend(backend))
      if (backend === 'onnxruntime' || kernelName.startsWith('Graft')) tf.unregisterKernel(kernelName, backend)
  for (const name of ['GraftBatchNormTrain', 'GraftConv2D'])
    if (tf.getGradient(name) !== undefined) tf.unregisterGradient(name)
  if (tf.findBackendFactory('onnxruntime') !== null) tf.removeBackend('onnxruntime')
}

/** Engines with the kernels of this bundle. */
export const acquired = async (...names: ReadonlyArray<EngineName>): Promise<ReadonlyArray<Engine>> => {
  forgetKernels()
  const engines: Array<Engine> = []
  for (const name of names) {
    const engine = await acquireEngine(name)()
    if (engine._tag === 'Left') throw new Error(`${engine.left.found}: ${engine.left.hint}`)
    engines.push(engine.right)
  }
  return engines
}
