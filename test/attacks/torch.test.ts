import { fc, test as property } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import * as _ from '../../src/format/index.js'
import * as F from '../format/torchFile.js'

const long = process.env['GRAFT_LONG'] !== undefined
const runs = { seed: 23, numRuns: long ? 20_000 : 500 }

const said = (bytes: Uint8Array) => {
  const result = _.readTorch(bytes)
  return E.isLeft(result) ? [...new Set(result.left.map((e) => e._tag))] : 'read'
}

const bytes = (count: number) => F.bytesIn({ data: new Float32Array(count) })
const zipped = (object: Uint8Array, count = 6) => F.zipFile(F.pickle(object), [['a', bytes(count)]])
const storage = (count = 6) => F.storage({ dtype: 'F32', key: 'a', count })
const whole = F.dict([['w', F.tensor(storage(), 0, [6], [1])]])

describe('an object of another class in place of a state dict is refused, and nothing of it runs', () => {
  it.each([
    ['posix', 'system'],
    ['nt', 'system'],
    ['builtins', 'eval'],
    ['__builtin__', 'getattr'],
    ['subprocess', 'Popen'],
    ['torch', 'load'],
    ['torch.hub', 'load'],
    ['torch.storage', '_load_from_bytes'],
    ['torch._utils', '_rebuild_qtensor'],
    ['torch', 'ComplexFloatStorage'],
    ['collections', 'OrderedDict.__init__'],
    ['collections.OrderedDict', ''],
    ['__proto__', 'constructor'],
    ['numpy.core.multiarray', 'scalar']
  ])('%s.%s', (module, name) => {
    const evil = F.call(F.name(module, name), F.text('touch owned'))
    for (const file of [zipped(evil), zipped(F.dict([['state_dict', evil]])), F.legacyFile(F.pickle(evil), [])]) {
      const result = _.readTorch(file)
      expect(E.isLeft(result) && result.left.map((e) => e._tag)).toEqual(['RefusedPickle'])
      expect(E.isLeft(result) && result.left[0].found).toContain(`${module}.${name}`)
    }
  })
  it('and becomes a placeholder beside one', () => {
    const evil = F.call(F.name('posix', 'system'), F.text('touch owned'))
    const file = zipped(
      F.dict([
        ['args', evil],
        ['state_dict', whole],
        ['more', F.joined(evil, F.dict([['a', F.whole(1)]]), F.code('b'))]
      ])
    )
    const result = _.readTorch(file)
    expect(E.isRight(result) && [...result.right.keys()]).toEqual(['w'])
  })
  it('also where a key of a state dict has one in place of its tensor', () => {
    const evil = F.call(F.name('posix', 'system'), F.text('touch owned'))
    const result = _.readStateDicts(
      zipped(
        F.dict([
          ['w', F.tensor(storage(), 0, [6], [1])],
          ['b', evil]
        ])
      )
    )
    expect(E.isRight(result) && [...result.right[0].tensors.keys()]).toEqual(['w'])
    expect(E.isRight(result) && result.right[0].others.get('b')).toBe('an object of posix.system')
  })
  it('wherever it stands: in place of the magic number, the machine, or the keys', () => {
    const evil = F.pickle(F.call(F.name('posix', 'system'), F.text('touch owned')))
    const file = F.legacyFile(F.pickle(whole), [])
    expect(said(evil)).toEqual(['RefusedPickle'])
    for (let at = 0; at < file.length; at++) expect(said(F.joined(file.subarray(0, at), evil))).not.toBe('read')
  })
  it('by the two strings of protocol 4', () => {
    expect(said(zipped(F.joined(F.text('posix'), F.text('system'), F.code('\x93'))))).toEqual(['RefusedPickle'])
  })
  it.each([
    ['INST', 'iposix\nsystem\n'],
    ['OBJ', '(o'],
    ['EXT1', '\x82\x01'],
    ['PERSID', 'Pposix\n'],
    ['an unknown one', '\xff']
  ])('by the instruction %s', (_name, instruction) => {
    expect(said(zipped(F.code(instruction)))).toEqual(['RefusedPickle'])
  })
})

describe('an inconsistent pickle is a named error', () => {
  it.each<readonly [string, Uint8Array]>([
    ['a call of text', F.joined(F.text('f'), F.code(')R'))],
    ['a call of a storage class', F.call(F.name('torch', 'FloatStorage'))],
    ['a call without arguments', F.joined(F.name('collections', 'OrderedDict'), F.code('NR'))],
    ['attributes of no object', F.code('}b')],
    ['an object of a class that is text', F.joined(F.text('x'), F.code(')\x81'))],
    ['an object without arguments', F.code(')\x81')],
    ['nothing to copy', F.code('2')],
    ['nothing to drop', F.code('0')],
    ['a number of a megabyte', F.code('\x8b\x00\x00\x10\x00')],
    ['an append to nothing', F.code('a')],
    ['items of a list', F.joined(F.code('](NNu'))],
    ['a key without a value', F.joined(F.code('}(Nu'))],
    ['a mark too few', F.code('t')],
    ['a pop below a mark', F.code('N(\x85')],
    ['nothing kept', F.code('h\x07')],
    ['keeping nothing', F.code('q\x07')],
    ['a mark left over', F.code('(N')],
    ['two results', F.code('NN')],
    ['a storage by text', F.joined(F.text('a'), F.code('Q'))],
    ['a tensor of text', F.tensor(F.text('a'), 0, [1], [1])],
    [
      'a negative offset',
      F.call(F.name('torch._utils', '_rebuild_tensor'), storage(), F.code('J\xff\xff\xff\xff'), F.tuple(), F.tuple())
    ],
    ['a stride too few', F.tensor(storage(), 0, [2, 3], [3])],
    ['more sides than torch has', F.tensor(storage(), 0, Array<number>(65).fill(1), Array<number>(65).fill(1))],
    ['a list as ordered dict', F.call(F.name('collections', 'OrderedDict'), F.code('](Ne'))]
  ])('%s', (_name, object) => {
    expect(said(zipped(object))).toEqual(['BadPickle'])
  })
  it.each<readonly [string, Uint8Array, string]>([
    ['no tensors', F.dict([]), 'BadValue'],
    ['a number', F.whole(3), 'BadValue'],
    [
      'a key that is no text',
      F.joined(F.code('}'), F.whole(1), F.tensor(storage(), 0, [6], [1]), F.code('s')),
      'BadValue'
    ],
    ['values past the storage', F.dict([['w', F.tensor(storage(), 3, [2, 2], [2, 1])]]), 'BadOffsets'],
    ['more values than the storage', F.dict([['w', F.tensor(storage(), 0, [7], [0])]]), 'SizeMismatch'],
    [
      'a shape beyond whole numbers',
      F.dict([['w', F.tensor(storage(), 0, [2 ** 30, 2 ** 30, 2 ** 30], [0, 0, 0])]]),
      'SizeMismatch'
    ],
    ['a storage larger than its part', F.dict([['w', F.tensor(storage(7), 0, [6], [1])]]), 'SizeMismatch'],
    [
      'a storage that is not there',
      F.dict([['w', F.tensor(F.storage({ dtype: 'F32', key: '../a', count: 6 }), 0, [6], [1])]]),
      'MissingKey'
    ]
  ])('%s', (_name, object, tag) => {
    expect(said(zipped(object))).toEqual([tag])
  })
  it('lists every tensor that is wrong', () => {
    const result = _.readTorch(
      zipped(
        F.dict([
          ['v', F.tensor(storage(), 6, [1], [1])],
          ['w', F.tensor(storage(), 0, [9], [1])]
        ])
      )
    )
    expect(E.isLeft(result) && result.left.map((e) => e.path)).toEqual(['v', 'w'])
  })
})

describe('memory and time stay within the size of the file', () => {
  it('for a list within itself, and a dict as its own state dict', () => {
    expect(said(zipped(F.code(']q\x00h\x00a')))).toEqual(['BadValue'])
    expect(said(zipped(F.joined(F.code('}q\x00'), F.text('state_dict'), F.code('h\x00s'))))).toEqual(['BadValue'])
  })
  it('for lists that double at every level', () => {
    const levels = Array.from({ length: 200 }, (__, i) =>
      F.code(
        ']',
        `q${String.fromCharCode(i)}`,
        i === 0 ? 'Na' : `(h${String.fromCharCode(i - 1)}h${String.fromCharCode(i - 1)}e`
      )
    )
    expect(said(zipped(F.joined(F.code('('), ...levels, F.code('t'))))).toEqual(['BadValue'])
  })
  it('for deep nesting', () => {
    expect(said(zipped(F.code(']'.repeat(200_000), 'a'.repeat(199_999))))).toEqual(['BadValue'])
  })
  it('for text that announces gigabytes', () => {
    expect(said(zipped(F.code('X\xff\xff\xff\xff')))).toEqual(['BadLength'])
    expect(said(zipped(F.code('\x8d', '\xff'.repeat(8))))).toEqual(['BadLength'])
  })
  it('for tensors that all share the same values', () => {
    const count = 5000
    const kept = F.joined(storage(count), F.code('q\x00'))
    const tensors = Array.from({ length: 40 }, (__, i): readonly [string, Uint8Array] => [
      `w${i}`,
      F.tensor(i === 0 ? kept : F.code('h\x00'), 0, [count], [1])
    ])
    expect(said(zipped(F.dict(tensors.slice(0, 3)), count))).toBe('read')
    expect(said(zipped(F.dict(tensors), count))).toEqual(['BadValue'])
  })
  it('for a storage that announces more than there is', () => {
    const object = F.dict([['w', F.tensor(storage(2 ** 31 - 1), 0, [2 ** 31 - 1], [1])]])
    expect(said(F.legacyFile(F.pickle(object), [['a', bytes(6), 4]]))).toEqual(['SizeMismatch'])
  })
})

describe('a zip that torch.save did not write is a named error', () => {
  const parts = [
    ['net/data.pkl', F.pickle(whole)],
    ['net/data/a', bytes(6)]
  ] as const
  const add = (name: string, content: string) => F.zip([...parts, [name, new TextEncoder().encode(content)]])

  it.each<readonly [string, Uint8Array, string]>([
    ['compressed', F.zip(parts, { method: 8 }), 'BadZip'],
    ['damaged', F.zip(parts, { crc: 1 }), 'BadZip'],
    ['without a pickle', F.zip(parts.slice(1)), 'NotWeights'],
    ['with two pickles', add('other/data.pkl', 'N.'), 'BadZip'],
    ['with one part twice', add('net/data/a', 'x'), 'BadZip'],
    ['a program', add('net/constants.pkl', 'x'), 'RefusedPickle'],
    ['of a big-endian machine', add('net/byteorder', 'big'), 'BadValue'],
    ['with a comment that is not there', F.zip(parts).with(-2, 9), 'BadLength']
  ])('%s', (_name, file, tag) => {
    expect(said(file)).toEqual([tag])
  })
  it('whose parts overlap', () => {
    const file = F.zip(Array.from({ length: 30 }, (__, i) => [`net/${i}`, i === 0 ? bytes(50) : new Uint8Array(0)]))
    const view = new DataView(file.buffer)
    const directory = view.getUint32(file.length - 6, true)
    // every entry speaks of the first part's bytes
    for (let at = directory; view.getUint32(at, true) === 0x02014b50; at += 46 + view.getUint16(at + 28, true)) {
      for (const field of [16, 20, 24, 42]) view.setUint32(at + field, view.getUint32(directory + field, true), true)
    }
    expect(said(file)).toEqual(['BadZip'])
  })
})

describe.each(['zip', 'legacy'] as const)('a valid file of the %s format that was damaged', (format) => {
  const file = F.saved(
    new Map([
      ['conv1.weight', F.counted('F32', [3, 2])],
      ['bn1.num_batches_tracked', F.counted('I64', [])],
      ['half', F.counted('F16', [5])]
    ]),
    format
  )

  it('is read when whole', () => {
    expect(said(file)).toBe('read')
  })
  it('by cutting it off at any byte is a named error', () => {
    const tags = new Set<string>()
    for (let end = 0; end < file.length; end++) {
      const result = said(file.subarray(0, end))
      expect([end, result]).not.toEqual([end, 'read'])
      for (const tag of result) tags.add(tag)
    }
    expect([...tags]).toEqual(['BadLength'])
  })
  it('by adding a byte is a named error', () => {
    expect(said(F.joined(file, Uint8Array.of(0)))).toEqual([format === 'zip' ? 'BadLength' : 'UnusedBytes'])
  })
  property.prop([fc.nat(file.length - 1), fc.nat(255)], runs)('by changing a byte never crashes', (at, value) => {
    expect(['Left', 'Right']).toContain(_.readTensors(file.with(at, value))._tag)
  })
  property.prop([fc.uint8Array({ maxLength: 200 })], runs)('beyond recognition never crashes', (noise) => {
    expect(['Left', 'Right']).toContain(_.readTorch(noise)._tag)
    expect(['Left', 'Right']).toContain(_.readTorch(zipped(noise))._tag)
    expect(['Left', 'Right']).toContain(_.readTorch(F.joined(F.code('PK\x03\x04'), noise))._tag)
  })
})
