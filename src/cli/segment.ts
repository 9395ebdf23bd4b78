/**
 * `graft predict` of a model that gives pictures: a mask and an overlay for each, or what is made of it, as files.
 */
import { basename, extname, join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { classesOf, type Pixels } from '../data/index.js'
import type { GraftError } from '../GraftError.js'
import { type GraftEnv, predictImage, type Predictor, segment } from '../learn/index.js'

/** What was written for a picture, and the share that each class it shows has of it. */
export interface SegmentedFile {
  readonly image: string
  readonly mask: string
  readonly overlay: string
  readonly shares: Readonly<Record<string, number>>
}

const sharesOf = (codes: ReadonlyArray<string>, { data }: Pixels): Readonly<Record<string, number>> => {
  const counts = codes.map(() => 0)
  for (const index of data) counts[index]!++
  return Object.fromEntries(codes.flatMap((code, i) => (counts[i] === 0 ? [] : [[code, counts[i]! / data.length]])))
}

/** Two pictures may have one name, in different folders, or nearly one: the later gets a number in front. */
const stems = (images: ReadonlyArray<string>): ReadonlyArray<string> => {
  const taken = new Set<string>()
  return images.map((image, i) => {
    const name = basename(image, extname(image))
    const free = (n: number, stem: string): string =>
      taken.has(stem.toLowerCase()) ? free(n + 1, `${n}-${name}`) : stem
    const stem = free(i, name)
    taken.add(stem.toLowerCase())
    return stem
  })
}

const written =
  (file: string, pixels: Pixels): RTE.ReaderTaskEither<GraftEnv, GraftError, string> =>
  ({ images, files }) =>
    pipe(
      images.encode(pixels),
      TE.chain((png) => files.write(file, png)),
      TE.map(() => file)
    )

/** Segments pictures one after the other; files go to a folder. */
export const segmentAll =
  (images: ReadonlyArray<string>, folder: string) =>
  (p: Predictor): RTE.ReaderTaskEither<GraftEnv, GraftError, ReadonlyArray<SegmentedFile>> => {
    const names = stems(images)
    return pipe(
      images.map((image, i) =>
        pipe(
          segment(image)(p),
          RTE.chain(({ mask, overlay }) =>
            pipe(
              RTE.Do,
              RTE.apS('mask', written(join(folder, `${names[i]!}.mask.png`), mask)),
              RTE.apS('overlay', written(join(folder, `${names[i]!}.overlay.png`), overlay)),
              RTE.map((files) => ({ image, ...files, shares: sharesOf(classesOf(p.task), mask) }))
            )
          )
        )
      ),
      RTE.sequenceSeqArray
    )
  }

/** What a network of image regression makes of pictures, one after the other; files go to a folder. */
export const pictureAll =
  (images: ReadonlyArray<string>, folder: string) =>
  (
    p: Predictor
  ): RTE.ReaderTaskEither<
    GraftEnv,
    GraftError,
    ReadonlyArray<{ readonly image: string; readonly predicted: string }>
  > => {
    const names = stems(images)
    return pipe(
      images.map((image, i) =>
        pipe(
          predictImage(image)(p),
          RTE.chain((pixels) => written(join(folder, `${names[i]!}.predicted.png`), pixels)),
          RTE.map((predicted) => ({ image, predicted }))
        )
      ),
      RTE.sequenceSeqArray
    )
  }

/** `image  mask  overlay`, in columns. */
export const drawSegmented = (all: ReadonlyArray<SegmentedFile>): ReadonlyArray<string> => {
  const widest = (texts: ReadonlyArray<string>): number => Math.max(...texts.map((text) => text.length))
  const [image, mask] = [widest(all.map((f) => f.image)), widest(all.map((f) => f.mask))]
  return all.map((f) => `${f.image.padEnd(image)}  ${f.mask.padEnd(mask)}  ${f.overlay}`)
}
