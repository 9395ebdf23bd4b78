/** Reads an image and its mask or target to check that they can be decoded and match. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { kindOfSource, type Classified, type DataError, type DataSpec, type Labelled } from '../../data/index.js'
import type { HasFiles } from '../Files.js'
import type { DecodedImage, HasImages, ImageHeader } from '../Images.js'
import type { IoError } from '../IoError.js'
import { pairedSides } from './pairing.js'

/** A file's header, and what decoding adds: the range of deep samples, the values of a mask. */
export interface VerifiedFile {
  readonly header: ImageHeader
  readonly samples?: DecodedImage['samples']
  readonly mask?: Omit<Classified, 'classes'> & { readonly lossy: boolean }
}

/** An image, and its mask or target, if it has one. */
export interface Verified {
  readonly file: string
  readonly image: VerifiedFile
  readonly label?: VerifiedFile & { readonly file: string; readonly sides: 'same' | 'scaled' }
}

type Read<A> = ReaderTaskEither<HasFiles & HasImages, DataError | IoError, A>

/** How to read images, masks and targets. */
export interface Readers {
  readonly image: (file: string) => Read<VerifiedFile>
  readonly mask: (file: string) => Read<VerifiedFile>
}

/** The kind of files that are a source's labels, if they are files. */
export const pairKind = ({ source }: DataSpec): O.Option<'mask' | 'target'> =>
  O.fromNullable(
    ({ values: undefined, masks: 'mask', pictures: 'target' } as const)[kindOfSource(source).labels(source)]
  )

/** Reads an image with its mask or target. Errors: those of reading, and `BadMask` if they do not match. */
export const verifyPair =
  (spec: DataSpec, { image, mask }: Readers) =>
  ({ file, label }: Labelled): Read<Verified> => {
    const kind = pairKind(spec)
    if (O.isNone(kind)) return RTE.map((its: VerifiedFile): Verified => ({ file, image: its }))(image(file))
    const check = pairedSides(spec.orientation, O.isSome(spec.size))
    return pipe(
      RTE.Do,
      RTE.bind('image', () => image(file)),
      RTE.bind('own', () => (kind.value === 'mask' ? mask : image)(label)),
      RTE.chainEitherKW(({ image: its, own }) =>
        pipe(
          check({ file, header: its.header }, { file: label, header: own.header }, kind.value),
          E.map((sides): Verified => ({ file, image: its, label: { file: label, ...own, sides } }))
        )
      )
    )
  }
