/**
 * Images and their annotations, taken over from a JSON document one element of a list at a time.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { badTable, type DataError } from '../DataError.js'
import type { LabelledRegion } from './regionLists.js'
import type { SaidPoints } from '../points/saidPoints.js'
import type { Indexed } from '../Indexed.js'

/** An image and what is said of it. */
export interface Annotated {
  readonly name: string
  /** Where in the file it is annotated, for errors. */
  readonly number: number
  /** Whether somebody annotated it, if only by saying that there is nothing. */
  readonly labelled: boolean
  readonly labels: ReadonlyArray<string>
  /** None unless regions are asked for. */
  readonly regions: () => ReadonlyArray<LabelledRegion>
  /** The keypoints of each object in it, or all labelled points as one; empty unless points are asked for. */
  readonly points: ReadonlyArray<SaidPoints>
  readonly height: number
  readonly width: number
}

/** The annotated images of a file; some fields can be asked for alone, because there may be a million images. */
export interface AnnotatedImages extends Indexed<Annotated> {
  readonly nameAt: (i: number) => string
  readonly labelledAt: (i: number) => boolean
  readonly labelsAt: (i: number) => ReadonlyArray<string>
}

/**
 * The annotated images of a file, and all classes in their order if the file lists them.
 *
 * @since 0.1.0
 */
export interface Annotations {
  readonly images: AnnotatedImages
  /** The labels of regions; empty unless regions are asked for. */
  readonly regionLabels: ReadonlyArray<string>
  readonly classes?: ReadonlyArray<string>
}

/**
 * Takes over the elements of a document's lists in their order. `list` is the key of a list in a record, and null for
 * the document itself.
 *
 * @since 0.1.0
 */
export interface AnnotationReader {
  /** A list begins. */
  readonly begin: (list: string | null) => void
  readonly add: (list: string | null, element: unknown) => E.Either<DataError, void>
  readonly end: () => E.Either<DataError, Annotations>
}

/**
 * What is kept of annotations besides their labels: regions for masks, or points.
 *
 * @since 0.1.0
 */
export type Kept = 'masks' | 'points' | 'labels'

export type Fields = Readonly<Record<string, unknown>>

export type Read<A> = E.Either<DataError, A>

export const isFields = (u: unknown): u is Fields => typeof u === 'object' && u !== null && !Array.isArray(u)

export const numbersIn = (u: unknown): ReadonlyArray<number> | undefined =>
  Array.isArray(u) && u.every((one) => typeof one === 'number' && Number.isFinite(one))
    ? (u as Array<number>)
    : undefined

export const wrong = (place: string, expected: string, found: unknown): E.Either<DataError, never> =>
  E.left(badTable(place, expected, JSON.stringify(found)?.slice(0, 60) ?? 'nothing', 'correct it, or export again'))
