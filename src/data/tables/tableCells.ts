/**
 * The contents of table cells: numbers, bits, words, or nothing.
 *
 * @since 0.1.0
 */
import { everyIndexed, type Indexed } from '../Indexed.js'

const numeric = /^[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?$/i

/** The number in a cell, with a decimal point or a decimal comma. */
export const numberOf = (cell: string): number => Number(cell.trim().replace(',', '.'))

/** Returns whether a cell contains a finite number. */
export const isNumber = (cell: string): boolean => numeric.test(cell.trim()) && Number.isFinite(numberOf(cell))

/** Returns whether a number is not whole. */
export const isFraction = (value: number): boolean => !Number.isInteger(value)

export const isWhole = (cell: string): boolean => /^[+-]?\d+$/.test(cell.trim())

/** Returns whether the comma in a number could be a thousands separator: `1,500`. */
export const isThousands = (cell: string): boolean => /^[+-]?[1-9]\d{0,2},\d{3}$/.test(cell.trim())

/** Digits with a unit, a currency, a percent sign or thousands separators, or hexadecimal. */
const measured =
  /^[~<>=≈]?\s*[$€£¥]?\s*[+-]?(0x[\da-f]+|\d{1,3}([ '’,.\u00a0\u202f]\d{3})+([.,]\d+)?|\d*[.,]?\d+(e[+-]?\d+)?)\s*[\p{L}°%²³/$€£¥]{0,8}\.?$/iu

/** Returns whether a cell looks like a number to a reader: `20.5 kg`, `1,500.5`, `$3`, `0x1F`. */
export const isMeasure = (cell: string): boolean => measured.test(cell.trim())

const bits: Readonly<Record<string, 0 | 1>> = { false: 0, true: 1, f: 0, t: 1, no: 0, yes: 1, n: 0, y: 1 }

/** Whether the image has a label, in columns that are named after labels. */
export const bitOf = (cell: string): 0 | 1 | undefined => {
  const word = cell.trim().toLowerCase()
  if (/^[01](\.0*)?$/.test(word)) return word.startsWith('1') ? 1 : 0
  return word === '-1' ? 0 : bits[word]
}

/** Returns whether cells are yes/no values: 0 and 1, -1 and 1, or true and false. */
export const areBits = (cells: Iterable<string>): boolean => {
  let [minus, zero] = [false, false]
  for (const cell of cells) {
    if (bitOf(cell) === undefined) return false
    minus ||= cell.trim() === '-1'
    zero ||= /^0/.test(cell.trim())
  }
  return !(minus && zero)
}

/** Returns whether each row has yes in exactly one of its columns, and no in the others. */
export const areOneHot = (rows: Indexed<ReadonlyArray<string>>): boolean =>
  everyIndexed(rows, (cells) => cells.filter((cell) => bitOf(cell) === 1).length === 1) && areBits(cellsIn(rows))

/** The cells of rows, one after the other. */
export function* cellsIn({ length, at }: Indexed<ReadonlyArray<string>>): Iterable<string> {
  for (let i = 0; i < length; i++) yield* at(i)
}

const nothing = /^(|n\/a|<na>|#n\/a|#na|-?nan|null|-?1\.#(ind|qnan)|NA|None|NaT|nil|#N\/A N\/A|\\N|\?+|-+|\.+)$/
const anyCase =
  /^(n\/a|n\.a\.|[<(]?na[>)]|[<([]?null[>)\]]|[<([]none[>)\]]|#n\/a|-?nan|null|undefined|#(ref|value|div\/0|name|num|null)[!?])$/i

/** Returns whether a cell is empty or contains a usual marker of a missing value. */
export const isMissing = (cell: string): boolean => nothing.test(cell.trim()) || anyCase.test(cell.trim())
