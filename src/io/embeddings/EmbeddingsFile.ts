/**
 * `EmbeddingsFile`: features of images in a file that is written batch by batch.
 *
 * @since 0.1.0
 */
import { basename } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Files, HasFiles } from '../Files.js'
import { ioFailure, type IoError } from '../IoError.js'
import type { EmbeddedImage, EmbeddingsFormat } from './EmbeddingsFormat.js'

export type { EmbeddedImage } from './EmbeddingsFormat.js'

/**
 * A file of features that is being written. It appears under its name with `finish`; until then, and after `discard`,
 * an earlier file of that name stays.
 *
 * @category embeddings
 * @since 0.1.0
 */
export interface EmbeddingsFile {
  /** Adds images in order, with features of equal length. */
  readonly add: (
    features: ReadonlyArray<Float32Array>,
    images: ReadonlyArray<EmbeddedImage>
  ) => TE.TaskEither<IoError, void>
  readonly finish: TE.TaskEither<IoError, void>
  readonly discard: TE.TaskEither<IoError, void>
}

const formatOf = (file: string): Promise<((files: Files, folder: string) => EmbeddingsFormat) | undefined> => {
  if (/\.npz$/i.test(file)) return import('./npzFile.js').then(({ npzFile }) => npzFile)
  if (/\.parquet$/i.test(file)) return import('./parquetFile.js').then(({ parquetFile }) => parquetFile)
  return Promise.resolve(undefined)
}

const wrongName = (file: string): IoError =>
  ioFailure(file, 'a name that ends in .npz or .parquet', basename(file), 'write e.g. features.npz')

/**
 * Begins a file of features: NumPy's `.npz`, with the arrays `features` (float32, [images, features]), `labels`,
 * `paths` and `sets`; or `.parquet`, with the columns `path`, `label`, `set` and `features` (lists of floats). Only a
 * batch of features is in memory at a time. Other names are an `IoFailure`.
 *
 * @example
 * import { Io, nodeIo } from 'graft-vision/node'
 *
 * const wrong = await Io.embeddingsFile('features.csv')(nodeIo())()
 * assert.ok(wrong._tag === 'Left' && wrong.left.expected === 'a name that ends in .npz or .parquet')
 * const begun = await Io.embeddingsFile('features.npz')(nodeIo())()
 * if (begun._tag === 'Left') throw new Error(begun.left.found)
 * await begun.right.add([Float32Array.of(1, 2)], [{ path: 'cat.jpg', label: 'cat', set: 'train' }])()
 * assert.strictEqual((await begun.right.finish())._tag, 'Right')
 *
 * @category embeddings
 * @since 0.1.0
 */
export const embeddingsFile = (file: string): RTE.ReaderTaskEither<HasFiles, IoError, EmbeddingsFile> =>
  pipe(
    RTE.fromTask<Awaited<ReturnType<typeof formatOf>>, HasFiles, IoError>(() => formatOf(file)),
    RTE.chainEitherK((format) => (format === undefined ? E.left(wrongName(file)) : E.right(format))),
    RTE.chain(
      (format) =>
        ({ files }: HasFiles) =>
          pipe(
            files.makeDirBeside(file),
            TE.map((folder): EmbeddingsFile => {
              const { add, complete } = format(files, folder)
              return {
                add,
                finish: pipe(
                  complete,
                  TE.chain((whole) => files.rename(whole, file)),
                  TE.chain(() => files.remove(folder))
                ),
                discard: files.remove(folder)
              }
            })
          )
    )
  )
