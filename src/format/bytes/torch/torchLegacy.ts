/**
 * torch's format before 1.6: five consecutive pickles (a magic number, a version, system information, the object, the
 * keys of its storages), then for each storage its count in eight bytes and its values.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { bytesOf } from '../dtype.js'
import {
  badHeader,
  badValue,
  type FormatError,
  type FormatErrors,
  missingKey,
  notWeights,
  sizeMismatch,
  unusedBytes
} from '../../FormatError.js'
import { type Cursor, take, uint64 } from './arguments.js'
import { isA, type Pickled, showPickled, type Storage } from './Pickled.js'
import { refused, storedDicts, type StoredStateDicts, unknownIn } from './StoredStateDict.js'
import { unpickle, type Unpickled } from './unpickle.js'

type Read<A> = E.Either<FormatError, A>

const magic = 0x1950a86a20f9469cfc6cn
const version = 1001
const again = 'fetch or write the file again'

const next = (cursor: Cursor, part: string): Read<Unpickled> => {
  cursor.part = part
  return unpickle(cursor)
}

/** The error for a pickle that another program has written, with `pickle.dump` for example. */
const foreign = (found: Pickled): FormatError =>
  isA('Placeholder')(found)
    ? refused(found)
    : notWeights(
        'the file',
        'weights: a safetensors file, or one written by torch.save',
        `a pickle of ${showPickled(found)}, as pickle.dump writes it`,
        "write it with torch.save, in Python: torch.save({k: torch.as_tensor(v) for k, v in pickle.load(open(FILE, 'rb')).items()}, NEW)"
      )

const value = (cursor: Cursor, part: string, is: (found: Pickled) => boolean, expected: string): Read<Pickled> =>
  pipe(
    next(cursor, part),
    E.chain(({ value: found }) =>
      is(found)
        ? E.right(found)
        : isA('Placeholder')(found)
          ? E.left(refused(found))
          : E.left(badHeader(part, expected, showPickled(found), 'pass a file written by torch.save, or safetensors'))
    )
  )

const isLittleEndian = (machine: Pickled): boolean =>
  isA('Dict')(machine) && machine.entries.get('little_endian') !== false

/** The object, after the preceding pickles. */
const objectAt = (cursor: Cursor): Read<Unpickled> =>
  pipe(
    next(cursor, 'magic number'),
    E.filterOrElse(
      ({ value: found }) => found === magic,
      ({ value: found }) => foreign(found)
    ),
    E.chain(() => value(cursor, 'version', (found) => found === version, String(version))),
    E.chain(() => value(cursor, 'machine', isLittleEndian, 'a little-endian machine')),
    E.chain(() => next(cursor, 'object'))
  )

/** One storage per key, however often the object refers to it. */
const byKey = (storages: ReadonlyArray<Storage>): Read<ReadonlyMap<string, Storage>> => {
  const found = new Map<string, Storage>()
  for (const storage of storages) {
    const { key, dtype, count } = found.get(storage.key) ?? storage
    if (storage.dtype !== dtype || storage.count !== count)
      return E.left(
        badValue(`storage ${key}`, `${count} ${dtype}`, `${storage.count} ${storage.dtype} elsewhere`, again)
      )
    found.set(key, storage)
  }
  return E.right(found)
}

const keysAt = (cursor: Cursor): Read<ReadonlyArray<Pickled>> =>
  pipe(
    value(cursor, 'storage keys', isA('List'), 'a list'),
    E.map((list) => (isA('List')(list) ? list.items : []))
  )

/** The values of every storage, from the rest of the file. */
const keptAt = (
  cursor: Cursor,
  keys: ReadonlyArray<Pickled>,
  storages: ReadonlyMap<string, Storage>
): Read<ReadonlyMap<string, Uint8Array>> => {
  const kept = new Map<string, Uint8Array>()
  for (const key of keys) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined
    if (storage === undefined)
      return E.left(badValue('storage keys', 'the keys that the object refers to', showPickled(key), again))
    cursor.part = `storage ${storage.key}`
    const bytes = pipe(
      uint64(cursor),
      E.filterOrElse(
        (count: number) => count === storage.count,
        (count): FormatError => sizeMismatch(cursor.part, `${storage.count} values`, `${count}`, again)
      ),
      E.chain((count) => take(count * bytesOf(storage.dtype))(cursor))
    )
    if (E.isLeft(bytes)) return bytes
    kept.set(storage.key, bytes.right)
  }
  const rest = cursor.bytes.length - cursor.at
  return rest === 0
    ? E.right(kept)
    : E.left(unusedBytes('end of file', 'the last storage', `${rest} bytes more`, 'cut them off, or fetch it again'))
}

export const readTorchLegacy = (bytes: Uint8Array): E.Either<FormatErrors, StoredStateDicts> => {
  const cursor: Cursor = { bytes, part: '', at: 0 }
  return pipe(
    objectAt(cursor),
    E.bindTo('object'),
    E.bind('storages', ({ object }) => byKey(object.storages)),
    E.bind('keys', () => keysAt(cursor)),
    E.bind('kept', ({ object, keys, storages }) => {
      // a storage of another class has no entry among the storages
      const others = keys.some((key) => typeof key === 'string' && !storages.has(key))
      const unknown = others ? unknownIn(object.value) : undefined
      return unknown === undefined ? keptAt(cursor, keys, storages) : E.left(refused(unknown))
    }),
    E.mapLeft((error): FormatErrors => [error]),
    E.chain(({ object, kept }) =>
      storedDicts(
        object.value,
        ({ key }) =>
          E.fromNullable(missingKey(`storage ${key}`, 'the values of a storage', 'none in the file', again))(
            kept.get(key)
          ),
        bytes.length
      )
    )
  )
}
