/**
 * The onnxruntime backend of tfjs. Kernels are recorded, and everything alive is computed as one ONNX graph when a
 * tensor is read. Recording is in recording/, the ONNX form of each kernel in kernels/, the graph under construction in
 * graph/, compiled graphs and the native binding in running/. The backend knows tensors and graphs, but not plans or
 * training.
 *
 * Differences from tfjs's cpu kernels: max pooling of images that contain NaN returns NaN, as in PyTorch, and average
 * pooling of a small image that contains NaN returns NaN everywhere. The gradients of padded average pooling (tfjs
 * divides by the window's area, this backend by the number of pixels averaged) and of pooling with sizes rounded up
 * (tfjs omits the last windows) are correct. An index out of range that is itself pending fails when it is computed,
 * not when the kernel is called, and everything computed together with it fails too: reading any of it throws the same
 * error, and later recordings are unaffected. A typed array passed to tfjs is read when the tensor is computed, so do
 * not change it before. tfjs-core's own specs are run against the backend: docs/conformance.md.
 */
import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { physicalCores } from '../threads.js'
import type { CostTable } from '../CostTable.js'
import { convForms } from './conv/index.js'
import { kernels } from './kernels/index.js'
import type { Unloadable } from './running/library.js'
import { loadNative } from './running/native.js'
import { OnnxBackend, type Fallback, type OnnxBackendOptions } from './running/OnnxBackend.js'
import { probeBlock } from './running/probeBlock.js'
import { ALIASES, BACKEND, registerKernels } from './recording/register.js'
import { measure, tableOf, type Measuring } from './tuning/measure.js'
import { uses } from './tuning/timeForms.js'

export { BACKEND, type CostTable, type Fallback }

/** The names of the kernels that this backend computes itself, or that need no computation. */
export const mappedKernels = (): ReadonlyArray<string> => [...Object.keys(kernels), ...ALIASES].sort()

type Settings = Pick<OnnxBackendOptions, 'threads' | 'fallback'>

const DEFAULTS = { sessions: 16, longestTrace: 8_000, exactConv: false }

/** Higher than tfjs's backends that need nothing, since importing this one expresses a preference. */
const PRIORITY = 3

/** The version of onnxruntime-node, or why it cannot be used. `home`: the cache that may contain it. */
export const probe = (home?: string): E.Either<Unloadable, string> =>
  pipe(
    loadNative(home),
    E.map((native) => native.version)
  )

const makeBackend = ({ threads = physicalCores(), fallback = 'compute' }: Partial<Settings>): OnnxBackend => {
  const native = loadNative()
  // a backend's factory may throw: tfjs catches it, prints the message and tries the next backend
  if (E.isLeft(native)) throw new Error(`${native.left.error.found}; ${native.left.error.hint}`)
  return new OnnxBackend(native.right, { ...DEFAULTS, threads, fallback, block: probeBlock(native.right) })
}

/** Registers the backend with tfjs, once. Nothing native is loaded until tfjs uses it. */
export const announce = (settings: Partial<Settings> = {}): void => {
  if (tf.findBackendFactory(BACKEND) !== null && tf.findBackendFactory(BACKEND) !== undefined) return
  registerKernels()
  tf.registerBackend(BACKEND, () => makeBackend(settings), PRIORITY)
}

/** The backend of this process, created on the first call. */
export const registerOnnxruntime = (): OnnxBackend => {
  announce()
  return tf.engine().findBackend(BACKEND) as OnnxBackend
}

/** The algorithms of a cost table, each with the uses that it has costs for. */
export const costFields: ReadonlyArray<readonly [form: keyof CostTable, uses: ReadonlyArray<string>]> = [
  ...convForms.map(({ name }) => [name, uses] as const),
  ['public', ['forward']]
]

/** Measures the convolution costs of this machine; undefined if interrupted. */
export const measureCosts = async (
  m: Omit<Measuring, 'native' | 'settings'> & { readonly block: number }
): Promise<CostTable | undefined> => {
  const native = loadNative()
  if (E.isLeft(native)) throw new Error(native.left.error.found)
  const times = await measure({ ...m, native: native.right, settings: { exactConv: false, block: m.block } })
  return times === undefined ? undefined : tableOf(times)
}
