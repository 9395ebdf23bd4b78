/**
 * Files of weights: safetensors, and what torch.save writes, a zip or the older format. Reading knows tensors, keeps
 * placeholders for whatever else lies beside them, and runs nothing.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { otherKind } from '../fileKind.js'
import type { FormatErrors } from '../../FormatError.js'
import { readSafetensors } from '../safetensors.js'
import type { StoredTensor } from '../StoredTensor.js'
import { likeliest, type StoredStateDicts } from './StoredStateDict.js'
import { readTorchLegacy } from './torchLegacy.js'
import { readTorchZip } from './torchZip.js'

export type { StoredStateDict, StoredStateDicts } from './StoredStateDict.js'

/** A file that was cut off within its start counts too. */
const startsWith =
  (...start: ReadonlyArray<number>) =>
  (bytes: Uint8Array): boolean =>
    bytes.length > 0 && start.slice(0, bytes.length).every((byte, i) => bytes[i] === byte)

/** A zip's first part. */
const isZip = startsWith(0x50, 0x4b, 0x03, 0x04)
/** A pickle of protocol 2 or later. */
const isPickle = startsWith(0x80)
/** A header of JSON after its length. */
const isSafetensors = (bytes: Uint8Array): boolean =>
  bytes[8] === 0x7b && bytes.length >= 9 && bytes[7] === 0 && bytes[6] === 0

const ofTorch = (bytes: Uint8Array): E.Either<FormatErrors, StoredStateDicts> =>
  isZip(bytes) ? readTorchZip(bytes) : readTorchLegacy(bytes)

const theLikeliest: (
  dicts: E.Either<FormatErrors, StoredStateDicts>
) => E.Either<FormatErrors, ReadonlyMap<string, StoredTensor>> = E.map((dicts) => likeliest(dicts).tensors)

/**
 * Reads what `torch.save` has written, the zip of today or the format before torch 1.6: the tensors of a state dict,
 * which is all of the file or lies under a key of it. Of several, the one under a usual key (`state_dict`, `model`,
 * ...), else the outermost; `readStateDicts` gives them all.
 *
 * A pickle is a program. This reader follows the instructions that make numbers, text, lists, dicts and tensors, and
 * knows `collections.OrderedDict`, `torch._utils._rebuild_tensor_v2` and their like, and torch's storages of real and
 * whole numbers. An object of any other class becomes a placeholder: nothing is imported or run. Time and memory are
 * bounded by the file's size. Values that lie in order are views of `bytes`, so do not write to it.
 *
 * Errors: `RefusedPickle` for an object of another class in place of a state dict, `NotWeights`, `BadPickle`, `BadZip`,
 * `BadLength`, `BadHeader`, `BadValue`, `MissingKey`, `SizeMismatch`, `BadOffsets`, `UnusedBytes`; `path` names the part
 * of the file, or the tensor.
 *
 * @example
 * import { readTorch } from 'graft-vision'
 *
 * // a pickle that would run a command: PROTO 2, then a call of posix.system
 * const attack = Uint8Array.of(0x80, 2, ...new TextEncoder().encode('cposix\nsystem\n)R.'))
 * assert.strictEqual(readTorch(attack)._tag, 'Left')
 *
 * @since 0.1.0
 */
export const readTorch = (bytes: Uint8Array): E.Either<FormatErrors, ReadonlyMap<string, StoredTensor>> =>
  theLikeliest(ofTorch(bytes))

/**
 * Reads every state dict of a file of weights, told apart by its first bytes: safetensors, which has one, or what
 * `torch.save` has written. A whole `torch.nn.Module` counts as its state dict. A file of another kind (HTML, a Git LFS
 * pointer, ONNX, Keras, ...) is a `NotWeights` error that names it. Other errors: those of `readSafetensors` and
 * `readTorch`.
 *
 * @example
 * import { readStateDicts, writeSafetensors } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const tensors = new Map([['fc.bias', { dtype: 'F32' as const, shape: [2], data: Float32Array.of(1, 2) }]])
 * const read = pipe(writeSafetensors(tensors, { epoch: '3' }), E.chain(readStateDicts))
 * assert.deepStrictEqual(read, E.right([{ at: '', tensors, others: new Map(), metadata: { epoch: '3' } }]))
 *
 * const page = readStateDicts(new TextEncoder().encode('<!doctype html>'))
 * assert.ok(E.isLeft(page) && page.left[0]._tag === 'NotWeights')
 *
 * @since 0.1.0
 */
export const readStateDicts = (bytes: Uint8Array): E.Either<FormatErrors, StoredStateDicts> => {
  if (isZip(bytes) || isPickle(bytes)) return ofTorch(bytes)
  const other = isSafetensors(bytes) ? null : otherKind(bytes)
  return other !== null
    ? E.left([other])
    : pipe(
        readSafetensors(bytes),
        E.map(({ tensors, metadata }): StoredStateDicts => [{ at: '', tensors, others: new Map(), metadata }])
      )
}

/**
 * Reads tensors by name from a file of weights: safetensors, or the likeliest state dict of what `torch.save` has
 * written. Errors: those of `readStateDicts`.
 *
 * @example
 * import { readTensors, writeSafetensors } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const tensors = new Map([['fc.bias', { dtype: 'F32' as const, shape: [2], data: Float32Array.of(1, 2) }]])
 * assert.deepStrictEqual(pipe(writeSafetensors(tensors), E.chain(readTensors)), E.right(tensors))
 *
 * @since 0.1.0
 */
export const readTensors = (bytes: Uint8Array): E.Either<FormatErrors, ReadonlyMap<string, StoredTensor>> =>
  theLikeliest(readStateDicts(bytes))
