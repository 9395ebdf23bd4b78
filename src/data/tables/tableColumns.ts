/**
 * The columns of files, labels and sets in a table: as given by the source, or inferred.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Row, Rows } from './csv.js'
import { badTable, type DataError, type DataWarning, noImages, someOf, tableGuessed } from '../DataError.js'
import type { Grouping } from '../holdouts/Grouping.js'
import { dropIndexed, indexWhere, type Indexed, listOf, mapIndexed } from '../Indexed.js'
import type { Column, ImageCsv } from './ImageTable.js'
import { isImageName } from '../folders/Listing.js'
import { coordinatesAmong, pairedColumns, pointColumnsIn } from './pointColumns.js'
import { areBits, areOneHot, isMissing, isNumber } from './tableCells.js'
import { areSetWords, dividesSets, namesSets, saysSets } from './setColumn.js'
import type { TableText } from './tableText.js'

/** The positions of the columns. */
export interface Columns {
  readonly file: number
  readonly labels: ReadonlyArray<number>
  readonly sets: O.Option<number>
  /** Other columns that could hold labels or sets. */
  readonly others: { readonly labels: ReadonlyArray<number>; readonly sets: ReadonlyArray<number> }
}

/** A table's rows below its header, and its columns. */
export interface TableColumns extends Columns {
  /** The column of groups that a holdout keeps together. */
  readonly groups: O.Option<number>
  readonly weights: O.Option<number>
  /** The names of the columns; their numbers without a header. */
  readonly names: ReadonlyArray<string>
  readonly body: Rows
  /** The delimiter of columns. */
  readonly delimiter: string
  readonly warnings: ReadonlyArray<DataWarning>
}

type IsThere = (cell: string) => boolean

const byName = (column: Column): boolean => typeof column === 'string'

/** The column of the groups that a holdout keeps together. */
const groupColumn = ({ holdout }: ImageCsv): O.Option<Column> => {
  const by = holdout._tag === 'ByGroup' ? O.some(holdout.by) : holdout._tag === 'Fold' ? holdout.group : O.none
  return O.chain((one: Grouping) => (typeof one === 'object' ? O.none : O.some(one)))(by)
}

const columnsSaid = (source: ImageCsv): ReadonlyArray<Column> => [
  ...(O.isSome(source.fnCol) ? [source.fnCol.value] : []),
  ...O.getOrElse((): ReadonlyArray<Column> => [])(source.labelCol),
  ...[source.validCol, source.weightCol, groupColumn(source)].flatMap((column) => O.toUndefined(column) ?? [])
]

/** Returns whether the first row is a header. */
const hasHeader = (source: ImageCsv, at: string, first: Row, isThere: IsThere): E.Either<DataError, boolean> => {
  const image = first.cells.find((cell) => isThere(cell) || isImageName(cell.trim()))
  if (image === undefined) return E.right(O.getOrElse(() => true)(source.header))
  const told = O.toUndefined(source.header)
  return told === true || (told === undefined && columnsSaid(source).some(byName))
    ? E.left(
        badTable(
          `${at}: line ${first.line}`,
          'the names of the columns',
          `an image, ${image.trim()}`,
          'add a header row, or declare that there is none: imageCsv(path, { header: false })'
        )
      )
    : E.right(false)
}

const placeOf =
  (at: string, names: ReadonlyArray<string>, named: boolean) =>
  (column: Column): E.Either<DataError, number> => {
    const trimmed = names.map((name) => name.trim())
    const place = typeof column === 'number' ? column : named ? trimmed.indexOf(column.trim()) : -1
    return place in names
      ? E.right(place)
      : E.left(
          badTable(
            at,
            `a column ${JSON.stringify(column)}`,
            named ? `columns ${someOf(trimmed)}` : `${names.length} columns without names`,
            'name another, or its number, from 0'
          )
        )
  }

const best = (scores: ReadonlyArray<number>): number => scores.indexOf(Math.max(...scores))

/** The column most of whose cells name files, or at least images. */
const fileColumn = (body: Rows, width: number, isThere: IsThere): number => {
  const some = Array.from({ length: Math.min(200, body.length) }, (_, i) => body.at(i))
  const counted = (is: IsThere): ReadonlyArray<number> =>
    Array.from({ length: width }, (_, i) => some.filter(({ cells }) => is(cells[i] ?? '')).length)
  const there = counted(isThere)
  return best(there.some((n) => n > 0) ? there : counted((cell) => isImageName(cell.trim())))
}

const labelName = /^(labels?|class(es)?|class[-_ ]?names?|categor(y|ies)|targets?|tags?|y|diagnosis|breed|species)$/i

/** Returns whether a column's name is usual for labels. */
export const isLabelName = (name: string): boolean => labelName.test(name.trim())

/** Columns besides the label that tables often have for an image. */
const aside =
  /^(k?[-_ ]?folds?|cv|width|height|size|bytes|date|time(stamp)?|year|url|id|.*[-_]id|source|licen[cs]e|author|photographer)$/i

/** Returns whether a column is the row number, which pandas writes first, without a name. */
const isIndex = (name: string, cells: ReadonlyArray<string>): boolean =>
  /^(|unnamed.*|index)$/i.test(name.trim()) &&
  cells.every((cell, i) => cell.trim() === String(i) || cell.trim() === String(i + 1))

/**
 * Columns named as labels, all of which hold yes and no: those in which each row has one yes, or several, if the one that
 * would be the column of labels is among them.
 */
const labelColumns = (
  likely: ReadonlyArray<number>,
  label: number | undefined,
  cellsOf: (i: number) => ReadonlyArray<string>,
  body: Rows
): ReadonlyArray<number> => {
  const marks = likely.filter((i) => areBits(cellsOf(i).filter((cell) => !isMissing(cell))))
  const rows: Indexed<ReadonlyArray<string>> = mapIndexed(({ cells }: Row) => marks.map((i) => cells[i] ?? ''))(body)
  return marks.length > 1 && (marks.some((i) => i === label) || areOneHot(rows)) ? marks : []
}

const found = (
  {
    names,
    body,
    named,
    isThere,
    points
  }: {
    names: ReadonlyArray<string>
    body: Rows
    named: boolean
    isThere: IsThere
    points: boolean
  },
  given: {
    readonly file: O.Option<number>
    readonly labels: O.Option<ReadonlyArray<number>>
    readonly sets: O.Option<number>
    /** Columns that hold something else. */
    readonly taken: ReadonlyArray<number>
  }
): Columns => {
  const known = new Map<number, ReadonlyArray<string>>()
  const cellsOf = (i: number): ReadonlyArray<string> => {
    const its = known.get(i) ?? listOf(({ cells }: Row) => cells[i] ?? '')(body)
    known.set(i, its)
    return its
  }
  const file = O.getOrElse(() => fileColumn(body, names.length, isThere))(given.file)
  const said = O.getOrElse((): ReadonlyArray<number> => [])(given.labels)
  const free = names.map((_, i) => i).filter((i) => i !== file && !said.includes(i) && !given.taken.includes(i))
  const setColumns = free.filter(
    (i) =>
      (named && dividesSets(names[i]!) && cellsOf(i).some((cell) => cell.trim() !== '')) ||
      (named && namesSets(names[i]!) && saysSets(names[i]!, cellsOf(i))) ||
      areSetWords(cellsOf(i))
  )
  const sets = O.alt(() => O.fromNullable(setColumns[0]))(given.sets)
  const otherSets = O.isSome(given.sets) ? [] : setColumns.slice(1)
  if (O.isSome(given.labels)) return { file, labels: said, sets, others: { labels: [], sets: otherSets } }
  const labels = free.filter(
    (i) =>
      !O.exists((set: number) => set === i)(sets) &&
      !otherSets.includes(i) &&
      cellsOf(i).some((cell) => cell.trim() !== '') &&
      !(free.length > 1 && isIndex(named ? names[i]! : '', cellsOf(i)))
  )
  const word = named ? labels.find((i) => isLabelName(names[i]!)) : undefined
  const likely = labels.filter((i) => !named || !aside.test(names[i]!.trim()))
  const label = word ?? likely.find((i) => i > file) ?? likely[0] ?? labels.find((i) => i > file) ?? labels[0]
  const marks = word === undefined && !points ? labelColumns(likely, label, cellsOf, body) : []
  if (marks.length > 0)
    return { file, labels: marks, sets, others: { labels: labels.filter((i) => !marks.includes(i)), sets: otherSets } }
  if (points) {
    // a column of a point that is nowhere is empty
    const pairs = named ? pointColumnsIn(names, free) : []
    const its = named
      ? pairs.flat()
      : labels.filter((i) => cellsOf(i).every((cell) => isMissing(cell) || isNumber(cell)))
    return { file, labels: its, sets, others: { labels: [], sets: otherSets } }
  }
  const others = { labels: labels.filter((i) => i !== label), sets: otherSets }
  return { file, labels: label === undefined ? [] : [label], sets, others }
}

const warningsOf = (
  source: ImageCsv,
  at: string,
  { names, named, delimiter, comments }: TableText & { names: ReadonlyArray<string>; named: boolean },
  { file, labels, sets, others }: Columns
): ReadonlyArray<DataWarning> => {
  const drawn = (i: number): string => (named ? JSON.stringify(names[i]!.trim()) : String(i))
  const usual = file === 0 && (source.labels === 'points' || (labels.length === 1 && labels[0] === 1))
  const all = [
    ...(O.isNone(source.delimiter) && delimiter !== ',' ? [`columns separated by ${JSON.stringify(delimiter)}`] : []),
    ...(comments === 0 ? [] : [`${comments} lines that begin with #, left out`]),
    ...(O.isNone(source.header) && !named ? ['no header'] : []),
    ...(O.isSome(source.fnCol) || usual ? [] : [`files in column ${drawn(file)}`]),
    ...(O.isSome(source.labelCol) || source.labels === 'points' || (usual && others.labels.length === 0)
      ? []
      : [
          `labels in column ${labels.map(drawn).join(', ')}` +
            (others.labels.length === 0 ? '' : ` (not in ${someOf(others.labels.map(drawn))})`)
        ]),
    ...(O.isSome(source.validCol) || O.isNone(sets) ? [] : [`sets in column ${drawn(sets.value)}`])
  ]
  return all.length === 0
    ? []
    : [
        tableGuessed(
          at,
          'a table with the usual form, or with its form given',
          all.join('; '),
          'if that is wrong, correct it: imageCsv(path, { delimiter, header, fnCol, labelCol, validCol })'
        )
      ]
}

/** An error if a column that is taken for the label is a coordinate of a point. */
const withoutPoints = (
  source: ImageCsv,
  at: string,
  names: ReadonlyArray<string>,
  body: Rows,
  { labels, others }: Columns
): E.Either<DataError, void> => {
  const isGuessed = source.labels === 'auto' && O.isNone(source.labelCol) && labels.length === 1
  const isNumeric = (i: number): boolean =>
    indexWhere(body, ({ cells }) => !isMissing(cells[i] ?? '') && !isNumber(cells[i]!)) === -1
  const points = isGuessed ? coordinatesAmong(names, [...labels, ...others.labels], isNumeric) : []
  return points.length === 0
    ? E.right(undefined)
    : E.left(
        badTable(
          at,
          'labels, or what the labels are',
          `coordinates of points: ${someOf(points.map((i) => names[i]!.trim()))}`,
          "if they are the labels, say so: imageCsv(path, { labels: 'points' }); otherwise name the column of labels: imageCsv(path, { labelCol })"
        )
      )
}

/**
 * Finds header and columns. Errors: `BadTable` for a missing column, for a header that names an image, and for a row
 * shorter or longer than the first.
 */
export const columnsIn =
  (source: ImageCsv, at: string, isThere: IsThere) =>
  (table: TableText): E.Either<DataError, TableColumns> => {
    const { rows, delimiter } = table
    if (rows.length === 0) return E.left(noImages(at, 'one row for each image', 'none', 'check the table'))
    const first = rows.at(0)
    return pipe(
      hasHeader(source, at, first, isThere),
      E.bindTo('named'),
      E.bind('body', ({ named }): E.Either<DataError, Rows> => {
        const body = named ? dropIndexed(1, rows) : rows
        if (body.length === 0) return E.left(noImages(at, 'one row for each image', 'only a header', 'check the table'))
        const width = first.cells.length
        const place = indexWhere(
          body,
          ({ cells }) => cells.length < width || cells.slice(width).some((cell) => cell.trim() !== '')
        )
        if (place === -1) return E.right(body)
        const wrong = body.at(place)
        return E.left(
          badTable(
            `${at}: line ${wrong.line}`,
            `${width} columns, like the first row`,
            String(wrong.cells.length),
            wrong.cells.length < width
              ? 'complete the row'
              : width === 1
                ? 'remove the lines above the names of the columns'
                : 'put quotes around a value that contains the delimiter, or name the delimiter: imageCsv(path, { delimiter })'
          )
        )
      }),
      E.bind('columns', ({ named, body }) => {
        const place = placeOf(at, first.cells, named)
        const optional = (column: O.Option<Column>) => O.sequence(E.Applicative)(O.map(place)(column))
        return pipe(
          E.Do,
          E.bind('file', () => optional(source.fnCol)),
          E.bind('labels', () => O.sequence(E.Applicative)(O.map(E.traverseArray(place))(source.labelCol))),
          E.bind('sets', () => optional(source.validCol)),
          E.bind('groups', () => optional(groupColumn(source))),
          E.bind('weights', () => optional(source.weightCol)),
          E.map(({ groups, weights, ...given }) => {
            const taken = [groups, weights].flatMap((place) => O.toUndefined(place) ?? [])
            const table = { names: first.cells, body, named, isThere, points: source.labels === 'points' }
            return { ...found(table, { ...given, taken }), groups, weights }
          })
        )
      }),
      E.chainFirst(({ columns }) =>
        source.labels === 'points'
          ? pairedColumns(at, first.cells, columns.labels, 'imageCsv(path, { labelCol })')
          : E.right([])
      ),
      E.chainFirst(({ named, body, columns }) =>
        named ? withoutPoints(source, at, first.cells, body, columns) : E.right(undefined)
      ),
      E.filterOrElseW(
        ({ columns }) => columns.labels.length > 0,
        () =>
          badTable(
            at,
            'a column of labels in addition to that of file names',
            `columns ${someOf(first.cells.map((cell) => cell.trim()))}`,
            'add one, or name the delimiter: imageCsv(path, { delimiter })'
          )
      ),
      E.filterOrElseW(
        ({ columns }) => columns.others.sets.length === 0,
        ({ columns: { sets, others } }) =>
          badTable(
            at,
            'at most one column of sets',
            `several: ${someOf([...(O.isSome(sets) ? [sets.value] : []), ...others.sets].map((i) => JSON.stringify(first.cells[i]!.trim())))}`,
            'combine them into one column of train, valid and test, or name the one to use: imageCsv(path, { validCol })'
          )
      ),
      E.map(({ named, body, columns }) => ({
        ...columns,
        names: named ? first.cells.map((cell) => cell.trim()) : first.cells.map((_, i) => String(i)),
        body,
        delimiter,
        warnings: warningsOf(source, at, { ...table, names: first.cells, named }, columns)
      }))
    )
  }
