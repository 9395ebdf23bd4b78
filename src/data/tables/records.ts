/**
 * Records as a table: those of an array, or of the lines of a JSON Lines file.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { storedRows } from './csv.js'
import { growing, type Indexed, indexed, listOf } from '../Indexed.js'
import type { NumberedRecord } from './NumberedRecord.js'
import { badTable, type DataError } from '../DataError.js'
import type { Column, ImageCsv } from './ImageTable.js'
import { withPointColumns } from './pointRecords.js'
import { isFraction } from './tableCells.js'
import { isLabelName } from './tableColumns.js'
import type { TableText } from './tableText.js'

/** The records of images. */
export type Records = Indexed<NumberedRecord>

/** Separates the labels of one cell; no text contains it. */
export const between = '\u001f'

const cellOf = (value: unknown): string => {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object' || one === null))
    return value.map(cellOf).join(between)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value)
}

/** Lists of numbers to predict, or of a 0 or 1 for each label, are columns of their own; other lists are labels. */
const widthOf = (values: ReadonlyArray<unknown>, { labels }: ImageCsv): number => {
  const lists = values.filter((value) => value !== null && value !== undefined)
  const [first] = lists
  if (!Array.isArray(first) || first.length < 2) return 0
  const { length } = first
  const even = lists.every(
    (list) => Array.isArray(list) && list.length === length && list.every((one) => typeof one === 'number')
  )
  const all = even ? lists.flat() : []
  return even &&
    (labels === 'numbers' || all.some((one) => isFraction(Number(one))) || all.every((one) => one === 0 || one === 1))
    ? length
    : 0
}

/** The text of a table, and the source with what its records say about the columns of labels. */
export interface RecordTable {
  readonly source: ImageCsv
  readonly text: TableText
}

/** The columns of labels by name: as given, or those usually called so. */
const labelNames = ({ labelCol }: ImageCsv, names: ReadonlyArray<string>): ReadonlyArray<string> =>
  O.match(
    () => names.filter(isLabelName).slice(0, 1),
    (columns: ReadonlyArray<Column>) =>
      columns.flatMap((column) => (typeof column === 'number' ? (names[column] ?? []) : column))
  )(labelCol)

/**
 * A table with a column for each key, in the order in which they first appear. A list in a column of labels is several
 * labels, or several numbers.
 */
export const tableOfRecords = (source: ImageCsv, given: Records): RecordTable => {
  const records: Records =
    source.labels === 'points' ? indexed(withPointColumns(listOf((one: NumberedRecord) => one)(given))) : given
  const keys = new Set<string>()
  for (let i = 0; i < records.length; i++) for (const key in records.at(i).record) keys.add(key)
  const names = [...keys]
  const labels = labelNames(source, names)
  const valuesOf = (name: string) => listOf(({ record }: NumberedRecord) => record[name])(records)
  const widths = new Map(labels.map((name) => [name, widthOf(valuesOf(name), source)]))
  const spread = (name: string): ReadonlyArray<string> => {
    const width = widths.get(name) ?? 0
    return width === 0 ? [name] : Array.from({ length: width }, (_, i) => `${name}[${i}]`)
  }
  const cells = (name: string, value: unknown): ReadonlyArray<string> => {
    const width = widths.get(name) ?? 0
    if (width === 0) return [cellOf(value)]
    return Array.from({ length: width }, (_, i) => cellOf((value as ReadonlyArray<unknown> | null | undefined)?.[i]))
  }
  const spreads = labels.some((name) => widths.get(name)! > 0)
  const cellsIn = (record: NumberedRecord['record']): ReadonlyArray<string> =>
    spreads ? names.flatMap((name) => cells(name, record[name])) : names.map((name) => cellOf(record[name]))
  const rows = storedRows()
  rows.push(0, names.flatMap(spread))
  for (let i = 0; i < records.length; i++) {
    const { line, record } = records.at(i)
    rows.push(line, cellsIn(record))
  }
  const listed = labels.some((name) => widths.get(name) === 0 && valuesOf(name).some(Array.isArray))
  return {
    source: {
      ...source,
      header: O.some(true),
      ...(listed ? { labelDelim: O.some(between) } : {}),
      ...(spreads || O.isSome(source.labelCol) ? { labelCol: O.some(labels.flatMap(spread)) } : {})
    },
    text: { rows: rows.rows(), delimiter: ',', comments: 0 }
  }
}

/** Returns whether a table is written as JSON Lines, by its name. */
export const isJsonLines = (file: string): boolean => /\.(jsonl|ndjson)$/i.test(file)

/** The records of a text with a JSON object on each line; empty lines are skipped. Error: `BadTable`, with the line. */
export const recordsIn =
  (at: string) =>
  (text: string): E.Either<DataError, Records> => {
    const [starts, lines] = [growing<number>(), growing<number>()]
    const lineFrom = (from: number): string => {
      const end = text.indexOf('\n', from)
      return text.slice(from, end === -1 ? text.length : end)
    }
    for (let [from, line] = [text.startsWith('\uFEFF') ? 1 : 0, 1]; from <= text.length; line++) {
      const written = lineFrom(from)
      const wrong = (found: string): E.Either<DataError, never> =>
        E.left(badTable(`${at}: line ${line}`, 'a JSON object', found, 'write one object on each line'))
      if (written.trim() !== '') {
        const parsed = E.tryCatch((): unknown => JSON.parse(written), String)
        if (E.isLeft(parsed)) return wrong(parsed.left)
        const value = parsed.right
        if (typeof value !== 'object' || value === null || Array.isArray(value))
          return wrong(Array.isArray(value) ? 'a list' : JSON.stringify(value))
        starts.push(from)
        lines.push(line)
      }
      from += written.length + 1
    }
    // parsed again when they are asked for: a million records take more memory than their text
    return E.right({
      length: starts.length,
      at: (i) => ({
        line: lines.at(i),
        record: JSON.parse(lineFrom(starts.at(i))) as NumberedRecord['record']
      })
    })
  }
