/**
 * Files of weights: safetensors, and torch.save's zip and older format. The reader knows tensors, keeps placeholders
 * for everything else, and executes nothing.
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

/** Also true for a file truncated within its prefix. */
const startsWith =
  (...start: ReadonlyArray<number>) =>
  (bytes: Uint8Array): boolean =>
    bytes.length > 0 && start.slice(0, bytes.length).every((byte, i) => bytes[i] === byte)

/** The first part of a zip. */
const isZip = startsWith(0x50, 0x4b, 0x03, 0x04)
/** A pickle of protocol 2 or later. */
const isPickle = startsWith(0x80)
/** A length, whose first byte may be any, followed by a JSON header. */
const isSafetensors = (bytes: Uint8Array): boolean =>
  bytes[8] === 0x7b && bytes.length >= 9 && bytes[7] === 0 && bytes[6] === 0

const ofTorch = (bytes: Uint8Array): E.Either<FormatErrors, StoredStateDicts> =>
  isZip(bytes) ? readTorchZip(bytes) : readTorchLegacy(bytes)

const theLikeliest: (
  dicts: E.Either<FormatErrors, StoredStateDicts>
) => E.Either<FormatErrors, ReadonlyMap<string, StoredTensor>> = E.map((dicts) => likeliest(dicts).tensors)

/**
 * Reads a file written by `torch.save`, in the zip format or the one before torch 1.6: the tensors of a state dict,
 * which is the whole file or under a key. If there are several, returns the one under a usual key (`state_dict`,
 * `model`, ...), otherwise the outermost; `readStateDicts` returns all.
 *
 * A pickle is a program. This reader executes only the instructions that make numbers, text, lists, dicts and tensors,
 * and knows `collections.OrderedDict`, `torch._utils._rebuild_tensor_v2` and similar names, and torch's storages of
 * real numbers and integers. An object of any other class becomes a placeholder; nothing is imported or run. Time and
 * memory are limited by the file's size. Contiguous values are views of `bytes`, so do not write to it.
 *
 * Errors: `RefusedPickle` for an object of another class in place of a state dict, `NotWeights`, `BadPickle`, `BadZip`,
 * `BadLength`, `BadHeader`, `BadValue`, `MissingKey`, `SizeMismatch`, `BadOffsets`, `UnusedBytes`; `path` names the
 * part of the file, or the tensor.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * // a pickle that would run a command: PROTO 2, then a call of posix.system
 * const attack = Uint8Array.of(0x80, 2, ...new TextEncoder().encode('cposix\nsystem\n)R.'))
 * assert.strictEqual(Format.readTorch(attack)._tag, 'Left')
 *
 * @category bytes
 * @since 0.1.0
 */
export const readTorch = (bytes: Uint8Array): E.Either<FormatErrors, ReadonlyMap<string, StoredTensor>> =>
  theLikeliest(ofTorch(bytes))

/**
 * Reads every state dict of a file of weights: safetensors, which has one, or a file written by `torch.save`; the
 * format is recognised by its first bytes. A whole `torch.nn.Module` counts as its state dict. A file of another kind
 * (HTML, a Git LFS pointer, ONNX, Keras, ...) is a `NotWeights` error that names it. Other errors: those of
 * `readSafetensors` and `readTorch`.
 *
 * @example
 * import { Format } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const tensors = new Map([['fc.bias', { dtype: 'F32' as const, shape: [2], data: Float32Array.of(1, 2) }]])
 * const read = pipe(Format.writeSafetensors(tensors, { epoch: '3' }), E.chain(Format.readStateDicts))
 * assert.deepStrictEqual(read, E.right([{ at: '', tensors, others: new Map(), metadata: { epoch: '3' } }]))
 *
 * const page = Format.readStateDicts(new TextEncoder().encode('<!doctype html>'))
 * assert.ok(E.isLeft(page) && page.left[0]._tag === 'NotWeights')
 *
 * @category bytes
 * @since 0.1.0
 */
export const readStateDicts = (bytes: Uint8Array): E.Either<FormatErrors, StoredStateDicts> => {
  if (isZip(bytes) || (isPickle(bytes) && !isSafetensors(bytes))) return ofTorch(bytes)
  const other = isSafetensors(bytes) ? null : otherKind(bytes)
  return other !== null
    ? E.left([other])
    : pipe(
        readSafetensors(bytes),
        E.map(({ tensors, metadata }): StoredStateDicts => [{ at: '', tensors, others: new Map(), metadata }])
      )
}

/**
 * Reads tensors by name from a file of weights: safetensors, or the most likely state dict of a file written by
 * `torch.save`. Errors: those of `readStateDicts`.
 *
 * @example
 * import { Format } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const tensors = new Map([['fc.bias', { dtype: 'F32' as const, shape: [2], data: Float32Array.of(1, 2) }]])
 * assert.deepStrictEqual(pipe(Format.writeSafetensors(tensors), E.chain(Format.readTensors)), E.right(tensors))
 *
 * @category bytes
 * @since 0.1.0
 */
export const readTensors = (bytes: Uint8Array): E.Either<FormatErrors, ReadonlyMap<string, StoredTensor>> =>
  theLikeliest(readStateDicts(bytes))
