/**
 * What a training recorded, as charts.
 *
 * @since 0.1.0
 */
import * as O from 'fp-ts/lib/Option.js'
import { type History, type LrFind, suggestLr, trimmedLrFind } from '../../recipe/index.js'
import { type Chart, chart, type ChartJson, numeric } from './Chart.js'

const line = { type: 'line', clip: true } as const

interface Series {
  readonly name: string
  /** Position and value. */
  readonly points: ReadonlyArray<readonly [number, number]>
}

/** Lines over a common axis; a series' name is a value in the data, never a key. */
const lines = (title: string, x: string, y: string, series: ReadonlyArray<Series>): Chart =>
  chart({
    title,
    width: 480,
    height: 300,
    data: {
      values: series.flatMap(({ name, points }) =>
        points.map(([at, value]): ChartJson => ({ at, value: numeric(value), name }))
      )
    },
    mark: series.some(({ points }) => points.length < 2) ? { ...line, point: true } : line,
    encoding: {
      x: { field: 'at', type: 'quantitative', title: x },
      y: { field: 'value', type: 'quantitative', title: y, scale: { zero: false } },
      color: { field: 'name', type: 'nominal', title: null, sort: null }
    }
  })

/**
 * How many batches to leave out at either end of a plot.
 *
 * @since 0.1.0
 */
export interface SkipOptions {
  /** Default 0. */
  readonly skipStart?: number
  /** Default 0. */
  readonly skipEnd?: number
}

const within = <A>(all: ReadonlyArray<A>, { skipStart = 0, skipEnd = 0 }: SkipOptions): ReadonlyArray<A> =>
  all.slice(skipStart, all.length - skipEnd)

const perBatch = (values: ReadonlyArray<number>): ReadonlyArray<readonly [number, number]> =>
  values.map((value, k) => [k, value])

/** Where an epoch ended, in batches: epochs of one learner are as long as each other. */
const epochEnd = ({ losses, rows }: History, epoch: number): number => ((epoch + 1) * losses.length) / rows.length

/**
 * The smoothed training loss of every batch, and the validation loss at the end of every epoch.
 *
 * @example
 * import { plotLosses } from 'graft-vision'
 *
 * const rows = [{ epoch: 0, trainLoss: 0.5, validLoss: 0.6, metrics: [] }]
 * const { spec } = plotLosses()({ losses: [0.9, 0.5], lrs: [1, 1], moms: [0.9, 0.9], rows })
 * assert.ok(JSON.stringify(spec).includes('{"at":2,"value":0.6,"name":"Validation"}'))
 *
 * @since 0.1.0
 */
export const plotLosses =
  (skip: SkipOptions = {}) =>
  (history: History): Chart => {
    const valid = history.rows.flatMap(({ validLoss }, epoch): ReadonlyArray<readonly [number, number]> =>
      validLoss === null ? [] : [[epochEnd(history, epoch), validLoss]]
    )
    return lines('Losses', 'Batches processed', 'Loss', [
      { name: 'Train', points: within(perBatch(history.losses), skip) },
      { name: 'Validation', points: valid }
    ])
  }

/**
 * The last group's learning rate and, with `showMoms` (false), the momentum, at every batch.
 *
 * @example
 * import { emptyHistory, plotLr } from 'graft-vision'
 *
 * const { spec } = plotLr({ showMoms: true })({ ...emptyHistory, lrs: [1e-3], moms: [0.95] })
 * assert.ok(Array.isArray(spec['hconcat']) && spec['hconcat'].length === 2)
 *
 * @since 0.1.0
 */
export const plotLr =
  ({ showMoms = false, ...skip }: SkipOptions & { readonly showMoms?: boolean } = {}) =>
  ({ lrs, moms }: History): Chart => {
    const rates = lines('Learning rate', 'Batches processed', 'Learning rate', [
      { name: 'Learning rate', points: within(perBatch(lrs), skip) }
    ])
    if (!showMoms) return rates
    const momenta = lines('Momentum', 'Batches processed', 'Momentum', [
      { name: 'Momentum', points: within(perBatch(moms), skip) }
    ])
    return chart({ hconcat: [rates, momenta].map(({ spec: { $schema: _, background: __, ...spec } }) => spec) })
  }

/**
 * Every metric, by the names given in the learner's order, at the end of every epoch.
 *
 * @example
 * import { emptyHistory, plotMetrics } from 'graft-vision'
 *
 * const rows = [{ epoch: 0, trainLoss: 0.5, validLoss: 0.6, metrics: [0.9] }]
 * const { spec } = plotMetrics(['accuracy'])({ ...emptyHistory, rows })
 * assert.ok(JSON.stringify(spec).includes('{"at":1,"value":0.9,"name":"accuracy"}'))
 *
 * @since 0.1.0
 */
export const plotMetrics =
  (names: ReadonlyArray<string>) =>
  ({ rows }: History): Chart =>
    lines(
      'Metrics',
      'Epochs',
      'Value',
      names.map((name, m) => ({
        name,
        points: rows.flatMap(({ metrics }, epoch): ReadonlyArray<readonly [number, number]> =>
          metrics[m] === undefined ? [] : [[epoch + 1, metrics[m]]]
        )
      }))
    )

/**
 * A learning rate sweep: the smoothed loss over the rate, on a logarithmic axis, without the first 10 and the last 5
 * batches; with `suggestion` (true) the two suggested rates are marked, if there are enough batches.
 *
 * @example
 * import { plotLrFind } from 'graft-vision'
 *
 * const found = { lrs: [1e-3, 1e-2, 1e-1, 1], losses: [2, 1.9, 0.9, 3] }
 * const { spec } = plotLrFind({ skipStart: 0, skipEnd: 0 })(found)
 * assert.ok(JSON.stringify(spec).includes('"log"'))
 *
 * @since 0.1.0
 */
export const plotLrFind =
  ({ suggestion = true, ...skip }: SkipOptions & { readonly suggestion?: boolean } = {}) =>
  (found: LrFind): Chart => {
    const { lrs, losses } = trimmedLrFind(skip)(found)
    const suggested = suggestion ? O.toUndefined(suggestLr(skip)(found)) : undefined
    const marks =
      suggested === undefined
        ? []
        : [
            { lr: suggested.minGradient, name: `steepest: ${suggested.minGradient.toExponential(2)}` },
            { lr: suggested.minLossBy10, name: `minimum / 10: ${suggested.minLossBy10.toExponential(2)}` }
          ]
    return chart({
      title: 'Learning rate finder',
      width: 480,
      height: 300,
      encoding: {
        x: {
          field: 'lr',
          type: 'quantitative',
          title: 'Learning rate',
          scale: { type: 'log' },
          axis: { format: '.0e' }
        }
      },
      layer: [
        {
          data: { values: lrs.map((lr, k) => ({ lr, loss: numeric(losses[k]!) })) },
          mark: line,
          encoding: { y: { field: 'loss', type: 'quantitative', title: 'Loss', scale: { zero: false } } }
        },
        {
          data: { values: marks },
          mark: { type: 'rule', strokeDash: [4, 4] },
          encoding: { color: { field: 'name', type: 'nominal', title: 'Suggestion', sort: null } }
        }
      ]
    })
  }
