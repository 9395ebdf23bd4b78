import * as fc from 'fast-check'
import { type Dtype, type Safetensors, type StoredTensor } from '../../src/format/index.js'

/** The array that holds so many bytes of a type. */
const arrays: { readonly [T in Dtype]: (bytes: ArrayBuffer) => StoredTensor['data'] } = {
  F64: (b) => new Float64Array(b),
  F32: (b) => new Float32Array(b),
  F16: (b) => new Uint16Array(b),
  BF16: (b) => new Uint16Array(b),
  I64: (b) => new BigInt64Array(b),
  I32: (b) => new Int32Array(b),
  I16: (b) => new Int16Array(b),
  I8: (b) => new Int8Array(b),
  U64: (b) => new BigUint64Array(b),
  U32: (b) => new Uint32Array(b),
  U16: (b) => new Uint16Array(b),
  U8: (b) => new Uint8Array(b),
  BOOL: (b) => new Uint8Array(b)
}

const byteCount = (dtype: Dtype): number => arrays[dtype](new ArrayBuffer(8)).BYTES_PER_ELEMENT

const tensors: fc.Arbitrary<StoredTensor> = fc
  .record({
    dtype: fc.constantFrom(...(Object.keys(arrays) as ReadonlyArray<Dtype>)),
    shape: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
    byte: fc.integer({ min: 0, max: 1 })
  })
  .map(({ dtype, shape, byte }) => {
    const bytes = new Uint8Array(byteCount(dtype) * shape.reduce((a, b) => a * b, 1)).map((_, i) => (i * byte) % 2)
    return { dtype, shape, data: arrays[dtype](bytes.buffer) }
  })

const names = fc.stringMatching(/^[a-z0-9][a-z0-9.]{0,7}$/)

/**
 * The contents of small safetensors files, of every type of number.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const safetensors: fc.Arbitrary<Safetensors> = fc.record({
  tensors: fc
    .uniqueArray(fc.tuple(names, tensors), { maxLength: 3, selector: ([name]) => name })
    .map((l) => new Map(l)),
  metadata: fc.dictionary(names, fc.string({ maxLength: 5 }), { maxKeys: 2, noNullPrototype: true })
})
