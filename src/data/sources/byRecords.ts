/** Images listed by records, which are read as a table; error messages use the source's own terms. */
import * as E from 'fp-ts/lib/Either.js'
import { constFalse, pipe } from 'fp-ts/lib/function.js'
import type { DataError } from '../DataError.js'
import { csvSource, type ImageCsv, tablePath, type TableOptions } from '../tables/ImageTable.js'
import type { Listing } from '../folders/Listing.js'
import { fileNames, type NamedFiles } from '../tables/fileNames.js'
import { type Records, tableOfRecords } from '../tables/records.js'
import { settleTable } from '../tables/settleTable.js'
import { arrangeTable, tableIn } from '../tables/tableRows.js'
import type { Arranged } from './SourceKind.js'

/** How messages name a record, by its number, and the function that made the source. */
export interface RecordWords {
  readonly place: (line: number) => string
  /** The call in place of `imageCsv(path`. */
  readonly call: string
}

interface Message {
  readonly path: string
  readonly found: string
  readonly hint: string
}

const named =
  (at: string, { place, call }: RecordWords) =>
  <M extends Message>(message: M): M => {
    const renamed = (text: string): string =>
      text
        .replaceAll(/\blines? (\d+(?:, \d+)*)/g, (_, numbers: string) =>
          numbers.split(', ').map(Number).map(place).join(', ')
        )
        .replaceAll('imageCsv(path', call)
    const [, line] = /: line (\d+)$/.exec(message.path) ?? []
    const path = line !== undefined && message.path === `${at}: line ${line}` ? place(Number(line)) : message.path
    return { ...message, path, found: renamed(message.found), hint: renamed(message.hint) }
  }

/** A source's records as the table that they are read as; `name` is what messages call all of them. */
export const recordTable = (path: string, name: string, options: TableOptions): ImageCsv => ({
  ...csvSource(path, { csv: name }),
  ...options
})

const asNamed: NamedFiles = (file) => ({ file, there: true })

const noFiles: Listing = { files: [], folders: [] }

/**
 * The images of records, labelled, in their sets. Files are found in a listing; `found`: records have their exact names;
 * `unlisted`: whether they exist is only known when they are read.
 */
export const byRecords = (
  table: ImageCsv,
  words: RecordWords,
  records: Records,
  files: Listing | 'found' | 'unlisted'
): E.Either<DataError, Arranged> => {
  const { source, text } = tableOfRecords(table, records)
  const spoken = named(tablePath(table), words)
  const listing = typeof files === 'string' ? noFiles : files
  return pipe(
    text,
    files === 'found' ? tableIn(source, asNamed, constFalse) : tableIn(source, fileNames(source, listing)),
    // without a listing, every file is taken to be there
    E.map((found) => (files === 'unlisted' ? { ...found, missing: [] } : found)),
    E.bindTo('found'),
    E.bind('arranged', ({ found }) => arrangeTable(source, found)(listing)),
    E.map(({ found, arranged }): Arranged => ({
      ...arranged,
      warnings: arranged.warnings.map(spoken),
      settle: (isReadable) =>
        pipe(
          settleTable(source, found, isReadable)(arranged),
          E.bimap(spoken, (settled) => ({ ...settled, warnings: settled.warnings.map(spoken) }))
        )
    })),
    E.mapLeft(spoken)
  )
}
