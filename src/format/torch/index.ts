/**
 * Files of torch.save: the tensors of a state dict out of a zip or out of the older format. It knows tensors, and
 * refuses to run anything.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { FormatErrors } from '../FormatError.js'
import { readSafetensors } from '../safetensors.js'
import type { StoredTensor } from '../StoredTensor.js'
import { readTorchLegacy } from './torchLegacy.js'
import { readTorchZip } from './torchZip.js'

/** A file that was cut off within its start counts too. */
const startsWith =
  (...start: ReadonlyArray<number>) =>
  (bytes: Uint8Array): boolean =>
    bytes.length > 0 && start.slice(0, bytes.length).every((byte, i) => bytes[i] === byte)

/** A zip's first part. */
const isZip = startsWith(0x50, 0x4b, 0x03, 0x04)
/** A pickle of protocol 2 or later that begins with a number of ten bytes. */
const isLegacy = startsWith(0x80)

/**
 * Reads what `torch.save` has written, the zip of today or the format before torch 1.6: the tensors of a state dict,
 * which is all of the file or stands under `state_dict`, `model_state_dict`, `model`, `net` or `module`.
 *
 * A pickle is a program. This reader follows the instructions that make numbers, text, lists, dicts and tensors, knows
 * the names `collections.OrderedDict`, `torch._utils._rebuild_tensor`, `_rebuild_tensor_v2`, `_rebuild_parameter` and
 * torch's storages of real and whole numbers, and refuses every other by name: nothing is imported or run. Time and
 * memory are bounded by the file's size. Values that lie in order are views of `bytes`, so do not write to it.
 *
 * Errors: `RefusedPickle`, `BadPickle`, `BadZip`, `BadLength`, `BadHeader`, `BadValue`, `MissingKey`, `SizeMismatch`,
 * `BadOffsets`, `UnusedBytes`; `path` names the part of the file, or the tensor.
 *
 * @example
 * import { readTorch } from 'graft-vision'
 *
 * // a pickle that would run a command: PROTO 2, then the name posix.system
 * const attack = Uint8Array.of(0x80, 2, ...new TextEncoder().encode('cposix\nsystem\n'))
 * const result = readTorch(attack)
 * assert.deepStrictEqual(result._tag === 'Left' && result.left[0]._tag, 'RefusedPickle')
 *
 * @since 0.1.0
 */
export const readTorch = (bytes: Uint8Array): E.Either<FormatErrors, ReadonlyMap<string, StoredTensor>> =>
  isZip(bytes) ? readTorchZip(bytes) : readTorchLegacy(bytes)

/**
 * Reads tensors by name from a file of any format that is known, told apart by its first bytes: safetensors, or what
 * `torch.save` has written. Errors: those of `readSafetensors` and `readTorch`.
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
  isZip(bytes) || isLegacy(bytes)
    ? readTorch(bytes)
    : pipe(
        readSafetensors(bytes),
        E.map(({ tensors }) => tensors)
      )
