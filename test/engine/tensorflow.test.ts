import { KernelBackend, registerBackend } from '@tensorflow/tfjs-core'
import { expect, it, vi } from 'vitest'
import { acquireEngine } from '../../src/engine/index.js'

// What the two packages do when they are loaded, without TensorFlow: both register under one name.
const { load } = vi.hoisted(() => ({ load: { registering: (_gpu: boolean): boolean => false } }))
vi.mock('@tensorflow/tfjs-node', () => (load.registering(false), { version: { 'tfjs-node': '4' } }))
vi.mock('@tensorflow/tfjs-node-gpu', () => (load.registering(true), { version: { 'tfjs-node': '4' } }))

load.registering = (gpu) => {
  const backend = Object.assign(new KernelBackend(), { isGPUPackage: gpu })
  return registerBackend('tensorflow', () => backend)
}

it('gives a process one of the two TensorFlow packages, and refuses the other', async () => {
  expect(await acquireEngine('tensorflow-gpu')()).toMatchObject({
    right: { name: 'tensorflow-gpu', backend: 'tensorflow', threads: null }
  })
  expect(await acquireEngine('tensorflow')()).toMatchObject({
    left: {
      _tag: 'EngineUnavailable',
      path: 'tensorflow',
      expected: 'the backend of @tensorflow/tfjs-node',
      found: 'the backend of @tensorflow/tfjs-node-gpu, which was loaded first'
    }
  })
  expect(await acquireEngine('tensorflow-gpu')()).toMatchObject({ right: { name: 'tensorflow-gpu' } })
})
