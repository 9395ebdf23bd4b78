// Files that are no weights are named by their first bytes, with what to do.
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { readStateDicts } from '../../src/format/index.js'
import * as F from './torchFile.js'

const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'))
const named = (bytes: Uint8Array) => {
  const result = readStateDicts(bytes)
  return E.isLeft(result) ? result.left.map(({ _tag, found }) => [_tag, found]) : 'read'
}
const part = (name: string) => F.zip([[name, latin1('content')]])

describe('a file of another kind is named', () => {
  it.each<readonly [string, Uint8Array]>([
    ['an HTML page', latin1('<html>404</html>')],
    ['an HTML page', latin1('\n  <!DOCTYPE html>\n<html lang="en">')],
    ['an XML document', latin1('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>')],
    ['a Git LFS pointer', latin1('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12345\n')],
    ['a text in JSON', latin1('{"error": "Repository not found"}')],
    ['a text', latin1('Not Found')],
    ['a gzip archive', latin1('\x1f\x8b\x08\0')],
    ['a bzip2 archive', latin1('BZh91AY')],
    ['an xz archive', latin1('\xfd7zXZ\0')],
    ['a Zstandard archive', latin1('\x28\xb5\x2f\xfd')],
    ['a 7z archive', latin1('7z\xbc\xaf\x27\x1c')],
    ['a RAR archive', latin1('Rar!\x1a\x07')],
    ['a tar archive', latin1(`weights.pth${'\0'.repeat(246)}ustar\x0000`)],
    ['an HDF5 file', latin1('\x89HDF\r\n\x1a\n')],
    ['a NumPy array', latin1("\x93NUMPY\x01\0v\0{'descr'")],
    ['an ONNX model', latin1('\x08\x08\x12\x07pytorch\x1a\x052.4.0')],
    ['an ONNX model', latin1('\x08\x08\x3a\xe8\x01')],
    ['a TensorFlow SavedModel', latin1('\x08\x01\x12\xe8\x9a\x01\x0a')],
    ['a TensorFlow Lite model', latin1('\x1c\0\0\0TFL3\x14')],
    ['a GGUF file', latin1('GGUF\x03\0\0\0')],
    ['a PNG image', latin1('\x89PNG\r\n\x1a\n')],
    ['a JPEG image', latin1('\xff\xd8\xff\xe0')],
    ['an empty file', new Uint8Array(0)],
    ['only zeros', new Uint8Array(4096)],
    ['a Keras model', part('model.weights.h5')],
    ['NumPy arrays', part('conv1.weight.npy')],
    [
      'a program of torch.export',
      F.zip([
        ['m/data/weights/weight_0.pt', latin1('x')],
        ['m/archive_format', latin1('pt2')]
      ])
    ],
    ['a zip with a file of weights', part('weights/resnet18.pth')],
    ['a zip of 1 parts without data.pkl', part('notes.txt')]
  ])('%s', (what, bytes) => {
    const said = named(bytes)
    expect(said).toHaveLength(1)
    expect(said[0]![0]).toBe('NotWeights')
    expect(said[0]![1]).toContain(what)
  })

  it('TorchScript is named before an error about its compression', () => {
    const script = F.zip(
      [
        ['net/code/net.py', latin1('x')],
        ['net/data.pkl', F.pickle(F.whole(1))],
        ['net/constants.pkl', latin1('x')]
      ],
      { method: 8 }
    )
    expect(named(script)).toEqual([['RefusedPickle', 'a program (TorchScript)']])
  })

  it.each([
    ['a dict, protocol 0', '(dp0\nVfc.weight\np1\n'],
    ['a list, protocol 0', '(lp0\nI1\naI2\na.'],
    ['an ordered dict, protocol 0', 'ccollections\nOrderedDict\np0\n(tp1\nRp2\n'],
    ['a module, protocol 0', 'ccopy_reg\n_reconstructor\np0\n(ctorch.nn\nLinear\np1\n'],
    ['a dict, protocol 1', '}q\0(X\x09\0\0\0fc.weight'],
    ['a list, protocol 1', ']q\0(K\x01K\x02e.']
  ])('%s, of pickle.dump, is named', (_, start) => {
    expect(named(latin1(start + 'x'.repeat(600)))).toEqual([
      ['NotWeights', 'a pickle of protocol 0 or 1, which torch.save does not write']
    ])
  })

  it('a pickle that torch.save did not write is an error that says what it contains', () => {
    expect(named(F.pickle(F.dict([['a', F.whole(1)]])))).toEqual([
      ['NotWeights', 'a pickle of a dict of 1, as pickle.dump writes it']
    ])
    const result = readStateDicts(F.pickle(F.dict([['a', F.whole(1)]])))
    expect(E.isLeft(result) && result.left[0].hint).toContain('torch.save(')
  })
})
