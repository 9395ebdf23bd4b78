/** The groups of laws that mutants are tried against, by name: what the mutants' bundles export. */
import * as tf from '@tensorflow/tfjs-core'
import * as fc from 'fast-check'
import { acquireEngine, type Engine, type EngineName } from '../../src/engine/index.js'
import { eqOptimiser, showOptimiser } from '../../src/recipe/index.js'
import * as L from '../../laws/index.js'

type Group = () => Promise<ReadonlyArray<L.Law>> | ReadonlyArray<L.Law>

/** tfjs keeps kernels for the whole process: those of the bundle before this one must go. */
const forgetKernels = (): void => {
  for (const backend of ['cpu', 'onnxruntime'])
    for (const { kernelName } of tf.getKernelsForBackend(backend))
      if (backend === 'onnxruntime' || kernelName.startsWith('Graft')) tf.unregisterKernel(kernelName, backend)
  for (const name of ['GraftBatchNormTrain', 'GraftConv2D'])
    if (tf.getGradient(name) !== undefined) tf.unregisterGradient(name)
  if (tf.findBackendFactory('onnxruntime') !== null) tf.removeBackend('onnxruntime')
}

const acquired = async (name: EngineName): Promise<Engine> => {
  const engine = await acquireEngine(name)()
  if (engine._tag === 'Left') throw new Error(`${engine.left.found}: ${engine.left.hint}`)
  return engine.right
}

const onCpu: Group = async () => {
  forgetKernels()
  return L.engineLaws(await acquired('cpu'))
}

const onOnnxruntime: Group = async () => {
  forgetKernels()
  return L.engineLaws(await acquired('onnxruntime'))
}

const onBoth: Group = async () => {
  forgetKernels()
  return L.agreementLaws(await acquired('onnxruntime'), await acquired('cpu'))
}

const ofRunner: Group = async () => {
  forgetKernels()
  return L.runnerLaws(await acquired('cpu'))
}

export const groups: Readonly<Record<string, Group>> = {
  archLaws: () => L.archLaws(),
  shapeLaws: () => L.shapeLaws(),
  headLaws: () => L.headLaws(),
  dropoutLaws: () => L.dropoutLaws(),
  cutLaws: () => L.cutLaws(),
  splitLaws: () => L.splitLaws(),
  unetLaws: () => L.unetLaws(),
  scheduleLaws: () => L.scheduleLaws(),
  recipeLaws: () => L.recipeLaws(),
  dataLaws: () => L.dataLaws(),
  formatLaws: () => L.formatLaws(),
  valueLaws: () => L.valueLaws(eqOptimiser, L.arbitrary.optimisers, showOptimiser),
  engineLaws: onCpu,
  onnxruntimeLaws: onOnnxruntime,
  agreementLaws: onBoth,
  runnerLaws: ofRunner
}

// that a law fails is all that is asked of it: no time for smaller counterexamples
fc.configureGlobal({ endOnFailure: true })

export const { checkLaws } = L
