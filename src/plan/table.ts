/**
 * How tables and totals are written: counts in groups of three, amounts in powers of a thousand, columns in line.
 */

export const count = (n: number): string => n.toLocaleString('en-US')

export const scaled = (n: number, unit: string): string => {
  const steps = ['', 'k', 'M', 'G', 'T']
  const i = n === 0 ? 0 : Math.min(steps.length - 1, Math.floor(Math.log10(n) / 3))
  return `${(n / 1000 ** i).toFixed(i === 0 ? 0 : 2)} ${steps[i]}${unit}`
}

/** Rows of equally many cells as lines; the first `left` columns are text, the others numbers. */
export const columns =
  (left: number) =>
  (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
    const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)))
    return rows.map((row) =>
      row.map((cell, c) => (c < left ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join('  ')
    )
  }
