/**
 * What the cells of a table hold: numbers, bits, words, nothing.
 *
 * @since 0.1.0
 */

const numeric = /^[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?$/i

/** The number in a cell, with a decimal point or a decimal comma. */
export const numberOf = (cell: string): number => Number(cell.trim().replace(',', '.'))

/** Whether a cell holds a finite number. */
export const isNumber = (cell: string): boolean => numeric.test(cell.trim()) && Number.isFinite(numberOf(cell))

export const isBit = (cell: string): boolean => /^[01]$/.test(cell.trim())

export const isWhole = (cell: string): boolean => /^[+-]?\d+$/.test(cell.trim())

const nothing = /^(|n\/a|<na>|#n\/a|#na|-?nan|null|-?1\.#(ind|qnan)|NA|None|#N\/A N\/A)$/
const anyCase = /^(n\/a|<na>|#n\/a|-?nan|null)$/i

/** Whether a cell is empty or holds a word that spreadsheets and pandas write for a missing value. */
export const isMissing = (cell: string): boolean => nothing.test(cell.trim()) || anyCase.test(cell.trim())
