/**
 * `graft predict` for models whose output is an image: writes a mask and an overlay for each image, or the predicted
 * image; and for points that are drawn.
 */
import { basename, extname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RT from 'fp-ts/lib/ReaderTask.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { classesOf, type Pixels } from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import { maskLegend, overlayPoints } from '../../interpret/draw/index.js'
import { saveFigure } from '../../io/index.js'
import {
  type GraftEnv,
  predictAll,
  predictImage,
  type Prediction,
  type Predictor,
  segment,
  wholePicture
} from '../../learn/index.js'
import type { Describe, ReadPicture } from './predict.js'

/** The files written for an image, and the fraction of each class in it. */
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

/** Images in different folders may have equal or nearly equal names; later ones get a number in front. */
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

/** Where files are written, and how they are named. */
export interface Placing {
  /** Names of all images, not only those described now. */
  readonly names: ReadonlyArray<string>
  readonly folder: string
  readonly json: boolean
}

/** Processes images one after the other, each described by `line`. */
const oneByOne =
  (
    { names, folder }: Placing,
    line: (one: ReadPicture, stem: string) => RTE.ReaderTaskEither<GraftEnv, GraftError, string>
  ): Describe =>
  (pictures) => {
    const stemOf = new Map(stems(names).map((stem, i) => [names[i]!, join(folder, stem)]))
    return pipe(
      pictures,
      RT.traverseSeqArray((one) =>
        pipe(line(one, stemOf.get(one.name)!), RTE.match(E.left<GraftError, string>, E.right))
      ),
      (each) => RTE.rightReaderTask(each)
    )
  }

/** The legend of the masks' colours. */
export const legendFile = (p: Predictor, folder: string): RTE.ReaderTaskEither<GraftEnv, GraftError, void> =>
  pipe(maskLegend(classesOf(p.task)), saveFigure(join(folder, 'legend.png')))

/** Segments images: `image  mask  overlay`. */
export const segmentedFiles = (p: Predictor, placing: Placing): Describe =>
  oneByOne(placing, ({ name, picture }, stem) =>
    pipe(
      segment(picture)(p),
      RTE.chain(({ mask, overlay }) =>
        pipe(
          RTE.Do,
          RTE.apS('mask', written(`${stem}.mask.png`, mask)),
          RTE.apS('overlay', written(`${stem}.overlay.png`, overlay)),
          RTE.map((files): SegmentedFile => ({ image: name, ...files, shares: sharesOf(classesOf(p.task), mask) }))
        )
      ),
      RTE.map((one) => (placing.json ? JSON.stringify(one) : `${name}  ${one.mask}  ${one.overlay}`))
    )
  )

/** Marks predicted points in images; `line` describes them. */
export const pointFiles = (
  p: Predictor,
  placing: Placing,
  tta: boolean,
  line: (prediction: Prediction) => string
): Describe =>
  oneByOne(placing, ({ name, picture }, stem) =>
    pipe(
      RTE.Do,
      RTE.bind('found', () => predictAll([picture], tta ? { tta: {} } : {})(p)),
      RTE.bind('seen', () => wholePicture(picture, p)),
      RTE.chain(({ found: [prediction], seen }) =>
        pipe(
          written(`${stem}.points.png`, overlayPoints(prediction!.probabilities)(seen)),
          RTE.map(() => line({ ...prediction!, image: name }))
        )
      )
    )
  )

/** Predicts images with an image-to-image network: `image  predicted`. */
export const pictureFiles = (p: Predictor, placing: Placing): Describe =>
  oneByOne(placing, ({ name, picture }, stem) =>
    pipe(
      predictImage(picture)(p),
      RTE.chain((pixels) => written(`${stem}.predicted.png`, pixels)),
      RTE.map((predicted) => (placing.json ? JSON.stringify({ image: name, predicted }) : `${name}  ${predicted}`))
    )
  )
