import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import * as _ from '../../src/format/index.js'
import { readStateDicts } from '../../src/format/index.js'
import { right } from '../io/workplace.js'
import * as F from './torchFile.js'

const floats = Float32Array.of(1, 2, 3, 4, 5, 6)
const kept: F.StorageFields = { dtype: 'F32', key: 'a', count: 6 }
const storages = [['a', F.bytesIn({ data: floats })]] as const

/** What a zip with one storage of 1..6 holds. */
const read = (object: Uint8Array) => right(_.readTorch(F.zipFile(F.pickle(object), storages)))

const values = (tensors: ReadonlyMap<string, _.StoredTensor>, key: string) => [...tensors.get(key)!.data]

describe.each(['zip', 'legacy'] as const)('a state dict in the %s format', (format) => {
  const tensors = new Map(F.torchDtypes.map((dtype) => [`layer.${dtype}`, F.counted(dtype, [2, 3])]))

  it('is read with every number type', () => {
    expect(_.readTorch(F.saved(tensors, format))).toEqual(E.right(tensors))
  })
  it('is distinguished from safetensors by its first bytes', () => {
    const other = right(_.writeSafetensors(tensors))
    expect(_.readTensors(F.saved(tensors, format))).toEqual(E.right(tensors))
    expect([...right(_.readTensors(other)).keys()].sort()).toEqual([...tensors.keys()].sort())
  })
  it('may contain empty tensors and scalars', () => {
    const odd = new Map([
      ['none', F.counted('F32', [0, 3])],
      ['n', F.counted('I64', [])]
    ])
    expect(_.readTorch(F.saved(odd, format))).toEqual(E.right(odd))
  })
  it('is read for any alignment of the bytes', () => {
    const bytes = F.saved(tensors, format)
    const moved = new Uint8Array(bytes.length + 1)
    moved.set(bytes, 1)
    expect(_.readTorch(moved.subarray(1))).toEqual(E.right(tensors))
  })
})

describe('a tensor', () => {
  it('is a view if its values are contiguous', () => {
    const bytes = F.zipFile(F.pickle(F.dict([['w', F.tensor(F.storage(kept), 2, [2, 2], [2, 1])]])), storages)
    const w = right(_.readTorch(bytes)).get('w')!
    expect([...w.data]).toEqual([3, 4, 5, 6])
  })
  it('that was transposed is written out row by row', () => {
    const transposed = read(F.dict([['w', F.tensor(F.storage(kept), 0, [3, 2], [1, 3])]]))
    expect(transposed.get('w')!.shape).toEqual([3, 2])
    expect(values(transposed, 'w')).toEqual([1, 4, 2, 5, 3, 6])
  })
  it('may skip and repeat values within the storage', () => {
    const object = F.dict([
      ['second', F.tensor(F.storage(kept), 1, [3], [2])],
      ['repeated', F.tensor(F.storage(kept), 5, [2, 2], [0, 0])]
    ])
    expect(values(read(object), 'second')).toEqual([2, 4, 6])
    expect(values(read(object), 'repeated')).toEqual([6, 6, 6, 6])
  })
  it('may be a parameter, and share its storage', () => {
    const parameter = F.call(
      F.name('torch._utils', '_rebuild_parameter'),
      F.tensor(F.storage(kept), 0, [6], [1]),
      F.code('\x88'),
      F.orderedDict
    )
    const tensors = read(
      F.dict([
        ['p', parameter],
        ['tied', F.tensor(F.storage(kept), 0, [6], [1])]
      ])
    )
    expect(values(tensors, 'p')).toEqual([1, 2, 3, 4, 5, 6])
    expect(values(tensors, 'tied')).toEqual(values(tensors, 'p'))
  })
  it('of the oldest files is a part of a storage', () => {
    const part = F.storage({ ...kept, part: ['b', 2, 3] })
    const object = F.dict([
      [
        'w',
        F.call(F.name('torch._utils', '_rebuild_tensor'), part, F.whole(1), F.tuple(F.whole(2)), F.tuple(F.whole(1)))
      ]
    ])
    const file = F.legacyFile(F.pickle(object), [['a', F.bytesIn({ data: floats }), 4]])
    expect(values(right(_.readTorch(file)), 'w')).toEqual([4, 5])
  })
})

describe('a state dict', () => {
  const w = F.tensor(F.storage(kept), 0, [6], [1])
  const one = F.dict([['w', w]])

  it.each(['state_dict', 'model_state_dict', 'model', 'net', 'module'])('may stand under %s', (word) => {
    expect(
      values(
        read(
          F.dict([
            ['epoch', F.whole(3)],
            [word, one],
            ['best', w]
          ])
        ),
        'w'
      )
    ).toEqual([...floats])
  })
  it('may remember versions of its layers', () => {
    const versions = F.dict([['_metadata', F.dict([])]])
    expect(
      values(read(F.joined(F.orderedDict, F.code('('), F.text('w'), w, F.code('u'), versions, F.code('b'))), 'w')
    ).toEqual([...floats])
  })
  it('of Python 2 is made from a list of pairs', () => {
    const pairs = F.joined(F.code(']('), F.joined(F.code(']('), F.code('U\x01w'), w, F.code('e')), F.code('e'))
    expect(values(read(F.call(F.name('collections', 'OrderedDict'), pairs)), 'w')).toEqual([...floats])
  })
  it('may be pickled by protocol 4', () => {
    const short = (value: string) =>
      F.joined(F.code('\x8c', String.fromCharCode(value.length)), new TextEncoder().encode(value))
    const framed = F.joined(F.code('\x95', '\0'.repeat(8)), short('collections'), F.code('\x94'), short('OrderedDict'))
    const object = F.joined(framed, F.code('\x93)R\x94('), F.text('w'), w, F.code('u'))
    expect(values(read(object), 'w')).toEqual([...floats])
  })
})

const assets = process.env['GRAFT_ASSETS']
const weights = (file: string): string => join(assets ?? '', 'weights', file)
const there = assets !== undefined && existsSync(weights('resnet20-12fca82f.th'))
if (!there) console.log('real weights are not tested: GRAFT_ASSETS names no folder with weights/resnet20-12fca82f.th')

const arraysIn = (file: string) =>
  new Map(
    [...right(_.readTensors(Uint8Array.from(readFileSync(weights(file)))))]
      .filter(([key]) => !key.endsWith('num_batches_tracked'))
      .map(([key, { shape, data }]) => [
        key.replace(/^module\./, ''),
        { shape, bytes: Buffer.from(F.bytesIn({ data })) }
      ])
  )

describe('an unsupported kind of tensor', () => {
  const storageOf = (type: string, module = 'torch'): Uint8Array =>
    F.joined(F.tuple(F.text('storage'), F.name(module, type), F.text('a'), F.text('cpu'), F.whole(6)), F.code('Q'))
  const typed = (dtype: string): Uint8Array =>
    F.call(
      F.name('torch._utils', '_rebuild_tensor_v3'),
      storageOf('UntypedStorage', 'torch.storage'),
      F.whole(0),
      F.tuple(F.whole(6)),
      F.tuple(F.whole(1)),
      F.code('\x89'),
      F.orderedDict,
      F.name('torch', dtype),
      F.dict([])
    )
  const kinds: ReadonlyArray<readonly [string, Uint8Array, string]> = [
    ['float8_e4m3fn', typed('float8_e4m3fn'), 'torch.float8_e4m3fn'],
    ['uint16', typed('uint16'), 'torch.uint16'],
    ['complex', F.tensor(storageOf('ComplexFloatStorage'), 0, [6], [1]), 'complex numbers (torch.ComplexFloatStorage)'],
    ['quantised', F.call(F.name('torch._utils', '_rebuild_qtensor'), storageOf('QInt8Storage')), 'quantised numbers'],
    ['sparse', F.call(F.name('torch._utils', '_rebuild_sparse_tensor'), F.whole(1)), 'sparse or nested tensors']
  ]

  it.each(kinds)('%s is named, with the conversion', (_, tensor, found) => {
    const dict = F.dict(['w', 'b'].map((key) => [key, tensor]))
    for (const object of [dict, F.dict([['state_dict', dict]])])
      for (const file of [
        F.zipFile(F.pickle(object), storages),
        F.legacyFile(F.pickle(object), [['a', F.bytesIn({ data: floats }), 6]])
      ]) {
        const result = readStateDicts(file)
        expect(E.isLeft(result) && result.left).toMatchObject([
          {
            _tag: 'RefusedPickle',
            path: 'state dict',
            found: expect.stringContaining(found),
            hint: expect.stringContaining('torch.save({k: v')
          }
        ])
      }
  })
})

describe.skipIf(!there)('the same net in several formats', () => {
  it.each([
    ['resnet20-12fca82f.th', 'resnet20_cifar10.safetensors'],
    ['resnet20_cifar10.pth', 'resnet20_cifar10.safetensors'],
    ['resnet56-4bfd9763.th', 'resnet56_cifar10.safetensors'],
    ['squeezenet1_1_caffe_rgb.pth', 'squeezenet1_1_caffe_rgb.safetensors']
  ])('%s has the arrays of %s', (torch, safetensors) => {
    const [ours, expected] = [arraysIn(torch), arraysIn(safetensors)]
    expect([...ours.keys()].sort()).toEqual([...expected.keys()].sort())
    for (const [key, { shape, bytes }] of expected) {
      expect([key, ours.get(key)!.shape]).toEqual([key, shape])
      expect([key, ours.get(key)!.bytes.equals(bytes)]).toEqual([key, true])
    }
  })
  it.each(['resnet32-d509ac18.th', 'resnet44-014dd654.th'])('%s is read', (file) => {
    expect(arraysIn(file).get('linear.weight')!.shape).toEqual([10, 64])
  })
})
