/** The source that a folder's or a file's name and first bytes suggest. */
import { basename, dirname, join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type DataSpec, fromMetadata, imageCsv, imageFolder } from '../data/index.js'
import type { GraftError } from '../GraftError.js'
import { type IoError, nodeFiles } from '../io/index.js'

const tables: ReadonlyArray<string> = ['metadata.jsonl', 'metadata.csv']

/** Whether a folder has a table that says `file_name`, as Hugging Face's layout requires. */
const hasMetadata = (folder: string): TE.TaskEither<IoError, boolean> =>
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

/** Images with metadata, in a table in the folder or in the folders of its sets; else images in folders. */
export const recognisedFolder = (folder: string): TE.TaskEither<GraftError, DataSpec> =>
  pipe(
    nodeFiles.list(folder),
    TE.chain((names) =>
      pipe(
        [folder, ...RA.takeLeft(100)(names).map((name) => join(folder, name))],
        TE.traverseArray(hasMetadata),
        TE.map((found) => (found.some((is) => is) ? fromMetadata(folder) : imageFolder(folder)))
      )
    )
  )

/** A table, by its name: CSV or JSON Lines. */
export const recognisedTable = (file: string): DataSpec | undefined =>
  /\.(csv|tsv|txt|jsonl|ndjson)$/i.test(file) ? imageCsv(dirname(file), { csv: basename(file) }) : undefined
