/**
 * The safetensors format: eight bytes with the header's length (little-endian), the header as JSON, and the tensors'
 * values without gaps (huggingface/safetensors, "Format"). The reader validates everything and executes nothing.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { decodeWith } from '../grammar/Decoder.js'
import { arrayOf, littleEndian, swapped } from './byteOrder.js'
import { arrays, bytesOf, type Dtype, dtypes, type TensorArray } from './dtype.js'
import { elements, type StoredTensor } from './StoredTensor.js'
import { placeOf } from '../grammar/explain.js'
import {
  badHeader,
  badLength,
  badOffsets,
  badValue,
  type FormatError,
  type FormatErrors,
  isNonEmpty,
  sizeMismatch,
  unusedBytes
} from '../FormatError.js'
import { makeSchema, type TypeOf } from '../grammar/Grammar.js'
import { parseJson } from '../grammar/json.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/**
 * The contents of a file.
 *
 * @category bytes
 * @since 0.1.0
 */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>
  readonly metadata: Readonly<Record<string, string>>
}

const prefix = 8
/** The reference implementation's limit. */
const longestHeader = 100_000_000
const metadataKey = '__metadata__'

// -------------------------------------------------------------------------------------
// writing
// -------------------------------------------------------------------------------------

/** The bytes of values as stored in a file. */
const fileBytes = (data: TensorArray): Uint8Array => {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return littleEndian ? bytes : swapped(bytes, data.BYTES_PER_ELEMENT)
}

const writeErrors = (name: string, { dtype, shape, data }: StoredTensor): ReadonlyArray<FormatError> => [
  ...(name === metadataKey ? [badValue(name, 'a name for a tensor', 'the name of the metadata', 'rename it')] : []),
  ...(shape.every((side) => Number.isSafeInteger(side) && side >= 0) && elements(shape) === data.length
    ? []
    : [
        sizeMismatch(
          name,
          `as many values as the shape [${shape.join(', ')}] has`,
          `${data.length}`,
          'pass integer sides whose product is the number of values'
        )
      ]),
  ...(data instanceof arrays[dtype]
    ? []
    : [
        badValue(
          name,
          `${dtype} in a ${arrays[dtype].name}`,
          data.constructor.name,
          'convert the values, or change the dtype'
        )
      ])
]

/**
 * Writes tensors; the same tensors in the same order give the same bytes. Those with larger elements come first, so
 * that every tensor is aligned to its element size. Errors: `SizeMismatch` (shape and values), `BadValue` (array and
 * dtype).
 *
 * @example
 * import { Format } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const tensors = new Map([['fc.bias', { dtype: 'F32' as const, shape: [2], data: Float32Array.of(1, 2) }]])
 * const again = pipe(Format.writeSafetensors(tensors, { epoch: '3' }), E.chain(Format.readSafetensors))
 * assert.deepStrictEqual(again, E.right({ tensors, metadata: { epoch: '3' } }))
 *
 * @category bytes
 * @since 0.1.0
 */
export const writeSafetensors = (
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {}
): E.Either<FormatErrors, Uint8Array> => {
  const errors = [...tensors].flatMap(([name, tensor]) => writeErrors(name, tensor))
  if (isNonEmpty(errors)) return E.left(errors)
  const ordered = [...tensors].toSorted(([, a], [, b]) => bytesOf(b.dtype) - bytesOf(a.dtype))
  let end = 0
  const entries = ordered.map(([name, { dtype, shape, data }]) => {
    const begin = end
    end += data.byteLength
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`
  })
  // written by hand, because an object would move numeric keys to the front
  const about = Object.keys(metadata).length === 0 ? [] : [`${JSON.stringify(metadataKey)}:${JSON.stringify(metadata)}`]
  const json = new TextEncoder().encode(`{${[...about, ...entries].join(',')}}`)
  const headerLength = Math.ceil(json.length / prefix) * prefix
  const bytes = new Uint8Array(prefix + headerLength + end)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true)
  bytes.fill(0x20, prefix + json.length, prefix + headerLength)
  bytes.set(json, prefix)
  let at = prefix + headerLength
  for (const [, { data }] of ordered) {
    bytes.set(fileBytes(data), at)
    at += data.byteLength
  }
  return E.right(bytes)
}

// -------------------------------------------------------------------------------------
// reading the header
// -------------------------------------------------------------------------------------

const entrySchema = makeSchema((g) =>
  g.object(
    {
      dtype: g.literal(...(dtypes as readonly [Dtype, ...ReadonlyArray<Dtype>])),
      shape: g.list(g.whole(0)),
      data_offsets: g.pair(g.whole(0))
    },
    {}
  )
)

interface Entry extends TypeOf<typeof entrySchema> {
  readonly name: string
}

const headerLengthOf = (bytes: Uint8Array): E.Either<FormatErrors, number> => {
  const again = 'fetch or write the file again'
  if (bytes.length < prefix)
    return E.left([badLength('header length', `${prefix} bytes`, `a file of ${bytes.length}`, again)])
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  if (length > BigInt(longestHeader))
    return E.left([
      badLength(
        'header length',
        `at most ${longestHeader} bytes of header`,
        `${length}`,
        'check that this is a safetensors file'
      )
    ])
  return BigInt(bytes.length - prefix) < length
    ? E.left([badLength('header', `${length} bytes`, `${bytes.length - prefix}, then the end of the file`, again)])
    : E.right(Number(length))
}

const headerText = (bytes: Uint8Array): E.Either<FormatErrors, string> =>
  bytes[0] === 0x7b
    ? E.tryCatch(
        () => new TextDecoder('utf-8', { fatal: true }).decode(bytes),
        () => [badHeader('header', 'UTF-8 text', 'other bytes', 'fetch or write the file again')]
      )
    : E.left([
        badHeader(
          'header',
          'JSON that starts with {',
          `the byte ${bytes[0] ?? 'after the end'}`,
          'check that this is a safetensors file'
        )
      ])

const under =
  (name: string) =>
  (errors: FormatErrors): FormatErrors =>
    errors.map((e) => ({ ...e, path: e.path === placeOf('') ? name : `${name}: ${e.path}` })) as unknown as FormatErrors

const metadataOf = (json: unknown): E.Either<FormatErrors, Readonly<Record<string, string>>> =>
  typeof json === 'object' &&
  json !== null &&
  !Array.isArray(json) &&
  Object.values(json).every((v) => typeof v === 'string')
    ? E.right(json as Readonly<Record<string, string>>)
    : E.left([
        badValue(metadataKey, 'an object from text to text', 'something else', 'write every value in double quotes')
      ])

interface Header {
  readonly entries: ReadonlyArray<Entry>
  readonly metadata: Readonly<Record<string, string>>
}

/** The entries of another dtype, such as 8-bit floats and complex numbers: one mistake, however many they are. */
const otherDtypes = (json: object): ReadonlyArray<FormatError> => {
  const others = Object.entries(json as Readonly<Record<string, { readonly dtype?: unknown } | null>>).flatMap(
    ([name, entry]) => {
      const dtype = name === metadataKey ? undefined : entry?.dtype
      return typeof dtype === 'string' && !Object.hasOwn(arrays, dtype) ? [[name, dtype] as const] : []
    }
  )
  const [first] = others
  if (first === undefined) return []
  const found = [...new Set(others.map(([, dtype]) => dtype))].slice(0, 5)
  return [
    badValue(
      `${first[0]}: dtype`,
      `one of ${dtypes.join(', ')}`,
      `${found.join(', ')}${others.length === 1 ? '' : ` (${others.length} tensors)`}`,
      'convert the tensors, in Python: save_file({k: v.float() for k, v in load_file(FILE).items()}, NEW)'
    )
  ]
}

const headerOf = (json: unknown): E.Either<FormatErrors, Header> => {
  const others = otherDtypes(json as object)
  if (isNonEmpty(others)) return E.left(others)
  const errors: Array<FormatError> = []
  const entries: Array<Entry> = []
  let metadata: Readonly<Record<string, string>> = {}
  for (const [name, value] of Object.entries(json as object)) {
    if (name === metadataKey) {
      const about = metadataOf(value)
      if (E.isLeft(about)) errors.push(...about.left)
      else metadata = about.right
      continue
    }
    const entry = pipe(decodeWith(entrySchema)(value), E.mapLeft(under(name)))
    if (E.isLeft(entry)) errors.push(...entry.left)
    else entries.push({ name, ...entry.right })
  }
  return isNonEmpty(errors) ? E.left(errors) : E.right({ entries, metadata })
}

// -------------------------------------------------------------------------------------
// checking the layout
// -------------------------------------------------------------------------------------

/** A file that ends before its tensors do was truncated, which is one mistake however many tensors it affects. */
const cutOff = (ordered: ReadonlyArray<Entry>, available: number): ReadonlyArray<FormatError> => {
  const [first, ...others] = ordered.filter(({ data_offsets: [, end] }) => end > available)
  if (first === undefined) return []
  const needed = [first, ...others].reduce((most, { data_offsets: [, end] }) => Math.max(most, end), 0)
  return [
    badLength(
      first.name,
      `${needed} bytes of values`,
      `${available}, then the end of the file${others.length === 0 ? '' : `; ${others.length + 1} of ${ordered.length} tensors are missing or cut off`}`,
      'fetch or write the file again'
    )
  ]
}

const entryErrors = ({ name, dtype, shape, data_offsets: [begin, end] }: Entry): ReadonlyArray<FormatError> => {
  if (end < begin) return [badOffsets(name, 'an end after the beginning', `${begin} to ${end}`, 'write the file again')]
  const count = elements(shape)
  const needed = count === null ? null : count * bytesOf(dtype)
  return needed === end - begin
    ? []
    : [
        sizeMismatch(
          name,
          `${needed ?? 'more than any file has'} bytes for ${dtype} [${shape.join(', ')}]`,
          `${end - begin}`,
          'write the file again'
        )
      ]
}

const layoutErrors = (ordered: ReadonlyArray<Entry>, available: number): ReadonlyArray<FormatError> => {
  const errors: Array<FormatError> = []
  let at = 0
  for (const { name, data_offsets } of ordered) {
    const [begin, end] = data_offsets
    if (begin < at)
      errors.push(
        badOffsets(name, `values from byte ${at} on`, `from ${begin}, within another tensor`, 'write the file again')
      )
    if (begin > at)
      errors.push(
        unusedBytes(
          name,
          `values from byte ${at} on`,
          `${begin - at} bytes before it that belong to no tensor`,
          'write the file again'
        )
      )
    at = Math.max(at, end)
  }
  if (at < available)
    errors.push(
      unusedBytes(
        'end of file',
        `${at} bytes of values`,
        `${available - at} more`,
        'cut them off, or fetch the file again'
      )
    )
  return errors
}

const checked = (header: Header, available: number): E.Either<FormatErrors, Header> => {
  const ordered = header.entries.toSorted(({ data_offsets: a }, { data_offsets: b }) => a[0] - b[0] || a[1] - b[1])
  const short = cutOff(ordered, available)
  const each = short.length > 0 ? short : ordered.flatMap(entryErrors)
  const errors = each.length > 0 ? each : layoutErrors(ordered, available)
  return isNonEmpty(errors) ? E.left(errors) : E.right({ ...header, entries: ordered })
}

// -------------------------------------------------------------------------------------
// reading the values
// -------------------------------------------------------------------------------------

/**
 * Reads tensors, in the order of their values in the file. They are views of `bytes` where alignment allows, so do not
 * write to `bytes` afterwards. The header's length, text, types, shapes and offsets are checked against each other and
 * against the file's size, and bytes that belong to no tensor are an error.
 *
 * Errors: `BadLength`, `BadHeader`, `NotJson`, `DuplicateKey`, `TooDeep`, `UnknownKey`, `MissingKey`, `BadValue`,
 * `SizeMismatch`, `BadOffsets`, `UnusedBytes`; `path` names the tensor.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * const wrong = Format.readSafetensors(Uint8Array.of(1, 2, 3))
 * assert.deepStrictEqual(wrong._tag === 'Left' && wrong.left.map((e) => e._tag), ['BadLength'])
 *
 * @category bytes
 * @since 0.1.0
 */
export const readSafetensors = (bytes: Uint8Array): E.Either<FormatErrors, Safetensors> =>
  pipe(
    headerLengthOf(bytes),
    E.chain((length) => {
      const values = bytes.subarray(prefix + length)
      return pipe(
        headerText(bytes.subarray(prefix, prefix + length)),
        E.chain(parseJson),
        E.chain(headerOf),
        E.chain((header) => checked(header, values.length)),
        E.map(({ entries, metadata }) => ({
          tensors: new Map(
            entries.map((entry) => [
              entry.name,
              {
                dtype: entry.dtype,
                shape: entry.shape,
                data: arrayOf(entry.dtype, values.subarray(...entry.data_offsets))
              }
            ])
          ),
          metadata
        }))
      )
    })
  )
