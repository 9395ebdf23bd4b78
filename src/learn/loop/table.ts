/**
 * The results table as fastai prints it: epoch, train_loss, valid_loss, the metrics, time.
 *
 * @since 0.1.0
 */
import type { Row } from '../../recipe/index.js'

const number = (n: number | null): string => (n === null ? '#na#' : n.toFixed(6))

const two = (n: number): string => String(n).padStart(2, '0')

/**
 * Formats seconds, rounded, as `mm:ss`, or `h:mm:ss` from one hour on.
 *
 * @example
 * import { showTime } from '../index.js'
 *
 * assert.deepStrictEqual([61.9, 3661].map(showTime), ['01:01', '1:01:01'])
 *
 * @since 0.1.0
 */
export const showTime = (seconds: number): string => {
  const whole = Math.floor(seconds)
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return h === 0 ? `${two(m)}:${two(s)}` : `${h}:${two(m)}:${two(s)}`
}

/**
 * The table's header, with the names of the metrics.
 *
 * @example
 * import { tableHeader } from '../index.js'
 *
 * assert.deepStrictEqual(tableHeader(['accuracy']), ['epoch', 'train_loss', 'valid_loss', 'accuracy', 'time'])
 *
 * @since 0.1.0
 */
export const tableHeader = (metricNames: ReadonlyArray<string>): ReadonlyArray<string> => [
  'epoch',
  'train_loss',
  'valid_loss',
  ...metricNames,
  'time'
]

/**
 * One row: numbers with six decimals, `#na#` without validation.
 *
 * @example
 * import { tableRow } from '../index.js'
 *
 * assert.deepStrictEqual(
 *   tableRow({ epoch: 0, trainLoss: 0.5, validLoss: 0.25, metrics: [1] }, 1, 61),
 *   ['0', '0.500000', '0.250000', '1.000000', '01:01']
 * )
 *
 * @since 0.1.0
 */
export const tableRow = (row: Row, metricCount: number, seconds: number): ReadonlyArray<string> => [
  String(row.epoch),
  number(row.trainLoss),
  number(row.validLoss),
  ...Array.from({ length: metricCount }, (_, i) => number(row.metrics[i] ?? null)),
  showTime(seconds)
]

/**
 * Formats cells in columns of ten characters.
 *
 * @example
 * import { tableLine } from '../index.js'
 *
 * assert.strictEqual(tableLine(['epoch', 'train_loss']), 'epoch       train_loss')
 *
 * @since 0.1.0
 */
export const tableLine = (cells: ReadonlyArray<string>): string =>
  cells
    .map((cell) => cell.padEnd(10))
    .join('  ')
    .trimEnd()
