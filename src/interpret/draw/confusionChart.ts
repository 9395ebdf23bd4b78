/**
 * The confusion matrix as a chart.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { confusionMatrix, type InterpretError, type Interpretation, normalisedConfusion } from '../index.js'
import { type Chart, chart, numeric, titled } from './Chart.js'

/**
 * Options of `plotConfusionMatrix`.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface ConfusionPlotOptions {
  /** Show fractions of each row instead of counts; default false. */
  readonly normalize?: boolean
  /** Decimals of the fractions; default 2. */
  readonly normDec?: number
  readonly title?: string
}

/** Side of a cell in pixels, and the font size of its number; null: too small for numbers. */
const cellsOf = (classes: number): { readonly step: number; readonly fontSize: number | null } => {
  if (classes <= 3) return { step: 80, fontSize: 13 }
  if (classes <= 12) return { step: 48, fontSize: 11 }
  return classes <= 30 ? { step: 28, fontSize: 9 } : { step: Math.max(12, Math.floor(960 / classes)), fontSize: null }
}

/** Angle of the names below columns: horizontal if they fit, otherwise slanted, otherwise vertical. */
const angleOf = (names: ReadonlyArray<string>, step: number): number => {
  const longest = Math.max(0, ...names.map((name) => name.length))
  if (longest * 6 <= step) return 0
  return step >= 28 ? -45 : -90
}

/** Names are looked up by index, because a name used as a key could be misread. */
const axis = (field: string, title: string, labelAngle: number) =>
  ({
    field,
    type: 'ordinal',
    title,
    axis: { labelExpr: 'names[datum.value]', labelAngle, labelOverlap: false }
  }) as const

/**
 * The confusion matrix as a chart: actual classes in rows, predicted ones in columns; numbers are white above half of
 * the maximum. Tasks other than classification are an `OtherTask` error.
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
 * @category interpretation
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
        const names = i.task._tag === 'Classification' ? i.task.classes : counts.map((_, k) => String(k))
        const { step, fontSize } = cellsOf(names.length)
        const numbers = {
          mark: { type: 'text', fontSize: fontSize ?? 0 },
          encoding: {
            text: { field: 'text' },
            color: { condition: { test: `datum.value > ${highest / 2}`, value: 'white' }, value: 'black' }
          }
        } as const
        return chart({
          title: titled(title, step * names.length),
          width: { step },
          height: { step },
          params: [{ name: 'names', value: names }],
          data: { values },
          encoding: {
            x: axis('predicted', 'Predicted', angleOf(names, step)),
            y: axis('actual', 'Actual', 0)
          },
          layer: [
            {
              mark: 'rect',
              encoding: {
                color: {
                  field: 'value',
                  type: 'quantitative',
                  // 0 is nearly white; without numbers, rare confusions must still be visible
                  scale: {
                    type: fontSize === null ? 'sqrt' : 'linear',
                    domainMin: 0,
                    range: ['#f7fbff', '#6baed6', '#08306b']
                  },
                  legend: fontSize === null ? { title: normalize ? 'Share' : 'Images' } : null
                }
              }
            },
            ...(fontSize === null ? [] : [numbers])
          ]
        })
      })
    )
