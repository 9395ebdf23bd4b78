import * as O from 'fp-ts/lib/Option.js'
import { type DataSpec, defaultData } from '../DataSpec.js'
import { type TableChoices, tableOptions } from '../tables/ImageTable.js'
import type { DataRow, RowValue } from '../tables/DataRow.js'
import type { FromRows } from './Source.js'
import { byRecords, recordTable } from './byRecords.js'
import { type Check, classesChecks, holdoutChecks, mistakesAmong } from './mistakes.js'
import type { SourceKind } from './SourceKind.js'

/**
 * Options of `fromRows`.
 *
 * @category data
 * @since 0.1.0
 */
export interface RowsOptions extends TableChoices {
  /** The folder that file names are relative to; default: the current one. */
  readonly path?: string
}

/**
 * Images listed by an array of records, such as the rows of a data frame or the answers of a database (fastai's
 * `from_df`). The columns of files, labels and sets are given by their names, or inferred as in `imageCsv`; so is the
 * task. A list in a label column is several labels, or several numbers.
 *
 * Opening fails with `BadTable`, which names the row by its index, for a missing file name or label and for an unknown
 * set, and with `MissingFolder` for files that do not exist.
 *
 * @example
 * import { fromRows } from 'graft-vision'
 *
 * const rows = [
 *   { image: 'a.jpg', species: 'pug', set: 'train' },
 *   { image: 'b.jpg', species: 'beagle', set: 'valid' }
 * ]
 * const dogs = fromRows(rows, { path: 'photos', fnCol: 'image', labelCol: 'species', validCol: 'set' })
 * assert.strictEqual(dogs.source._tag, 'FromRows')
 *
 * @category data
 * @since 0.1.0
 */
export const fromRows = (rows: ReadonlyArray<DataRow>, options: RowsOptions = {}): DataSpec => ({
  source: { _tag: 'FromRows', rows, path: options.path ?? '', ...tableOptions(options) },
  ...defaultData
})

/**
 * Images listed by an array of paths, and their labels in the same order (fastai's `from_lists`): a class each, several
 * labels, or numbers to predict. A path without a label is an error that names its index.
 *
 * @example
 * import { fromLists } from 'graft-vision'
 *
 * const dogs = fromLists(['a.jpg', 'b.jpg'], ['pug', 'beagle'], { path: 'photos' })
 * assert.deepStrictEqual(dogs.source._tag === 'FromRows' && dogs.source.rows[1], { path: 'b.jpg', label: 'beagle' })
 *
 * @category data
 * @since 0.1.0
 */
export const fromLists = (
  paths: ReadonlyArray<string>,
  labels: ReadonlyArray<RowValue>,
  options: Pick<RowsOptions, 'path' | 'labels' | 'holdout' | 'classes'> = {}
): DataSpec =>
  fromRows(
    Array.from({ length: Math.max(paths.length, labels.length) }, (_, i) => ({
      path: paths[i] ?? null,
      label: labels[i] ?? null
    })),
    { ...options, fnCol: 'path', labelCol: 'label' }
  )

const isScalar = (value: unknown): boolean =>
  value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof value)

const isRow = (row: unknown): boolean =>
  typeof row === 'object' &&
  row !== null &&
  !Array.isArray(row) &&
  Object.values(row).every((value) => isScalar(value) || (Array.isArray(value) && value.every(isScalar)))

const rowChecks = ({ rows }: FromRows): ReadonlyArray<Check> => {
  const wrong = rows.findIndex((row) => !isRow(row))
  return [
    [
      wrong === -1,
      `source.rows[${wrong}]`,
      'a record of words, numbers and lists of them',
      rows[wrong],
      "use fromRows([{ file: 'a.jpg', label: 'cat' }])"
    ]
  ]
}

export const fromRowsKind: SourceKind<FromRows> = {
  what: 'rows',
  place: ({ path }) => ({ _tag: 'Folder', path }),
  layout: ({ rows, path: _, _tag, ...options }) => ({
    reads: () => [],
    unlisted: true,
    arrange: () => () =>
      byRecords(
        recordTable('', 'rows', options),
        { place: (line) => `row ${line}`, call: 'fromRows(rows' },
        { length: rows.length, at: (line) => ({ line, record: rows[line]! }) },
        'unlisted'
      )
  }),
  mistakes: (source) =>
    mistakesAmong([...rowChecks(source), ...holdoutChecks(source.holdout, 'table'), ...classesChecks(source.classes)]),
  mapPath: (f) => (source) => ({ ...source, path: f(source.path) }),
  movedTo: (path) => (source) => ({ ...source, path }),
  withHoldout: (holdout) => (source) => ({ ...source, holdout }),
  forLoading: (source) => ({ ...source, rows: [], classes: O.none }),
  labels: () => 'values'
}
