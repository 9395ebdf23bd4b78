/**
 * Reads tensors from views of storages: checks bounds, then returns a view of the bytes if values are contiguous,
 * otherwise a copy.
 */
import * as E from 'fp-ts/lib/Either.js'
import { arrayOf } from '../byteOrder.js'
import { arrays, bytesOf, type TensorArray } from '../dtype.js'
import {
  badOffsets,
  badValue,
  type FormatError,
  type FormatErrors,
  isNonEmpty,
  sizeMismatch
} from '../../FormatError.js'
import { elements, type StoredTensor } from '../StoredTensor.js'
import type { Storage, View } from './Pickled.js'

/** All bytes stored under a storage's key; their number is checked. */
export type Kept = (storage: Storage) => E.Either<FormatError, Uint8Array>

/** Tied parameters share values; beyond this factor, a file would expand to more than it contains. */
const mostSharing = 8

const rowMajor = (shape: ReadonlyArray<number>, strides: ReadonlyArray<number>): boolean => {
  let expected = 1
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== expected) return false
    expected *= shape[i]!
  }
  return true
}

/** The values in row-major order. */
const gathered = (values: TensorArray, { storage, shape, strides }: View, count: number): TensorArray => {
  const result = new arrays[storage.dtype](count)
  const index = shape.map(() => 0)
  let from = 0
  for (let to = 0; to < count; to++) {
    result[to] = values[from]!
    for (let d = shape.length - 1; d >= 0; d--) {
      index[d]!++
      from += strides[d]!
      if (index[d]! < shape[d]!) break
      from -= strides[d]! * shape[d]!
      index[d] = 0
    }
  }
  return result
}

const tensorOf = (name: string, view: View, kept: Kept): E.Either<FormatError, StoredTensor> => {
  const { storage, offset, shape, strides } = view
  const { dtype, start, length } = storage
  const count = elements(shape)
  if (count === null || count > length)
    return E.left(
      sizeMismatch(
        name,
        `at most the ${length} values of its storage`,
        `shape [${shape.join(', ')}]`,
        'save a copy of the tensor (.clone())'
      )
    )
  if (count === 0) return E.right({ dtype, shape, data: new arrays[dtype](0) })
  const last = shape.reduce((at, side, d) => at + (side - 1) * strides[d]!, offset)
  if (last >= length)
    return E.left(
      badOffsets(name, `values among the ${length} of its storage`, `one at ${last}`, 'save the state dict again')
    )
  return E.map((bytes: Uint8Array): StoredTensor => {
    const size = bytesOf(dtype)
    const first = start + offset
    const ordered = rowMajor(shape, strides)
    const end = ordered ? first + count : start + last + 1
    const values = arrayOf(dtype, bytes.subarray(first * size, end * size))
    return { dtype, shape, data: ordered ? values : gathered(values, view, count) }
  })(kept(storage))
}

/** Reads tensors by name, or returns every mistake. All tensors of one reader share one limit. */
export const tensorReader = (
  kept: Kept,
  available: number
): ((views: ReadonlyMap<string, View>) => E.Either<FormatErrors, ReadonlyMap<string, StoredTensor>>) => {
  let left = available * mostSharing
  return (views) => {
    const tensors = new Map<string, StoredTensor>()
    const errors: Array<FormatError> = []
    for (const [name, view] of views) {
      left -= (elements(view.shape) ?? 0) * bytesOf(view.storage.dtype)
      if (left < 0)
        return E.left([
          badValue(
            name,
            `tensors that share their values at most ${mostSharing} times`,
            'more of them',
            'save the state dict of one model'
          )
        ])
      const tensor = tensorOf(name, view, kept)
      if (E.isLeft(tensor)) errors.push(tensor.left)
      else tensors.set(name, tensor.right)
    }
    return isNonEmpty(errors) ? E.left(errors) : E.right(tensors)
  }
}
