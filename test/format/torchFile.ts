/** Files as torch.save writes them, pickles instruction by instruction. */
import { arrays, bytesOf, type Dtype } from '../../src/format/bytes/dtype.js'
import type { StoredTensor } from '../../src/format/index.js'
import { crc32 } from '../../src/format/bytes/torch/zip.js'

const encoder = new TextEncoder()

export const joined = (...parts: ReadonlyArray<Uint8Array>): Uint8Array => Uint8Array.from(Buffer.concat(parts))

const little = (value: number, bytes: number): Uint8Array => {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, BigInt(value), true)
  return new Uint8Array(view.buffer, 0, bytes)
}

/** Instructions by their letter, as pickletools lists them. */
export const code = (...letters: ReadonlyArray<string>): Uint8Array =>
  Uint8Array.from(Buffer.from(letters.join(''), 'latin1'))
export const text = (value: string): Uint8Array =>
  joined(code('X'), little(encoder.encode(value).length, 4), encoder.encode(value))
export const whole = (value: number): Uint8Array => joined(code('J'), little(value, 4))
export const name = (module: string, name_: string): Uint8Array => encoder.encode(`c${module}\n${name_}\n`)
export const tuple = (...items: ReadonlyArray<Uint8Array>): Uint8Array => joined(code('('), ...items, code('t'))
export const call = (what: Uint8Array, ...args: ReadonlyArray<Uint8Array>): Uint8Array =>
  joined(what, tuple(...args), code('R'))
export const dict = (entries: ReadonlyArray<readonly [string, Uint8Array]>): Uint8Array =>
  joined(code('}('), ...entries.flatMap(([key, value]) => [text(key), value]), code('u'))
export const pickle = (...parts: ReadonlyArray<Uint8Array>): Uint8Array => joined(code('\x80\x02'), ...parts, code('.'))

export const orderedDict: Uint8Array = call(name('collections', 'OrderedDict'))

const classes: Partial<Record<Dtype, string>> = {
  F64: 'Double',
  F32: 'Float',
  F16: 'Half',
  BF16: 'BFloat16',
  I64: 'Long',
  I32: 'Int',
  I16: 'Short',
  I8: 'Char',
  U8: 'Byte',
  BOOL: 'Bool'
}
export const torchDtypes = Object.keys(classes) as ReadonlyArray<Dtype>

export interface StorageFields {
  readonly dtype: Dtype
  readonly key: string
  readonly count: number
  /** In the older format: `[key, start, length]` of a part. */
  readonly part?: readonly [string, number, number]
}

export const storage = ({ dtype, key, count, part }: StorageFields, isLegacy = false): Uint8Array =>
  joined(
    tuple(
      text('storage'),
      name('torch', `${classes[dtype]}Storage`),
      text(key),
      text('cpu'),
      whole(count),
      ...(part !== undefined ? [tuple(text(part[0]), whole(part[1]), whole(part[2]))] : isLegacy ? [code('N')] : [])
    ),
    code('Q')
  )

export const tensor = (
  kept: Uint8Array,
  offset: number,
  shape: ReadonlyArray<number>,
  strides: ReadonlyArray<number>
): Uint8Array =>
  call(
    name('torch._utils', '_rebuild_tensor_v2'),
    kept,
    whole(offset),
    tuple(...shape.map(whole)),
    tuple(...strides.map(whole)),
    code('\x89'),
    orderedDict
  )

export const stridesOf = (shape: ReadonlyArray<number>): ReadonlyArray<number> =>
  shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1))

export interface ZipOptions {
  readonly method?: number
  readonly crc?: number
}

/** A zip of parts that are stored as they are. */
export const zip = (parts: ReadonlyArray<readonly [string, Uint8Array]>, options: ZipOptions = {}): Uint8Array => {
  const locals: Array<Uint8Array> = []
  const entries: Array<Uint8Array> = []
  let at = 0
  for (const [path, bytes] of parts) {
    const fields = joined(
      little(0, 2),
      little(options.method ?? 0, 2),
      little(0, 4),
      little(options.crc ?? crc32(bytes), 4),
      little(bytes.length, 4),
      little(bytes.length, 4),
      little(path.length, 2),
      little(0, 2)
    )
    const local = joined(code('PK\x03\x04'), little(0, 2), fields, encoder.encode(path), bytes)
    entries.push(
      joined(code('PK\x01\x02'), little(0, 4), fields, new Uint8Array(10), little(at, 4), encoder.encode(path))
    )
    locals.push(local)
    at += local.length
  }
  const directory = joined(...entries)
  const count = little(parts.length, 2)
  return joined(
    ...locals,
    directory,
    joined(code('PK\x05\x06'), little(0, 4), count, count, little(directory.length, 4), little(at, 4), little(0, 2))
  )
}

export const bytesIn = ({ data }: Pick<StoredTensor, 'data'>): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

export type Storages = ReadonlyArray<readonly [string, Uint8Array]>

export const zipFile = (object: Uint8Array, storages: Storages): Uint8Array =>
  zip([
    ['net/data.pkl', object],
    ['net/byteorder', encoder.encode('little')],
    ...storages.map(([key, bytes]) => [`net/data/${key}`, bytes] as const)
  ])

const magic = code('\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19')

export const legacyFile = (
  object: Uint8Array,
  storages: ReadonlyArray<readonly [string, Uint8Array, number]>
): Uint8Array =>
  joined(
    pickle(magic),
    pickle(code('M\xe9\x03')),
    pickle(dict([['little_endian', code('\x88')]])),
    object,
    pickle(code(']('), ...storages.map(([key]) => text(key)), code('e')),
    ...storages.flatMap(([, bytes, size]) => [little(bytes.length / size, 8), bytes])
  )

/** A state dict, each tensor with a storage of its own, in the format of today or in the older one. */
export const saved = (tensors: ReadonlyMap<string, StoredTensor>, format: 'zip' | 'legacy'): Uint8Array => {
  const all = [...tensors].map(([key, t], i) => ({ key, t, store: String(i) }))
  const object = pickle(
    orderedDict,
    code('('),
    ...all.flatMap(({ key, t, store }) => [
      text(key),
      tensor(
        storage({ dtype: t.dtype, key: store, count: t.data.length }, format === 'legacy'),
        0,
        t.shape,
        stridesOf(t.shape)
      )
    ]),
    code('u')
  )
  return format === 'zip'
    ? zipFile(
        object,
        all.map(({ t, store }) => [store, bytesIn(t)])
      )
    : legacyFile(
        object,
        all.map(({ t, store }) => [store, bytesIn(t), bytesOf(t.dtype)])
      )
}

/** Values 1, 2, ... in a dtype's array. */
export const counted = (dtype: Dtype, shape: ReadonlyArray<number>): StoredTensor => {
  const count = shape.reduce((a, b) => a * b, 1)
  const values = Array.from({ length: count }, (_, i) => i + 1)
  const data = dtype === 'I64' ? BigInt64Array.from(values.map(BigInt)) : new arrays[dtype](values as never)
  return { dtype, shape, data }
}
