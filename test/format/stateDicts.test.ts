// Where state dicts lie in a checkpoint, and what may lie beside them.
import { describe, expect, it } from 'vitest'
import { readStateDicts, readTorch, writeSafetensors } from '../../src/format/index.js'
import { right } from '../io/workplace.js'
import * as F from './torchFile.js'

const floats = Float32Array.of(1, 2, 3, 4, 5, 6)
const kept: F.StorageFields = { dtype: 'F32', key: 'a', count: 6 }
const w = F.tensor(F.storage(kept), 0, [6], [1])
const file = (object: Uint8Array): Uint8Array => F.zipFile(F.pickle(object), [['a', F.bytesIn({ data: floats })]])
const dicts = (object: Uint8Array) =>
  right(readStateDicts(file(object))).map(({ at, tensors, others }) => ({
    at,
    keys: [...tensors.keys()],
    others: Object.fromEntries(others)
  }))
const one = F.dict([['w', w]])
const newObject = (module: string, name: string) => F.joined(F.name(module, name), F.code(')\x81'))
const build = (object: Uint8Array, state: Uint8Array) => F.joined(object, state, F.code('b'))

describe('a safetensors file', () => {
  it('is recognised whatever the first byte of its length, also that of a pickle', () => {
    const tensors = new Map([['w', { dtype: 'F32' as const, shape: [6], data: floats }]])
    const files = Array.from({ length: 256 }, (_, n) => right(writeSafetensors(tensors, { note: 'x'.repeat(n) })))
    expect(files.filter((bytes) => bytes[0] === 0x80).length).toBeGreaterThan(0)
    for (const bytes of files) expect(right(readStateDicts(bytes))[0].tensors).toEqual(tensors)
  })
})

describe('state dicts', () => {
  it('are found under any key, with their place', () => {
    const found = dicts(
      F.dict([
        ['epoch', F.whole(3)],
        ['student', one],
        ['teacher', F.dict([['net', one]])],
        ['list', F.joined(F.code(']'), one, F.code('a'))]
      ])
    )
    expect(found.map(({ at }) => at)).toEqual(['student', 'teacher.net', 'list.0'])
  })
  it('of an optimiser, with numeric keys, are ignored', () => {
    const state = F.joined(F.code('}'), F.whole(0), F.dict([['exp_avg', w]]), F.code('s'))
    expect(
      dicts(
        F.dict([
          ['model', one],
          ['optimizer', F.dict([['state', state]])]
        ])
      ).map(({ at }) => at)
    ).toEqual(['model'])
  })
  it('may have entries that are not tensors, which are named', () => {
    const [dict] = dicts(
      F.dict([
        ['w', w],
        ['epoch', F.whole(3)],
        ['args', newObject('argparse', 'Namespace')]
      ])
    )
    expect(dict).toEqual({ at: '', keys: ['w'], others: { epoch: '3', args: 'an object of argparse.Namespace' } })
  })
  it('are read from a whole module, including shared parameters and submodules', () => {
    const module = (parameters: Uint8Array, modules: Uint8Array) =>
      build(
        newObject('torch.nn.modules.container', 'Sequential'),
        F.dict([
          ['training', F.code('\x89')],
          ['_parameters', parameters],
          [
            '_buffers',
            F.dict([
              ['running', w],
              ['none', F.code('N')]
            ])
          ],
          ['_modules', modules]
        ])
      )
    const whole = module(F.dict([]), F.dict([['0', module(F.dict([['weight', w]]), F.dict([]))]]))
    expect(
      dicts(
        F.dict([
          ['model', whole],
          ['epoch', F.whole(1)]
        ])
      )
    ).toEqual([{ at: 'model', keys: ['running', '0.weight', '0.running'], others: {} }])
  })
  it('are chosen by a usual key, then the outermost', () => {
    const other = F.dict([['v', w]])
    const keys = (object: Uint8Array) => [...right(readTorch(file(object))).keys()]
    expect(
      keys(
        F.dict([
          ['ema', other],
          ['state_dict', one]
        ])
      )
    ).toEqual(['w'])
    expect(
      keys(
        F.dict([
          ['v', w],
          ['other', one]
        ])
      )
    ).toEqual(['v'])
    expect(keys(F.dict([['anything', one]]))).toEqual(['w'])
  })
})

describe('beside a state dict a checkpoint may have', () => {
  const size = (n: number) => String.fromCharCode(n)
  const bytes = F.code('C', size(3), '\x00\xff\x80')
  const dtype = build(
    F.call(F.name('numpy', 'dtype'), F.text('f8'), F.code('\x89'), F.code('\x88')),
    F.tuple(F.whole(3), F.text('<'))
  )
  it.each<readonly [string, Uint8Array]>([
    ['argparse.Namespace', build(newObject('argparse', 'Namespace'), F.dict([['lr', F.whole(1)]]))],
    [
      "an object in Python 2's way",
      F.call(F.name('copy_reg', '_reconstructor'), F.name('a', 'B'), F.name('__builtin__', 'object'), F.code('N'))
    ],
    ['a NumPy scalar', F.call(F.name('numpy._core.multiarray', 'scalar'), dtype, bytes)],
    [
      'a NumPy array',
      build(
        F.call(F.name('numpy.core.multiarray', '_reconstruct'), F.name('numpy', 'ndarray'), F.tuple(F.whole(0)), bytes),
        F.tuple(F.whole(1), F.tuple(F.whole(2)), dtype, F.code('\x89'), bytes)
      )
    ],
    ['torch.Size', F.call(F.name('torch', 'Size'), F.tuple(F.whole(1)))],
    ['torch.device', F.call(F.name('torch', 'device'), F.text('cpu'))],
    ['torch.float32', F.name('torch', 'float32')],
    ['a class', F.name('my.own', 'Net')],
    ['collections.Counter', F.call(F.name('collections', 'Counter'), F.dict([['a', F.whole(2)]]))],
    [
      'collections.defaultdict',
      F.joined(
        F.call(F.name('collections', 'defaultdict'), F.name('builtins', 'list')),
        F.code('('),
        F.text('loss'),
        F.code(']'),
        F.code('u')
      )
    ],
    ['a set of protocol 2', F.call(F.name('__builtin__', 'set'), F.joined(F.code(']'), F.text('a'), F.code('a')))],
    ['a set of protocol 4', F.joined(F.code('\x8f('), F.text('a'), F.code('\x90'))],
    ['a frozenset', F.joined(F.code('('), F.text('a'), F.code('\x91'))],
    ['bytes', bytes],
    ['bytes of protocol 2', F.call(F.name('_codecs', 'encode'), F.text('abc'), F.text('latin1'))],
    ['long bytes', F.code('B', '\x03\0\0\0abc')],
    ['a bytearray', F.code('\x96', '\x03\0\0\0\0\0\0\0abc')],
    ['a datetime', F.call(F.name('datetime', 'datetime'), bytes)],
    ['a path', F.call(F.name('pathlib', 'PosixPath'), F.text('x'))],
    ['text of Python 2 that is no UTF-8', F.code('U', size(2), '\xff\xfe')],
    ['a number of 16 bytes', F.code('\x8b', '\x10\0\0\0', '\x01'.repeat(16))],
    ['an object with named arguments', F.joined(F.name('a', 'B'), F.code(')}\x92'))],
    [
      'a dict of a class of its own',
      F.joined(newObject('easydict', 'EasyDict'), F.code('('), F.text('lr'), F.whole(1), F.code('u'))
    ],
    ['a list of a class of its own', F.joined(newObject('a', 'L'), F.code('('), F.whole(1), F.code('e'))],
    [
      'a tensor of complex numbers',
      F.tensor(
        F.joined(
          F.tuple(F.text('storage'), F.name('torch', 'ComplexFloatStorage'), F.text('b'), F.text('cpu'), F.whole(1)),
          F.code('Q')
        ),
        0,
        [1],
        [1]
      )
    ]
  ])('%s', (_name, object) => {
    const found = dicts(
      F.dict([
        ['before', object],
        ['state_dict', one],
        ['after', object]
      ])
    )
    expect(found.map(({ at, keys }) => [at, keys])).toEqual([['state_dict', ['w']]])
  })

  it('a tensor of a subclass, which counts as a tensor', () => {
    const subclass = F.call(
      F.name('torch._tensor', '_rebuild_from_type_v2'),
      F.name('torch._utils', '_rebuild_tensor_v2'),
      F.name('my', 'Tensor'),
      F.tuple(F.storage(kept), F.whole(0), F.tuple(F.whole(6)), F.tuple(F.whole(1))),
      F.dict([])
    )
    expect(dicts(F.dict([['w', subclass]]))).toEqual([{ at: '', keys: ['w'], others: {} }])
  })
})
