/** The files of a description: found, labelled and divided into sets, none of them decoded. */
import { isAbsolute, join, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  dataError,
  dataLayout,
  holdoutByList,
  holdoutOf,
  kindOfSource,
  readExclusion,
  someOf,
  withoutExcluded,
  type Annotations,
  type Arranged,
  type DataError,
  type DataLayout,
  type DataSpec,
  type Listing,
  type Place,
  type Shard
} from '../../data/index.js'
import { untarData, type UntarEnv } from '../network/untarData.js'
import type { HasImages } from '../Images.js'
import type { IoError } from '../IoError.js'
import { annotatedImages } from '../shards/annotatedImages.js'
import { shardIndex } from '../shards/shardIndex.js'
import { parallel } from '../workers/parallel.js'
import { digitsFolder } from './digits.js'

type Env = UntarEnv & HasImages

type Failure = DataError | IoError

/** The folder of a source. */
export interface Root {
  readonly root: string
  readonly generated: boolean
}

/** The folder of a source, generated or downloaded first if necessary. */
export const rootOf =
  (place: Place) =>
  (env: Env): TE.TaskEither<Failure, Root> => {
    switch (place._tag) {
      case 'Drawn':
        return TE.map((root: string) => ({ root, generated: true }))(digitsFolder(place)(env))
      case 'Fetched':
        return TE.map((root: string) => ({ root, generated: false }))(untarData(place.url)(env))
      case 'Folder':
        return TE.right({ root: place.path, generated: false })
    }
  }

/** The files below a root, and how the description arranges them. */
export interface Listed {
  readonly listing: Listing
  /** Whether the source names all of its files, so that the root was not listed. */
  readonly unlisted: boolean
  readonly arranged: E.Either<DataError, Arranged>
}

/** A file that is named but does not exist has a clearer error than the system's. */
const named =
  (expected: string, hint: string) =>
  (at: string) =>
  (error: IoError): Failure =>
    error._tag === 'NotFound' ? dataError.missingFolder(at, expected, 'nothing', hint) : error

const listingOf =
  (root: string) =>
  (env: Env): TE.TaskEither<Failure, Listing> =>
    pipe(env.files.walk(root), TE.mapLeft(named('a folder of images', 'check the path')(root)))

/** The text of a file that a description names, relative to the root. */
const textIn =
  (root: string, file: string, expected: string) =>
  (env: Env): TE.TaskEither<Failure, string> =>
    pipe(
      env.files.read(isAbsolute(file) ? file : join(root, file)),
      TE.bimap(named(expected, 'check its name')(isAbsolute(file) ? file : join(root, file)), (bytes) =>
        new TextDecoder().decode(bytes)
      )
    )

/** The source with the holdout's file of names read. */
const withListRead =
  ({ source }: DataSpec, root: string) =>
  (env: Env): TE.TaskEither<Failure, DataSpec['source']> => {
    const holdout = holdoutOf(source)
    const { withHoldout } = kindOfSource(source)
    if (holdout?._tag !== 'ByFile' || withHoldout === null) return TE.right(source)
    return pipe(
      textIn(root, holdout.file, 'a file that lists the images to hold out')(env),
      TE.map((text) => withHoldout(holdoutByList(text.split(/\r?\n/)))(source))
    )
  }

/** The paths that a description leaves out. */
const excludedOf =
  ({ exclude }: DataSpec, root: string) =>
  (env: Env): TE.TaskEither<Failure, ReadonlyArray<string>> =>
    typeof exclude === 'string'
      ? pipe(
          textIn(root, exclude, 'a file that lists the images to leave out')(env),
          TE.chainEitherKW(readExclusion(exclude))
        )
      : TE.right(exclude)

const annotationsOf =
  ({ annotations }: DataLayout, root: string, listing: Listing) =>
  (env: Env): TE.TaskEither<Failure, ReadonlyArray<Annotations>> =>
    annotations === undefined
      ? TE.right([])
      : pipe(
          annotations.files(listing),
          TE.traverseSeqArray((file) => {
            const at = `${root}/${file}`
            return annotatedImages(resolve(root, file), at, annotations.reader(at))(env)
          })
        )

const listedAs =
  (source: DataSpec['source'], root: string) =>
  (env: Env): TE.TaskEither<Failure, Listed> => {
    const layout = dataLayout(source)
    const unlisted = layout.unlisted === true
    return pipe(
      unlisted ? TE.right<Failure, Listing>({ files: [], folders: [] }) : listingOf(root)(env),
      TE.bindTo('listing'),
      TE.bindW('contents', ({ listing }) =>
        pipe(
          layout.reads(listing),
          TE.traverseArray((file) => env.files.read(join(root, file)))
        )
      ),
      TE.bindW('indexes', ({ listing }) => async () => {
        const shards = layout.shards?.(listing) ?? []
        const each = await parallel(2 * env.images.workers, (shard: Shard) =>
          shardIndex(resolve(root, shard.file), shard)(env)
        )(shards)()
        return E.sequenceArray(each)
      }),
      TE.bindW('annotations', ({ listing }) => annotationsOf(layout, root, listing)(env)),
      TE.map(({ contents, indexes, annotations, listing }) => ({
        listing,
        unlisted,
        arranged: layout.arrange(root, contents, indexes, annotations)(listing)
      }))
    )
  }

/** Lists and arranges the files of a description, without the excluded ones. */
export const listedFiles =
  (spec: DataSpec, root: string) =>
  (env: Env): TE.TaskEither<Failure, Listed> =>
    pipe(
      excludedOf(spec, root)(env),
      TE.bindTo('excluded'),
      TE.bind('source', () => withListRead(spec, root)(env)),
      TE.chain(({ excluded, source }) =>
        pipe(
          listedAs(source, root)(env),
          TE.map((listed) => ({ ...listed, arranged: E.map(withoutExcluded(root, excluded))(listed.arranged) }))
        )
      )
    )

/** Named files that do not exist: those outside of the root, or all of an unlisted source, which no listing contains. */
export const missingFiles =
  (root: string, unlisted: boolean, { train, valid, test, placeOf }: Arranged) =>
  (env: Env): T.Task<ReadonlyArray<string>> =>
  async () => {
    if (placeOf !== undefined) return []
    const files = [...[...train, ...valid].map(({ file }) => file), ...test]
    const outside = unlisted ? files : files.filter((file) => isAbsolute(file) || file.startsWith('../'))
    const there = await parallel(2 * env.images.workers, (file: string) => env.files.exists(resolve(root, file)))(
      outside
    )()
    return outside.filter((_, i) => !E.exists((is: boolean) => is)(there[i]!))
  }

/** The arranged files, all of which must exist. */
export const arrangedFiles =
  (spec: DataSpec, root: string) =>
  (env: Env): TE.TaskEither<Failure, Arranged> =>
    pipe(
      listedFiles(spec, root)(env),
      TE.chain(({ arranged, unlisted }) => async (): Promise<E.Either<Failure, Arranged>> => {
        if (E.isLeft(arranged)) return arranged
        const missing = await missingFiles(root, unlisted, arranged.right)(env)()
        return missing.length === 0
          ? arranged
          : E.left(
              dataError.missingFolder(
                isAbsolute(missing[0]!) ? missing[0]! : join(root, missing[0]!),
                'a file for every row',
                `${missing.length} missing: ${someOf(missing)}`,
                'correct the paths, or say which folder they are relative to'
              )
            )
      })
    )
