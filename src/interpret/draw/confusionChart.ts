/**
 * The confusion matrix as a chart.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { confusionMatrix, type InterpretError, type Interpretation, normalisedConfusion } from '../index.js'
import { type Chart, chart, numeric } from './Chart.js'

/**
 * How a confusion matrix is drawn.
 *
 * @since 0.1.0
 */
export interface ConfusionPlotOptions {
  /** Shares of each row instead of counts; default false. */
  readonly normalize?: boolean
  /** Decimals of shares; default 2. */
  readonly normDec?: number
  readonly title?: string
}

/** Names are looked up by index: a name is text, never a key, whatever it is. */
const axis = (field: string, title: string) =>
  ({
    field,
    type: 'ordinal',
    title,
    axis: { labelExpr: 'names[datum.value]', labelAngle: 0, labelOverlap: true }
  }) as const

/**
 * The confusion matrix as a chart: actual classes down, predicted ones across; numbers turn white above half the
 * maximum. Of anything but a classification it is an `OtherTask` error.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { classification, interpretation, plotConfusionMatrix } from 'graft-vision'
 *
 * const task = classification(['cat', 'dog'])
 * const i = interpretation({ task, preds: [[0.9, 0.1], [0.6, 0.4]], targets: [0, 1], losses: [0.1, 0.9] })
 * const plot = E.isRight(i) ? plotConfusionMatrix()(i.right) : i
 * assert.ok(E.isRight(plot) && JSON.stringify(plot.right.spec).includes('"cat"'))
 *
 * @since 0.1.0
 */
export const plotConfusionMatrix =
  ({ normalize = false, normDec = 2, title = 'Confusion matrix' }: ConfusionPlotOptions = {}) =>
  (i: Interpretation): E.Either<InterpretError, Chart> =>
    pipe(
      confusionMatrix(i),
      E.map((counts) => {
        const shown = normalize ? normalisedConfusion(counts) : counts
        const highest = Math.max(...shown.flat().filter((value) => !Number.isNaN(value)))
        const values = shown.flatMap((row, actual) =>
          row.map((value, predicted) => ({
            actual,
            predicted,
            value: numeric(value),
            text: normalize ? value.toFixed(normDec) : String(value)
          }))
        )
        return chart({
          title,
          width: { step: 48 },
          height: { step: 48 },
          params: [{ name: 'names', value: i.task._tag === 'Classification' ? i.task.classes : [] }],
          data: { values },
          encoding: { x: axis('predicted', 'Predicted'), y: axis('actual', 'Actual') },
          layer: [
            {
              mark: 'rect',
              encoding: {
                color: { field: 'value', type: 'quantitative', scale: { scheme: 'blues' }, legend: null }
              }
            },
            {
              mark: 'text',
              encoding: {
                text: { field: 'text' },
                color: { condition: { test: `datum.value > ${highest / 2}`, value: 'white' }, value: 'black' }
              }
            }
          ]
        })
      })
    )
