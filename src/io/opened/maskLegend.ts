/** The classes of masks and their values or colours, from the description and the files that it names. */
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  codesIn,
  coloursIn,
  legendOf,
  type DataError,
  type ImageMasks,
  type Legend,
  type MaskMap
} from '../../data/index.js'
import type { HasFiles } from '../Files.js'
import type { IoError } from '../IoError.js'

/** The legend of a source's masks. */
export const legendFrom =
  (source: ImageMasks) =>
  ({ files }: HasFiles): TE.TaskEither<DataError | IoError, Legend> => {
    const { path, codes, colours } = source
    const at = (file: string) => files.read(join(path, file))
    const named =
      typeof codes === 'string' ? TE.map(codesIn)(at(codes)) : TE.right<IoError, ReadonlyArray<string>>(codes)
    const file = O.isSome(colours) && typeof colours.value === 'string' ? colours.value : undefined
    const map =
      file === undefined
        ? TE.right<DataError | IoError, MaskMap>({})
        : TE.chainEitherKW((bytes: Uint8Array) => coloursIn(file, bytes))(at(file))
    return pipe(
      named,
      TE.bindTo('known'),
      TE.bindW('map', () => map),
      TE.chainEitherKW(({ known, map: read }) => legendOf(source, known, read))
    )
  }
