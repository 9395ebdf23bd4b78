/** Conversion between values and the little-endian bytes of a file. */
import { arrays, bytesOf, type Dtype, type TensorArray } from './dtype.js'

export const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

export const swapped = (bytes: Uint8Array, size: number): Uint8Array => {
  const result = new Uint8Array(bytes.length)
  for (let i = 0; i < bytes.length; i++) result[i] = bytes[i - (i % size) + size - 1 - (i % size)]!
  return result
}

/** A view where the bytes are aligned, otherwise a copy. */
export const arrayOf = (dtype: Dtype, bytes: Uint8Array): TensorArray => {
  const size = bytesOf(dtype)
  const ready = !littleEndian ? swapped(bytes, size) : bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes)
  return new arrays[dtype](ready.buffer as ArrayBuffer, ready.byteOffset, ready.length / size)
}
