/**
 * The kind of a table's labels (classes, several labels per image, or numbers), and invalid labels.
 *
 * @since 0.1.0
 */
import * as O from 'fp-ts/lib/Option.js'
import type { ImageCsv, LabelKind } from './ImageTable.js'
import type { Indexed } from '../Indexed.js'
import { wrongPoint } from './pointColumns.js'
import { areBits, bitOf, cellsIn, isMeasure, isMissing, isNumber, isThousands, isWhole } from './tableCells.js'

export type Kind = Exclude<LabelKind, 'auto'>

/** The cells of the label columns, row by row. */
type Cells = Indexed<ReadonlyArray<string>>

/** An invalid label. */
export interface WrongLabel {
  readonly row: number
  readonly expected: string
  readonly found: string
  readonly hint: string
}

const complete = 'complete the row or remove it'
const nameClasses = `${complete}; if it is a class, name the classes: imageCsv(path, { classes })`
const asClasses = "correct it, or use imageCsv(path, { labels: 'classes' })"
const asNumbers =
  "write plain numbers, with a decimal point and without a unit; if they are classes, declare them as such: imageCsv(path, { labels: 'classes' })"

const asParts = "separate labels by one character, as in cat|big, and name it: imageCsv(path, { labelDelim: '|' })"
const asOther =
  "name another column, imageCsv(path, { labelCol }), or specify what the labels are: imageCsv(path, { labels: 'numbers' }), or imageCsv(path, { labels: 'points' }) for places in the image"

/** The kind of the labels: as given by the source, or inferred. */
export const kindOf = (source: ImageCsv, several: boolean, cells: Cells): Kind => {
  if (source.labels !== 'auto') return source.labels
  if (O.isSome(source.labelDelim)) return 'labels'
  const all = [...cellsIn(cells)].filter((cell) => !isMissing(cell))
  if (several) return areBits(all) ? 'labels' : 'numbers'
  return all.length > 0 && all.every(isNumber) && !all.every(isWhole) ? 'numbers' : 'classes'
}

const distinct = (all: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(all.map((cell) => cell.trim()))]

/** The error for a cell; undefined if the cell is valid. */
type Check = (cell: string) => readonly [expected: string, hint: string] | undefined

const checkOf = (source: ImageCsv, kind: Exclude<Kind, 'points'>, delimiter: string, cells: Cells): Check => {
  const named = O.getOrElse((): ReadonlyArray<string> => [])(source.classes)
  if (kind === 'numbers') {
    const all = [...cellsIn(cells)]
    const commas = all.filter((cell) => cell.includes(','))
    // where a semicolon divides columns, a comma is the decimal separator
    const unclear = delimiter !== ';' && commas.length > 0 && commas.every(isThousands)
    return (cell) =>
      !isNumber(cell)
        ? ['a finite number', isMissing(cell) ? complete : isMeasure(cell) ? asNumbers : asClasses]
        : unclear && isThousands(cell)
          ? ['an unambiguous number', 'write 1500 or 1.5 instead of 1,500']
          : undefined
  }
  const isHole = (cell: string): boolean => isMissing(cell) && !(cell.trim() !== '' && named.includes(cell.trim()))
  const hintOf = (cell: string): string => (cell.trim() === '' ? complete : nameClasses)
  if (kind === 'labels')
    return cells.length > 0 && cells.at(0).length > 1
      ? (cell) => (bitOf(cell) === undefined ? ['0 or 1', isMissing(cell) ? complete : asClasses] : undefined)
      : (cell) => (cell.trim() !== '' && isHole(cell) ? ['labels', nameClasses] : undefined)
  const guessed = source.labels === 'auto' && O.isNone(source.classes)
  const labels = guessed ? [...cellsIn(cells)].filter((cell) => !isMissing(cell)) : []
  // fractions among words: neither classes nor numbers to predict
  const mixed = guessed && labels.some((cell) => isNumber(cell) && !isWhole(cell))
  const measures =
    guessed &&
    labels.every(isMeasure) &&
    !labels.every(isWhole) &&
    labels.length > 2 &&
    distinct(labels).length * 2 > labels.length
  const lists = guessed && labels.length > 0 && labels.every((cell) => /^\s*[[({].*[\])}]\s*$/s.test(cell))
  const single = guessed && areSingles(labels) && distinct(labels).length === labels.length
  return (cell) => {
    if (isHole(cell)) return ['a label', hintOf(cell)]
    if (lists) return ['labels without brackets', asParts]
    if (measures && !isNumber(cell)) return ['a number, or a class that several images have', asNumbers]
    if (single && !mixed) return ['classes with several images each', asOther]
    return mixed && !isNumber(cell) ? ['a number, as in other rows', asClasses] : undefined
  }
}

/** The first row whose points are invalid. */
const wrongPoints = (columns: ReadonlyArray<string>, cells: Cells): WrongLabel | undefined => {
  for (let row = 0; row < cells.length; row++) {
    const its = cells.at(row)
    const wrong = wrongPoint(its)
    if (O.isNone(wrong)) continue
    const { column, expected, hint } = wrong.value
    const found = its[column]!.trim()
    return {
      row,
      expected: `${expected} in the column ${columns[column]!}`,
      found: found === '' ? 'nothing' : JSON.stringify(found),
      hint
    }
  }
  return undefined
}

/** The first invalid label of columns with these names. */
export const wrongLabel = (
  source: ImageCsv,
  kind: Kind,
  { delimiter, columns }: { readonly delimiter: string; readonly columns: ReadonlyArray<string> },
  cells: Cells
): WrongLabel | undefined => {
  if (kind === 'points') return wrongPoints(columns, cells)
  const check = checkOf(source, kind, delimiter, cells)
  for (let row = 0; row < cells.length; row++) {
    const its = cells.at(row)
    for (const [i, cell] of its.entries()) {
      const wrong = check(cell)
      if (wrong === undefined) continue
      const place = its.length > 1 ? ` in the column ${columns[i]!}` : ''
      const found = cell.trim()
      return {
        row,
        expected: `${wrong[0]}${place}`,
        found: found === '' ? 'nothing' : JSON.stringify(found),
        hint: wrong[1]
      }
    }
  }
  return undefined
}

/**
 * A delimiter that may separate several labels in a cell: the parts of some labels are labels themselves, or parts of
 * other labels.
 */
export const labelDelimIn = (labels: ReadonlyArray<string>): O.Option<string> => {
  const all = distinct(labels)
  const divides = (delim: string): boolean => {
    const parts = all.map((label) => label.split(delim).map((part) => part.trim()))
    const different = new Set(parts.flat())
    const most = Math.max(0, ...parts.map(({ length }) => length))
    // names of several words share words too, breeds for example, but there are fewer names than words
    return most > 1 && !different.has('') && different.size < (delim === ' ' ? all.length : parts.flat().length)
  }
  return O.fromNullable(['|', ';', ',', ' '].find(divides))
}

/** Returns whether most classes have a single image, so that nothing can be learned about them. */
export const areSingles = (labels: ReadonlyArray<string>): boolean =>
  labels.length >= 10 && distinct(labels).length * 2 > labels.length
