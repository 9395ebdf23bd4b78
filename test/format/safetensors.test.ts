import { fc, test as property } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import * as _ from '../../src/format/index.js'

const runs = { seed: 21, numRuns: process.env['GRAFT_LONG'] === undefined ? 100 : 3000 }

const bits: Readonly<Record<_.Dtype, (n: number) => _.TensorArray>> = {
  F64: (n) => Float64Array.from({ length: n }, (_x, i) => i / 3),
  F32: (n) => Float32Array.from({ length: n }, (_x, i) => i - 0.5),
  F16: (n) => Uint16Array.from({ length: n }, (_x, i) => i * 977),
  BF16: (n) => Uint16Array.from({ length: n }, (_x, i) => i * 977),
  I64: (n) => BigInt64Array.from({ length: n }, (_x, i) => -(BigInt(i) ** 9n)),
  I32: (n) => Int32Array.from({ length: n }, (_x, i) => -i),
  I16: (n) => Int16Array.from({ length: n }, (_x, i) => -i),
  I8: (n) => Int8Array.from({ length: n }, (_x, i) => -i),
  U64: (n) => BigUint64Array.from({ length: n }, (_x, i) => BigInt(i) ** 9n),
  U32: (n) => Uint32Array.from({ length: n }, (_x, i) => i * 99),
  U16: (n) => Uint16Array.from({ length: n }, (_x, i) => i),
  U8: (n) => Uint8Array.from({ length: n }, (_x, i) => i),
  BOOL: (n) => Uint8Array.from({ length: n }, (_x, i) => i % 2)
}

const tensor = fc
  .record({ dtype: fc.constantFrom(..._.dtypes), shape: fc.array(fc.nat(4), { maxLength: 3 }) })
  .map(({ dtype, shape }): _.StoredTensor => ({ dtype, shape, data: bits[dtype](shape.reduce((a, b) => a * b, 1)) }))

const named = <A>(value: fc.Arbitrary<A>) =>
  fc.array(
    fc.tuple(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('0', '1', 'a.b', '__proto__', 'constructor')),
      value
    ),
    { maxLength: 5 }
  )

const files = fc.record(
  {
    tensors: named(tensor).map((entries) => new Map(entries.filter(([name]) => name !== '__metadata__'))),
    metadata: named(fc.string()).map((entries): Record<string, string> => Object.fromEntries(entries))
  },
  { noNullPrototype: true }
)

const written = ({ tensors, metadata }: _.Safetensors): Uint8Array => {
  const result = _.writeSafetensors(tensors, metadata)
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

const small: _.Safetensors = {
  tensors: new Map<string, _.StoredTensor>([
    ['a', { dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 3) }],
    ['b', { dtype: 'F32', shape: [2, 1], data: Float32Array.of(0.5, -1) }],
    ['c', { dtype: 'F64', shape: [], data: Float64Array.of(Math.PI) }]
  ]),
  metadata: { made: 'by hand' }
}

describe('what is written is read back', () => {
  property.prop([files], runs)('for any types, shapes and names', (file) => {
    expect(_.readSafetensors(written(file))).toStrictEqual(E.right(file))
  })

  property.prop([files], runs)('as the same bytes for the same tensors', (file) => {
    expect(written(file)).toStrictEqual(written(file))
  })

  it('from bytes at any place in memory', () => {
    const bytes = written(small)
    for (let shift = 0; shift < 8; shift++) {
      const room = new Uint8Array(bytes.length + shift)
      room.set(bytes, shift)
      expect(_.readSafetensors(room.subarray(shift))).toStrictEqual(E.right(small))
      // what Node reads a file into, whose `slice` is no copy
      expect(_.readSafetensors(Buffer.from(room.buffer, shift))).toStrictEqual(E.right(small))
    }
  })

  it('without a copy where the bytes are aligned', () => {
    const bytes = written(small)
    const read = _.readSafetensors(bytes)
    expect(E.isRight(read) && [...read.right.tensors.values()].every(({ data }) => data.buffer === bytes.buffer)).toBe(
      true
    )
  })

  it('larger elements first, names that look like numbers in their order', () => {
    const one = { dtype: 'F32' as const, shape: [1], data: Float32Array.of(1) }
    const tensors = new Map<string, _.StoredTensor>([
      ['b', one],
      ['1', one],
      ['0', one],
      ['z', { dtype: 'I64', shape: [1], data: BigInt64Array.of(1n) }]
    ])
    const read = _.readSafetensors(written({ tensors, metadata: {} }))
    expect(E.isRight(read) && [...read.right.tensors.keys()]).toStrictEqual(['z', 'b', '1', '0'])
  })

  it('a file written by hand from the format’s description', () => {
    const header = '{"w":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}'
    const bytes = Uint8Array.of(
      header.length,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      ...new TextEncoder().encode(header),
      0x80,
      0x3f,
      0,
      0xc0
    )
    const values = pipe(
      _.readSafetensors(bytes),
      E.map(({ tensors }) => [..._.toFloat32(tensors.get('w')!)])
    )
    expect(values).toStrictEqual(E.right([1, -2]))
  })
})

describe('what cannot be written is named', () => {
  const f32 = (shape: ReadonlyArray<number>, data: _.TensorArray): _.StoredTensor => ({ dtype: 'F32', shape, data })
  it.each([
    ['a shape of other values', 'w', f32([2, 2], Float32Array.of(1)), 'SizeMismatch'],
    ['a side that is no whole number', 'w', f32([0.5, 2], Float32Array.of(1)), 'SizeMismatch'],
    ['another array than the type’s', 'w', f32([1], Int32Array.of(1)), 'BadValue'],
    ['the metadata’s name', '__metadata__', f32([1], Float32Array.of(1)), 'BadValue']
  ] as const)('%s', (_what, name, value, tag) => {
    const result = _.writeSafetensors(new Map([[name, value]]))
    expect(E.isLeft(result) && result.left.map((e) => e._tag)).toStrictEqual([tag])
  })
})

describe('floats', () => {
  const half = (...bits: ReadonlyArray<number>) => [..._.toFloat32({ dtype: 'F16', data: Uint16Array.from(bits) })]
  it('of 16 bits are widened exactly', () => {
    // zero, least subnormal, greatest subnormal, least normal, 1, 65504, infinities, not a number
    expect(half(0, 1, 0x3ff, 0x400, 0x3c00, 0x7bff, 0x7c00, 0xfc00, 0x7e00)).toStrictEqual([
      0,
      2 ** -24,
      1023 * 2 ** -24,
      2 ** -14,
      1,
      65504,
      Infinity,
      -Infinity,
      NaN
    ])
    expect(half(0x8000)).toStrictEqual([-0])
  })
  it('of other types are converted, of 32 bits returned unchanged', () => {
    const floats = Float32Array.of(1)
    expect(_.toFloat32({ dtype: 'F32', data: floats })).toBe(floats)
    expect([..._.toFloat32({ dtype: 'I64', data: BigInt64Array.of(-3n) })]).toStrictEqual([-3])
    expect([..._.toFloat32({ dtype: 'U16', data: Uint16Array.of(0x3c00) })]).toStrictEqual([0x3c00])
  })
})

describe('unsupported dtypes', () => {
  const file = (dtypes: ReadonlyArray<unknown>): Uint8Array => {
    const entries = dtypes.map((dtype, i) => [`layer${i}.weight`, { dtype, shape: [1], data_offsets: [i, i + 1] }])
    const json = new TextEncoder().encode(
      JSON.stringify({ __metadata__: { dtype: 'x' }, ...Object.fromEntries(entries) })
    )
    const bytes = new Uint8Array(8 + json.length + dtypes.length)
    new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true)
    bytes.set(json, 8)
    return bytes
  }
  const many = (dtype: string): ReadonlyArray<string> => Array.from({ length: 52 }, () => dtype)

  it.each(['F8_E4M3', 'F8_E5M2', 'F8_E8M0', 'F4', 'F6_E2M3', 'C64', 'I4', 'f32', 'toString'])(
    '%s is one error',
    (dtype) => {
      const read = _.readSafetensors(file(['F32', ...many(dtype)]))
      expect(E.isLeft(read) && read.left).toMatchObject([
        {
          _tag: 'BadValue',
          path: 'layer1.weight: dtype',
          found: `${dtype} (52 tensors)`,
          hint: expect.stringContaining('v.float()')
        }
      ])
    }
  )

  it('are all named, in one error', () => {
    const read = _.readSafetensors(file(['F8_E4M3', 'F8_E5M2']))
    expect(E.isLeft(read) && read.left.map(({ found }) => found)).toEqual(['F8_E4M3, F8_E5M2 (2 tensors)'])
    const one = _.readSafetensors(file(['F8_E4M3']))
    expect(E.isLeft(one) && one.left.map(({ found }) => found)).toEqual(['F8_E4M3'])
  })
})
