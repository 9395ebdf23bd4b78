/**
 * Labelled training and validation images from a table.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Arrangement, Labelled } from '../folders/Arrangement.js'
import type { Row } from './csv.js'
import {
  badTable,
  contradiction,
  type DataError,
  type DataWarning,
  missingFolder,
  noImages,
  repeatedImages,
  someOf,
  tableGuessed
} from '../DataError.js'
import { textOf } from './encodings.js'
import { fileNames, isAbsolutePath, missingHint, type NamedFiles } from './fileNames.js'
import { type ImageCsv, tablePath } from './ImageTable.js'
import { indexed, indexWhere, listOf, mapIndexed, pickIndexed, placesWhere } from '../Indexed.js'
import type { Listing } from '../folders/Listing.js'
import { between, isJsonLines, recordsIn, tableOfRecords } from './records.js'
import type { SetName } from '../holdouts/SetName.js'
import { setsOfColumn } from './setColumn.js'
import { separated, setsOfPaths } from '../holdouts/sets.js'
import { unicodeForms } from '../folders/similarNames.js'
import { areOneHot, bitOf, cellsIn, isMissing } from './tableCells.js'
import { columnsIn, type TableColumns } from './tableColumns.js'
import { areSingles, type Kind, kindOf, labelDelimIn, wrongLabel } from './tableLabels.js'
import { extrasIn } from './tableExtras.js'
import { rowsIn, type TableText } from './tableText.js'

// -------------------------------------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------------------------------------

/** A labelled file, and what its label was made from. */
export interface Entry extends Labelled {
  readonly parts: ReadonlyArray<string>
  /** Line of the row in the table. */
  readonly line: number
  readonly set: O.Option<SetName>
  /** Its cell in the column of groups. */
  readonly group?: string
}

/**
 * The images of a table in order, each once, with their labels and the kind of labels.
 *
 * @since 0.1.0
 */
export interface Table {
  readonly kind: Kind
  readonly entries: ReadonlyArray<Entry>
  /** Names of the label columns. */
  readonly columns: ReadonlyArray<string>
  /** Whether a column gives each image's set. */
  readonly bySets: boolean
  /** Files that the listing does not have; whether those outside of the folder exist is only known when they are read. */
  readonly missing: ReadonlyArray<string>
  readonly warnings: ReadonlyArray<DataWarning>
}

// -------------------------------------------------------------------------------------------------------------------
// labels
// -------------------------------------------------------------------------------------------------------------------

const composed = (text: string): string => text.trim().normalize('NFC')

/** The labels of a row: separated by the delimiter, or the names of the columns that contain 1. */
const partsOf =
  ({ labelDelim }: ImageCsv, kind: Kind, names: ReadonlyArray<string>) =>
  (cells: ReadonlyArray<string>): ReadonlyArray<string> =>
    kind !== 'labels'
      ? cells.map(composed)
      : cells.length > 1
        ? names.filter((_, i) => bitOf(cells[i]!) === 1)
        : (O.isSome(labelDelim) ? cells[0]!.split(labelDelim.value) : cells).map(composed).filter((part) => part !== '')

/** Warnings for classes that may be meant differently. */
const labelWarnings = (
  source: ImageCsv,
  at: string,
  { kind, oneHot }: { readonly kind: Kind; readonly oneHot: boolean },
  entries: ReadonlyArray<Entry>
): ReadonlyArray<DataWarning> => {
  if (oneHot && source.labels === 'auto' && O.isNone(source.labelCol))
    return [
      tableGuessed(
        at,
        'images with any number of labels',
        'one label for each',
        "to read them as classes, one per image: imageCsv(path, { labels: 'classes' })"
      )
    ]
  if (kind !== 'classes' || source.labels !== 'auto' || O.isSome(source.classes)) return []
  const labels = entries.map(({ label }) => label)
  const delim = labelDelimIn(labels)
  if (O.isSome(delim)) {
    const example = labels.find((label) => label.includes(delim.value))!
    return [
      tableGuessed(
        at,
        'a class in each cell',
        `each cell read as one class, such as ${JSON.stringify(example)}`,
        `if a cell contains several labels, name their separator: imageCsv(path, { labelDelim: '${delim.value}' })`
      )
    ]
  }
  return areSingles(labels)
    ? [
        tableGuessed(
          at,
          'classes with several images each',
          `${new Set(labels).size} classes for ${labels.length} images`,
          "name another column, imageCsv(path, { labelCol }), or predict numbers: imageCsv(path, { labels: 'numbers' })"
        )
      ]
    : []
}

// -------------------------------------------------------------------------------------------------------------------
// rows of one image
// -------------------------------------------------------------------------------------------------------------------

/** Each image once. Rows that repeat an image are reported; if they contradict each other, they are an error. */
const onceEach =
  (at: string) =>
  (entries: ReadonlyArray<Entry>): E.Either<DataError, readonly [ReadonlyArray<Entry>, ReadonlyArray<DataWarning>]> => {
    const first = new Map<string, Entry>()
    const again: Array<Entry> = []
    for (const entry of entries) {
      const other = first.get(entry.file)
      if (other === undefined) {
        first.set(entry.file, entry)
        continue
      }
      const says = (e: Entry): string =>
        [
          [...e.parts].sort().join(', ') + (O.isSome(e.set) ? ` (${e.set.value})` : ''),
          ...(e.group === undefined ? [] : [`group ${e.group}`]),
          ...(e.weight === undefined ? [] : [`weight ${e.weight}`])
        ].join(', ')
      if (says(entry) !== says(other))
        return E.left(
          contradiction(
            `${at}: line ${entry.line}`,
            `one row for ${entry.file}, or rows that agree`,
            `${says(other)} in line ${other.line}, ${says(entry)} in line ${entry.line}`,
            'remove one of the two; write several labels of one image into one cell: imageCsv(path, { labelDelim })'
          )
        )
      again.push(entry)
    }
    const warnings =
      again.length === 0
        ? []
        : [
            repeatedImages(
              at,
              'one row for each image',
              `${again.length} rows that repeat others, left out: lines ${someOf(again.map(({ line }) => String(line)))}`,
              'remove them'
            )
          ]
    return E.right([again.length === 0 ? entries : [...first.values()], warnings])
  }

// -------------------------------------------------------------------------------------------------------------------
// reading
// -------------------------------------------------------------------------------------------------------------------

/** The set of each row: that of its column, or of the folders of its file. */
const rowSets = (
  { path, folder }: ImageCsv,
  at: string,
  read: TableColumns,
  files: ReadonlyArray<string>
): E.Either<DataError, ReadonlyArray<O.Option<SetName>>> => {
  if (O.isSome(read.sets)) return setsOfColumn(at, read.names[read.sets.value] ?? '', read.sets.value)(read.body)
  const below = folder === '' ? 0 : folder.replace(/\/*$/, '/').length
  return pipe(
    setsOfPaths(path)(files.map((file) => file.slice(below))),
    E.map((sets) => (new Set(sets.map(O.toUndefined)).size > 1 ? sets : files.map(() => O.none)))
  )
}

const isTest = O.exists((set: SetName) => set === 'test')

const none: Entry['parts'] = []

const entriesOf = (source: ImageCsv, at: string, read: TableColumns, named: NamedFiles): E.Either<DataError, Table> => {
  const { body, labels, names, delimiter } = read
  const nameless = indexWhere(body, (row) => isMissing(row.cells[read.file]!))
  const refused = (row: Row, expected: string, found: string, hint: string): E.Either<DataError, never> =>
    E.left(badTable(`${at}: line ${row.line}`, expected, found, hint))
  if (nameless !== -1)
    return refused(
      body.at(nameless),
      'the name of a file',
      body.at(nameless).cells[read.file]!.trim() || 'nothing',
      'complete the row or remove it'
    )
  const missing: Array<string> = []
  const files = listOf((row: Row) => {
    const { file, there } = named(row.cells[read.file]!)
    if (!there && !isAbsolutePath(file) && !file.startsWith('../')) missing.push(file)
    return file
  })(body)
  const columns = labels.map((i) => names[i]!)
  return pipe(
    rowSets(source, at, read, files),
    E.bindTo('sets'),
    E.bind('extras', () => extrasIn(at, read)),
    // images to test on need no label
    E.let('labelled', ({ sets }) =>
      sets.some(isTest)
        ? pickIndexed(
            placesWhere(indexed(sets), (set) => !isTest(set)),
            body
          )
        : body
    ),
    E.let('cells', ({ labelled }) => mapIndexed(({ cells }: Row) => labels.map((i) => cells[i]!))(labelled)),
    E.let('kind', ({ cells }) => kindOf(source, labels.length > 1, cells)),
    E.let('oneHot', ({ cells, kind }) => kind !== 'points' && columns.length > 1 && areOneHot(cells)),
    E.chainFirst(({ labelled, cells, kind }) => {
      const wrong = wrongLabel(source, kind, { delimiter, columns }, cells)
      return wrong === undefined
        ? E.right(undefined)
        : refused(labelled.at(wrong.row), wrong.expected, wrong.found, wrong.hint)
    }),
    E.chain(({ sets, extras, cells, kind, oneHot }) => {
      // an image's class is the one column that holds yes
      const byColumn = kind === 'classes' && oneHot
      const parts = partsOf(source, byColumn ? 'labels' : kind, columns)
      const saidBy = (its: ReadonlyArray<string>): Pick<Entry, 'label' | 'parts'> => ({
        label: byColumn ? parts(its).join() : its.map((cell) => composed(cell).replaceAll(between, ', ')).join(', '),
        parts: parts(its)
      })
      // images with equal cells share what is made of them
      const known = new Map<string, Pick<Entry, 'label' | 'parts'>>()
      const said = (its: ReadonlyArray<string>): Pick<Entry, 'label' | 'parts'> => {
        if (kind === 'numbers' || kind === 'points') return saidBy(its)
        const key = its.join(between)
        const found = known.get(key) ?? saidBy(its)
        known.set(key, found)
        return found
      }
      const entries = listOf((row: Row, i): Entry => {
        const its = labels.map((column) => row.cells[column]!)
        const set = sets[i]!
        const { label, parts: all } = said(its)
        return { ...extras(i), file: files[i]!, label, parts: isTest(set) ? none : all, line: row.line, set }
      })(body)
      return pipe(
        onceEach(at)(entries),
        E.map(([once, repeated]): Table => ({
          kind,
          columns,
          entries: once,
          bySets: O.isSome(read.sets),
          missing: [...new Set(missing)],
          warnings: [
            ...read.warnings,
            ...repeated,
            ...labelWarnings(
              source,
              at,
              { kind, oneHot },
              once.filter(({ set }) => !isTest(set))
            ),
            ...(kind === 'numbers' || kind === 'points'
              ? []
              : unicodeForms(at)([...new Set(cellsIn(cells))].map((c) => c.trim())))
          ]
        }))
      )
    })
  )
}

const isThereBy =
  (named: NamedFiles) =>
  (cell: string): boolean =>
    cell.trim() !== '' && named(cell).there

/** `holdoutByColumn` is `validCol` by another name. */
const withColumnOfSets = (source: ImageCsv): ImageCsv =>
  source.holdout._tag === 'ByColumn' ? { ...source, validCol: O.some(source.holdout.column) } : source

/** Reads the rows of a table; its header and columns are as given by the source, or inferred; `isThere` finds the latter. */
export const tableIn =
  (described: ImageCsv, named: NamedFiles, isThere = isThereBy(named)) =>
  (text: TableText): E.Either<DataError, Table> => {
    const source = withColumnOfSets(described)
    const at = tablePath(source)
    return pipe(
      columnsIn(source, at, isThere)(text),
      E.chain((read) => entriesOf(source, at, read, named))
    )
  }

/**
 * Reads a table; encoding, delimiter, header and columns are as given by the source, or inferred. Errors: `BadTable`
 * for another encoding, a missing column, a row that is too short or too long, a missing label, an invalid number, an
 * unknown set; `Contradiction` for rows that disagree about an image.
 *
 * @example
 * import { imageCsv } from 'graft-vision'
 * import { tableOf } from '../index.js'
 *
 * const { source } = imageCsv('planet', { suffix: '.jpg', labelDelim: ' ' })
 * if (source._tag !== 'ImageCsv') throw new Error('it is one')
 * const bytes = new TextEncoder().encode('image;tags\ntrain_0;haze primary')
 * const table = tableOf(source, { files: ['train_0.jpg'], folders: [] })(bytes)
 * assert.deepStrictEqual(table._tag === 'Right' && table.right.entries.map(({ file, parts }) => [file, parts]), [
 *   ['train_0.jpg', ['haze', 'primary']]
 * ])
 *
 * @since 0.1.0
 */
export const tableOf =
  (source: ImageCsv, listing: Listing) =>
  (bytes: Uint8Array): E.Either<DataError, Table> => {
    const at = tablePath(source)
    const text = textOf(at, source.encoding)(bytes)
    if (isJsonLines(source.csv))
      return pipe(
        text,
        E.chain(recordsIn(at)),
        E.map((records) => tableOfRecords(source, records)),
        E.chain((table) => tableIn(table.source, fileNames(table.source, listing))(table.text))
      )
    const named = fileNames(source, listing)
    return pipe(text, E.chain(rowsIn(at, source.delimiter, isThereBy(named))), E.chain(tableIn(source, named)))
  }

// -------------------------------------------------------------------------------------------------------------------
// arranging
// -------------------------------------------------------------------------------------------------------------------

/**
 * Divides the images of a table into training, validation and test sets. Errors: `NoImages`, `MissingFolder` (missing
 * files, or a set without images).
 *
 * @example
 * import { imageCsv } from 'graft-vision'
 * import { arrangeTable } from '../index.js'
 *
 * const { source } = imageCsv('planet')
 * if (source._tag !== 'ImageCsv') throw new Error('it is one')
 * const empty = { kind: 'classes', entries: [], columns: [], bySets: false, missing: [], warnings: [] } as const
 * assert.strictEqual(arrangeTable(source, empty)({ files: [], folders: [] })._tag, 'Left')
 *
 * @since 0.1.0
 */
export const arrangeTable =
  (source: ImageCsv, table: Table) =>
  (listing: Listing): E.Either<DataError, Arrangement> => {
    const { entries, missing } = table
    const { path, holdout, validCol } = withColumnOfSets(source)
    const at = tablePath(source)
    if (entries.length === 0) return E.left(noImages(at, 'one row for each image', 'none', 'check the table'))
    const stratified = holdout._tag === 'Stratified' || (holdout._tag === 'Fold' && holdout.stratified)
    if (stratified && table.kind !== 'classes' && table.kind !== 'labels')
      return E.left(
        badTable(at, 'classes or labels, to stratify by', table.kind, 'use a holdout that is not stratified')
      )
    const held =
      stratified && table.kind === 'labels' ? entries.map((entry) => ({ ...entry, labels: entry.parts })) : entries
    if (missing.length > 0)
      return E.left(
        missingFolder(
          `${path}/${missing[0]!}`,
          'a file for every row',
          `${missing.length} missing: ${someOf(missing)}`,
          missingHint(listing, missing)
        )
      )
    return pipe(
      separated(table.bySets && O.isSome(validCol) && holdout._tag !== 'Fold' ? { _tag: 'Auto' } : holdout, {
        root: path,
        names: { train: 'train', valid: 'valid', test: 'test' },
        by: table.bySets ? 'the sets of the column' : 'the folders named train and valid',
        hint: 'name a column with the set of each image: imageCsv(path, { validCol })'
      })(mapIndexed((item: Entry) => ({ item, set: item.set }))(indexed(held))),
      E.map(({ train, valid, test, drawn, warnings }) => ({
        train,
        valid,
        drawn,
        test: test.map(({ file }) => file),
        warnings: [...table.warnings, ...warnings]
      }))
    )
  }
