import { fc, test as property } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import * as _ from '../../src/format/index.js'

const long = process.env['GRAFT_LONG'] !== undefined
const runs = { seed: 22, numRuns: long ? 20_000 : 500 }

const text = new TextEncoder()

/** A file with this header, as it stands, and so many bytes of values. */
const file = (header: string | Uint8Array, values = 0, announced?: bigint): Uint8Array => {
  const json = typeof header === 'string' ? text.encode(header) : header
  const bytes = new Uint8Array(8 + json.length + values)
  new DataView(bytes.buffer).setBigUint64(0, announced ?? BigInt(json.length), true)
  bytes.set(json, 8)
  return bytes
}

const entry = (begin: number, end: number, shape: ReadonlyArray<number> = [(end - begin) / 4], dtype = 'F32') =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] })

const said = (bytes: Uint8Array) => {
  const result = _.readSafetensors(bytes)
  return E.isLeft(result) ? result.left.map((e) => [e._tag, e.path]) : 'read'
}

const cases: ReadonlyArray<readonly [string, Uint8Array, ReadonlyArray<readonly [string, string]>]> = [
  ['no bytes', new Uint8Array(0), [['BadLength', 'header length']]],
  ['seven bytes', new Uint8Array(7), [['BadLength', 'header length']]],
  ['no header', new Uint8Array(8), [['BadHeader', 'header']]],
  ['a header longer than the file', file('{}', 0, 3n), [['BadLength', 'header']]],
  ['a header longer than is read', file('{}', 0, 100_000_001n), [['BadLength', 'header length']]],
  ['a length of 64 bits', file('{}', 0, 0xffff_ffff_ffff_ffffn), [['BadLength', 'header length']]],
  ['a header that is no JSON', file('{"a":'), [['NotJson', '$']]],
  ['a header that is a list', file('[]'), [['BadHeader', 'header']]],
  ['a header after a space', file(' {}'), [['BadHeader', 'header']]],
  ['a header after a byte order mark', file('\uFEFF{}'), [['BadHeader', 'header']]],
  ['a header that is not UTF-8', file(Uint8Array.of(0x7b, 0xff, 0x7d)), [['BadHeader', 'header']]],
  ['one tensor twice', file(`{"w":${entry(0, 4)},"w":${entry(0, 4)}}`, 4), [['DuplicateKey', 'w']]],
  [
    'one key twice',
    file('{"w":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
    [['DuplicateKey', 'w.dtype']]
  ],
  ['an entry that is no object', file('{"w":3}'), [['BadValue', 'w']]],
  [
    'an entry without anything',
    file('{"w":{}}'),
    [
      ['MissingKey', 'w: dtype'],
      ['MissingKey', 'w: shape'],
      ['MissingKey', 'w: data_offsets']
    ]
  ],
  [
    'an entry with more',
    file('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}', 4),
    [['UnknownKey', 'w: x']]
  ],
  ['an unknown type', file(`{"w":${entry(0, 4, [1], 'F33')}}`, 4), [['BadValue', 'w: dtype']]],
  ['a negative side', file(`{"w":${entry(0, 4, [-1])}}`, 4), [['BadValue', 'w: shape[0]']]],
  ['a side with a fraction', file(`{"w":${entry(0, 4, [0.5])}}`, 4), [['BadValue', 'w: shape[0]']]],
  [
    'a side beyond whole numbers',
    file('{"w":{"dtype":"F32","shape":[1e300],"data_offsets":[0,4]}}', 4),
    [['BadValue', 'w: shape[0]']]
  ],
  ['sides whose product overflows', file(`{"w":${entry(0, 4, [2 ** 40, 2 ** 40])}}`, 4), [['SizeMismatch', 'w']]],
  [
    'sides whose product overflows beside a zero',
    file(`{"w":${entry(0, 0, [2 ** 40, 2 ** 40, 0])}}`),
    [['SizeMismatch', 'w']]
  ],
  ['one offset', file('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0]}}', 4), [['BadValue', 'w: data_offsets']]],
  ['a negative offset', file(`{"w":${entry(-4, 0, [1])}}`, 4), [['BadValue', 'w: data_offsets[0]']]],
  ['an end before the beginning', file(`{"w":${entry(4, 0, [1])}}`, 4), [['BadOffsets', 'w']]],
  [
    'values of three tensors past the end',
    file(`{"a":${entry(0, 4)},"b":${entry(4, 8)},"c":${entry(8, 12)}}`, 5),
    [['BadLength', 'b']]
  ],
  ['values past the end', file(`{"w":${entry(0, 8)}}`, 4), [['BadLength', 'w']]],
  ['too few values for the shape', file(`{"w":${entry(0, 4, [2])}}`, 4), [['SizeMismatch', 'w']]],
  ['tensors that overlap', file(`{"v":${entry(0, 8)},"w":${entry(4, 12)}}`, 12), [['BadOffsets', 'w']]],
  ['a tensor within another', file(`{"v":${entry(0, 12)},"w":${entry(4, 8)}}`, 12), [['BadOffsets', 'w']]],
  ['the same values twice', file(`{"v":${entry(0, 4)},"w":${entry(0, 4)}}`, 4), [['BadOffsets', 'w']]],
  ['a hole', file(`{"v":${entry(0, 4)},"w":${entry(8, 12)}}`, 12), [['UnusedBytes', 'w']]],
  ['a hole at the start', file(`{"w":${entry(4, 8)}}`, 8), [['UnusedBytes', 'w']]],
  ['bytes after the last tensor', file(`{"w":${entry(0, 4)}}`, 5), [['UnusedBytes', 'end of file']]],
  ['bytes without any tensor', file('{}', 1), [['UnusedBytes', 'end of file']]],
  ['metadata that is no text', file('{"__metadata__":{"a":1}}'), [['BadValue', '__metadata__']]],
  ['metadata that is a list', file('{"__metadata__":["a"]}'), [['BadValue', '__metadata__']]],
  ['deep nesting', file(`{"w":${'['.repeat(100_000)}${']'.repeat(100_000)}}`), [['TooDeep', '$']]],
  [
    'two wrong tensors',
    file(`{"v":${entry(0, 4, [2])},"w":${entry(4, 8, [3])}}`, 8),
    [
      ['SizeMismatch', 'v'],
      ['SizeMismatch', 'w']
    ]
  ]
]

describe('a malformed safetensors file is a named error', () => {
  it.each(cases)('%s', (_name, bytes, expected) => {
    expect(said(bytes)).toStrictEqual(expected)
  })

  it('says in a sentence what to do', () => {
    for (const [, bytes] of cases) {
      const result = _.readSafetensors(bytes)
      if (E.isLeft(result))
        for (const e of result.left) expect(`${e.expected}|${e.found}|${e.hint}`).toMatch(/^.+\|.+\|.+$/s)
    }
  })
})

describe('harmless', () => {
  it.each(['__proto__', 'constructor', 'toString'])('a tensor called %s', (name) => {
    const result = _.readSafetensors(file(`{"${name}":${entry(0, 4)}}`, 4))
    expect(E.isRight(result) && [...result.right.tensors.keys()]).toStrictEqual([name])
    expect(({} as Record<string, unknown>)['dtype']).toBeUndefined()
  })
  it('metadata called __proto__', () => {
    const result = _.readSafetensors(file('{"__metadata__":{"__proto__":"x"}}'))
    expect(E.isRight(result) && Object.getPrototypeOf(result.right.metadata)).toBe(Object.prototype)
  })
  it('a tensor whose prototype is given', () => {
    expect(said(file('{"w":{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}}', 4))).toContainEqual([
      'UnknownKey',
      'w: __proto__'
    ])
  })
})

describe('a valid file that was damaged', () => {
  const whole = _.writeSafetensors(
    new Map<string, _.StoredTensor>([
      ['body.conv1.weight', { dtype: 'F32', shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
      ['head.0.num_batches_tracked', { dtype: 'I64', shape: [], data: BigInt64Array.of(3n) }],
      ['scale', { dtype: 'U8', shape: [5], data: Uint8Array.of(1, 2, 3, 4, 5) }]
    ]),
    { made: 'by a test' }
  )
  const bytes = E.isRight(whole) ? whole.right : new Uint8Array(0)

  it('is read when whole', () => {
    expect(said(bytes)).toBe('read')
  })
  it('by cutting it off at any byte is a named error', () => {
    for (let end = 0; end < bytes.length; end++) {
      const result = said(bytes.subarray(0, end))
      expect([end, result === 'read' ? result : [...new Set(result.map(([tag]) => tag))]]).toStrictEqual([
        end,
        ['BadLength']
      ])
    }
  })
  property.prop([fc.nat(bytes.length - 1), fc.nat(255)], runs)('by changing a byte never crashes', (at, value) => {
    expect(['Left', 'Right']).toContain(_.readSafetensors(bytes.with(at, value))._tag)
  })
  property.prop([fc.uint8Array({ maxLength: 200 })], runs)('beyond recognition never crashes', (noise) => {
    expect(['Left', 'Right']).toContain(_.readSafetensors(noise)._tag)
    expect(['Left', 'Right']).toContain(_.readSafetensors(file(noise))._tag)
  })
})
