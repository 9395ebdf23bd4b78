/**
 * torch's format since 1.6: a zip with a pickle `NAME/data.pkl` and each storage's values in `NAME/data/KEY`.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { bytesOf } from '../dtype.js'
import { otherZip } from '../fileKind.js'
import {
  badValue,
  badZip,
  type FormatError,
  type FormatErrors,
  missingKey,
  refusedPickle,
  sizeMismatch
} from '../../FormatError.js'
import { storedDicts, type StoredStateDicts } from './StoredStateDict.js'
import type { Kept } from './tensors.js'
import { unpickle } from './unpickle.js'
import { partsOf } from './zip.js'

type Parts = ReadonlyMap<string, Uint8Array>

const keptIn =
  (parts: Parts, root: string): Kept =>
  ({ key, count, dtype }) => {
    const bytes = parts.get(`${root}data/${key}`)
    if (bytes === undefined)
      return E.left(missingKey(`${root}data/${key}`, 'the values of a storage', 'no such part', 'save it again'))
    const needed = count * bytesOf(dtype)
    return bytes.length === needed
      ? E.right(bytes)
      : E.left(
          sizeMismatch(
            `${root}data/${key}`,
            `${needed} bytes for ${count} ${dtype}`,
            `${bytes.length}`,
            'save it again'
          )
        )
  }

const suffix = 'data.pkl'

const rootsIn = (names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names.filter((n) => n.endsWith(`/${suffix}`)).map((n) => n.slice(0, -suffix.length))

/** What is wrong with a zip of these parts; null: torch.save may have written it. */
const notSaved = (names: ReadonlyArray<string>): FormatError | null => {
  const [root, ...others] = rootsIn(names)
  if (root === undefined) return otherZip(names)
  if (others.length > 0)
    return badZip(suffix, 'one pickle called data.pkl', `${1 + others.length}`, 'pass a file written by torch.save')
  return names.includes(`${root}constants.pkl`)
    ? refusedPickle(
        `${root}constants.pkl`,
        'tensors alone',
        'a program (TorchScript)',
        'write its weights: torch.save(torch.jit.load(FILE).state_dict(), OTHER)'
      )
    : null
}

/** The folder that contains everything. */
const rootOf = (parts: Parts): E.Either<FormatErrors, string> => {
  const root = rootsIn([...parts.keys()])[0] ?? ''
  const order = parts.get(`${root}byteorder`)
  return order !== undefined && new TextDecoder().decode(order).trim() !== 'little'
    ? E.left([badValue(`${root}byteorder`, 'little', 'another', 'save it again on a little-endian machine')])
    : E.right(root)
}

export const readTorchZip = (bytes: Uint8Array): E.Either<FormatErrors, StoredStateDicts> =>
  pipe(
    partsOf(bytes, notSaved),
    E.mapLeft((error): FormatErrors => [error]),
    E.chain((parts) =>
      pipe(
        rootOf(parts),
        E.chain((root) => {
          const part = `${root}${suffix}`
          return pipe(
            unpickle({ bytes: parts.get(part)!, part, at: 0 }),
            E.mapLeft((error): FormatErrors => [error]),
            E.chain(({ value }) => storedDicts(value, keptIn(parts, root), bytes.length))
          )
        })
      )
    )
  )
