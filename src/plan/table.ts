/**
 * Formatting of tables and totals: counts with thousands separators, amounts in powers of a thousand, aligned columns.
 */

export const count = (n: number): string => n.toLocaleString('en-US')

export const scaled = (n: number, unit: string): string => {
  const steps = ['', 'k', 'M', 'G', 'T']
  const i = n === 0 ? 0 : Math.min(steps.length - 1, Math.floor(Math.log10(n) / 3))
  return `${(n / 1000 ** i).toFixed(i === 0 ? 0 : 2)} ${steps[i]}${unit}`
}

/** Aligns rows of equal length; the first `left` columns are text, the others numbers. */
export const columns =
  (left: number) =>
  (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
    const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)))
    return rows.map((row) =>
      row.map((cell, c) => (c < left ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join('  ')
    )
  }
