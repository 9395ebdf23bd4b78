/** The source that a folder's or a file's name and first bytes suggest. */
import { basename, dirname, join, relative } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type DataSpec,
  fromCoco,
  fromLabelStudio,
  fromMetadata,
  fromShards,
  imageCsv,
  imageFolder,
  isImageName,
  shardFormat
} from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import { type IoError, nodeFiles } from '../../io/index.js'

const tables: ReadonlyArray<string> = ['metadata.jsonl', 'metadata.csv']

/** Whether a folder has a table with a column `file_name`, as in Hugging Face's layout. */
const hasMetadata = (folder: string): TE.TaskEither<IoError, boolean> =>
  pipe(
    nodeFiles.exists(join(folder, 'metadata.parquet')),
    TE.orElse(() => TE.right<IoError, boolean>(false)),
    TE.chain((is) => (is ? TE.right(true) : hasTable(folder)))
  )

const hasTable = (folder: string): TE.TaskEither<IoError, boolean> =>
  pipe(
    tables,
    TE.traverseArray((table) =>
      pipe(
        nodeFiles.readStart(join(folder, table), 4096),
        TE.match(
          () => false,
          (start) => new TextDecoder().decode(start).includes('file_name')
        ),
        TE.fromTask<boolean, IoError>
      )
    ),
    TE.map((found) => found.some((is) => is))
  )

const isShard = (name: string): boolean => O.isSome(shardFormat(name))

/** The names in a folder and in its subfolders, down to `deep` levels. */
const namesIn =
  (deep: number) =>
  (folder: string): TE.TaskEither<IoError, ReadonlyArray<string>> =>
    pipe(
      nodeFiles.list(folder),
      TE.chain((names) =>
        pipe(
          RA.takeLeft(deep)(names),
          TE.traverseArray((name) =>
            TE.orElse(() => TE.right<IoError, ReadonlyArray<string>>([]))(nodeFiles.list(join(folder, name)))
          ),
          TE.map((inner) => [...names, ...inner.flat()])
        )
      )
    )

/**
 * Images with metadata, in a table in the folder or in the folders of its sets; files that hold many images, where there
 * are no images; else images in folders.
 */
export const recognisedFolder = (folder: string): TE.TaskEither<GraftError, DataSpec> =>
  pipe(
    nodeFiles.list(folder),
    TE.chain((names) =>
      pipe([folder, ...RA.takeLeft(100)(names).map((name) => join(folder, name))], TE.traverseArray(hasMetadata))
    ),
    TE.bindTo('metadata'),
    TE.bind('names', () => namesIn(20)(folder)),
    TE.map(({ metadata, names }) =>
      metadata.some((is) => is)
        ? fromMetadata(folder)
        : names.some(isShard) && !names.some(isImageName)
          ? fromShards(folder)
          : imageFolder(folder)
    )
  )

/** A table, by its name: CSV or JSON Lines; or a file that holds many images. */
export const recognisedFile = (file: string): DataSpec | undefined => {
  if (/\.(csv|tsv|txt|jsonl|ndjson)$/i.test(file)) return imageCsv(dirname(file), { csv: basename(file) })
  return isShard(file) ? fromShards(dirname(file), { files: [basename(file)] }) : undefined
}

/** Annotated images, if a JSON file begins as the annotations of COCO or as an export of Label Studio. */
export const recognisedJson = (file: string): TE.TaskEither<IoError, DataSpec | undefined> =>
  pipe(
    nodeFiles.readStart(file, 2 ** 16),
    TE.map((start) => {
      const text = new TextDecoder().decode(start).trimStart()
      const folder = dirname(file)
      const files = (root: string) => ({ files: [relative(root, file)] })
      if (text.startsWith('[') && /"(data|annotations)"\s*:/.test(text)) return fromLabelStudio(folder, files(folder))
      const root = basename(folder) === 'annotations' ? dirname(folder) : folder
      return /"(images|annotations|categories)"\s*:/.test(text) && !/"source"\s*:/.test(text)
        ? fromCoco(root, files(root))
        : undefined
    })
  )
