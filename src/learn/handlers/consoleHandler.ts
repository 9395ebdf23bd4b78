/**
 * `consoleHandler`: prints the results table during training.
 *
 * @since 0.1.0
 */
import type { Handler } from '../../recipe/index.js'
import { tableHeader, tableLine, tableRow } from '../loop/table.js'

const toStdout = (line: string): void => void process.stdout.write(`${line}\n`)

/**
 * A handler that prints what the command prints: the table's header when a fit begins, a line after each epoch,
 * warnings, and files saved and loaded. Without it, training prints nothing.
 *
 * @param print receives each line; default: standard output
 *
 * @example
 * import { consoleHandler } from 'graft-vision/node'
 *
 * const lines: Array<string> = []
 * const handler = consoleHandler((line) => lines.push(line))
 * const counters = { epoch: 0, epochs: 1, batch: 0, iteration: 0 }
 * const place = { phase: 0, phases: 1, epochsAfter: 0, batches: 4, validBatches: 1, metricNames: ['accuracy'] }
 * handler({ _tag: 'TrainBegin', ...place, ...counters })()
 * const row = { epoch: 0, trainLoss: 0.5, validLoss: 0.25, metrics: [0.9] }
 * handler({ _tag: 'EpochEnd', row, seconds: 61, ...counters })()
 * assert.deepStrictEqual(lines, [
 *   'epoch       train_loss  valid_loss  accuracy    time',
 *   '0           0.500000    0.250000    0.900000    01:01'
 * ])
 *
 * @category training
 * @since 0.1.0
 */
export const consoleHandler = (print: (line: string) => void = toStdout): Handler => {
  let metrics = 0
  return (event) => () => {
    switch (event._tag) {
      case 'TrainBegin':
        metrics = event.metricNames.length
        print(tableLine(tableHeader(event.metricNames)))
        break
      case 'EpochEnd':
        print(tableLine(tableRow(event.row, metrics, event.seconds)))
        break
      case 'Warning':
        print(`warning: ${event.message}`)
        break
      case 'Saved':
        print(`saved ${event.file}`)
        break
      case 'Loaded':
        print(`loaded ${event.file}`)
        break
      default:
        break
    }
    return 'continue'
  }
}
