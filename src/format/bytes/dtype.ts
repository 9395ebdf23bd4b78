/**
 * The number types of stored tensors, their arrays, and the conversion of 16-bit types to float32.
 *
 * @since 0.1.0
 */

/**
 * A number type by its safetensors name. `F16` and `BF16` are kept as 16-bit integers, `BOOL` as bytes.
 *
 * @category bytes
 * @since 0.1.0
 */
export type Dtype = keyof typeof arrays

/**
 * The array that holds values of a type.
 *
 * @category bytes
 * @since 0.1.0
 */
export type TensorArray =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array

export const arrays = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array
} as const

/**
 * All types.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * assert.ok(Format.dtypes.includes('F32') && Format.dtypes.includes('BF16'))
 *
 * @category bytes
 * @since 0.1.0
 */
export const dtypes = Object.keys(arrays) as ReadonlyArray<Dtype>

/** Bytes of one value. */
export const bytesOf = (dtype: Dtype): number => arrays[dtype].BYTES_PER_ELEMENT

/** IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
const halfToFloat = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/**
 * Converts values to float32: 16-bit floats exactly, 64-bit values by rounding; float32 is not copied.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * const half = { dtype: 'F16' as const, shape: [2], data: Uint16Array.of(0x3c00, 0xc000) }
 * assert.deepStrictEqual([...Format.toFloat32(half)], [1, -2])
 *
 * @category bytes
 * @since 0.1.0
 */
export const toFloat32 = ({ dtype, data }: { readonly dtype: Dtype; readonly data: TensorArray }): Float32Array => {
  if (data instanceof Float32Array) return data
  const result = new Float32Array(data.length)
  if (dtype === 'BF16') {
    // the upper half of a float32's bits
    const bits = new Uint32Array(result.buffer)
    for (let i = 0; i < bits.length; i++) bits[i] = Number(data[i]!) << 16
  } else if (dtype === 'F16') for (let i = 0; i < result.length; i++) result[i] = halfToFloat(Number(data[i]!))
  else for (let i = 0; i < result.length; i++) result[i] = Number(data[i]!)
  return result
}
