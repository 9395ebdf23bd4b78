import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { type DataError, noImages, skippedFiles, someOf } from '../DataError.js'
import { type DataSpec, defaultData } from '../DataSpec.js'
import { textOf } from '../tables/encodings.js'
import { type TableChoices, tableOptions } from '../tables/ImageTable.js'
import { folderOf, isImageName, type Listing, tidied } from '../folders/Listing.js'
import type { Row } from '../tables/csv.js'
import { dropIndexed, joinIndexed, mapIndexed } from '../Indexed.js'
import type { NumberedRecord } from '../tables/NumberedRecord.js'
import { isJsonLines, type Records, recordsIn } from '../tables/records.js'
import type { FromMetadata } from './Source.js'
import { rowsIn } from '../tables/tableText.js'
import { byRecords, recordTable } from './byRecords.js'
import { classesChecks, holdoutChecks, mistakesAmong } from './mistakes.js'
import type { Arranged, ImageIndex, SourceKind } from './SourceKind.js'

/**
 * Images in Hugging Face's `imagefolder` layout: tables named `metadata.jsonl`, `metadata.csv` or `metadata.parquet`, one
 * for all images or one in the folder of each set, whose column `file_name` is relative to the table. Columns of labels and sets are given,
 * or inferred as in `imageCsv`; without a column of sets, folders named `train`, `validation`, `test` and so on separate
 * the images.
 *
 * Opening fails with `BadTable`, which names the table and its line, for a line that is not an object, a missing name
 * or label. Images that no table names are left out, with a warning.
 *
 * @example
 * import { fromMetadata } from 'graft-vision'
 *
 * assert.strictEqual(fromMetadata('photos', { labelCol: 'breed' }).source._tag, 'FromMetadata')
 *
 * @category data
 * @since 0.1.0
 */
export const fromMetadata = (path: string, options: Omit<TableChoices, 'folder' | 'suffix'> = {}): DataSpec => ({
  source: { _tag: 'FromMetadata', path, ...tableOptions({ fnCol: 'file_name', ...options }) },
  ...defaultData
})

/** The tables of Hugging Face's layout among some files that are texts. */
export const metadataIn = (listing: Listing): ReadonlyArray<string> =>
  tidied(listing).files.filter((file) => /(^|\/)metadata\.(jsonl|csv)$/i.test(file))

/** Those that are Parquet files. */
const parquetIn = (listing: Listing): ReadonlyArray<string> =>
  tidied(listing).files.filter((file) => /(^|\/)metadata\.parquet$/i.test(file))

const rowsOf = ({ length, at }: ImageIndex): Records => ({
  length,
  at: (i) => ({ line: i + 1, record: at(i).columns })
})

interface Placed extends NumberedRecord {
  readonly table: string
}

const recordsOf =
  (root: string) =>
  (table: string, content: Uint8Array): E.Either<DataError, Records> => {
    const at = `${root}/${table}`
    return pipe(
      textOf(at, O.none)(content),
      E.chain((text) =>
        isJsonLines(table)
          ? recordsIn(at)(text)
          : pipe(
              rowsIn(at, O.none, (cell) => isImageName(cell.trim()))(text),
              E.map(({ rows }) => {
                const names = rows.length === 0 ? [] : rows.at(0).cells.map((name) => name.trim())
                return mapIndexed(({ line, cells }: Row) => ({
                  line,
                  record: Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']))
                }))(dropIndexed(1, rows))
              })
            )
      )
    )
  }

/** Names relative to the root instead of their table. */
const fromRoot = ({ table, record }: Placed, fnCol: string): Placed['record'] => {
  const name = record[fnCol]
  const folder = folderOf(table)
  return typeof name === 'string' && name.trim() !== '' && folder !== ''
    ? { ...record, [fnCol]: `${folder}/${name}` }
    : record
}

/** Images that no table names. */
const unnamed = (root: string, listing: Listing, { train, valid, test }: Arranged) => {
  const named = new Set([...[...train, ...valid].map(({ file }) => file), ...test])
  const others = tidied(listing).files.filter((file) => isImageName(file) && !named.has(file))
  return others.length === 0
    ? []
    : [
        skippedFiles(
          root,
          'images that a table names',
          `${others.length} that none does, left out: ${someOf(others)}`,
          'add them to the table, or remove them'
        )
      ]
}

export const fromMetadataKind: SourceKind<FromMetadata> = {
  what: 'images with metadata',
  place: ({ path }) => ({ _tag: 'Folder', path }),
  layout: ({ path: _, _tag, ...options }) => ({
    reads: metadataIn,
    shards: (listing) => parquetIn(listing).map((file) => ({ file, format: 'rows', imageCol: undefined })),
    arrange:
      (root, contents, indexes = []) =>
      (listing) => {
        const texts = metadataIn(listing)
        const tables = [...texts, ...parquetIn(listing)]
        const fnCol = String(O.getOrElse((): string | number => 'file_name')(options.fnCol))
        if (tables.length === 0)
          return E.left(
            noImages(root, 'a table named metadata.jsonl, metadata.csv or metadata.parquet', 'none', 'check the path')
          )
        return pipe(
          contents.map((content, i) => recordsOf(root)(texts[i]!, content)),
          E.sequenceArray,
          E.map((ofTexts) =>
            joinIndexed(
              [...ofTexts, ...indexes.map(rowsOf)].map((records, i) =>
                mapIndexed((one: NumberedRecord): Placed => ({ ...one, table: tables[i]! }))(records)
              )
            )
          ),
          E.chain((records) =>
            byRecords(
              recordTable(root, 'metadata', options),
              {
                place: (n) => {
                  const { table, line } = records.at(n)
                  return `${root}/${table}: ${texts.includes(table) ? 'line' : 'row'} ${line}`
                },
                call: 'fromMetadata(path'
              },
              { length: records.length, at: (line) => ({ line, record: fromRoot(records.at(line), fnCol) }) },
              listing
            )
          ),
          E.map((arranged) => ({
            ...arranged,
            warnings: [...arranged.warnings, ...unnamed(root, listing, arranged)]
          }))
        )
      }
  }),
  mistakes: (source) => mistakesAmong([...holdoutChecks(source.holdout, 'table'), ...classesChecks(source.classes)]),
  mapPath: (f) => (source) => ({ ...source, path: f(source.path) }),
  movedTo: (path) => (source) => ({ ...source, path }),
  withHoldout: (holdout) => (source) => ({ ...source, holdout }),
  labels: () => 'values'
}
