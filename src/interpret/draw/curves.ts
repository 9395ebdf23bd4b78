/**
 * Charts of a training's history.
 *
 * @since 0.1.0
 */
import * as O from 'fp-ts/lib/Option.js'
import { type History, type LrFind, suggestLr, trimmedLrFind } from '../../recipe/index.js'
import { type Chart, chart, type ChartJson, numeric } from './Chart.js'

const line = { type: 'line', clip: true } as const

interface Series {
  readonly name: string
  /** Position and value of each point. */
  readonly points: ReadonlyArray<readonly [number, number]>
}

/** A series of at most this many points gets a mark at each. */
const few = 30

/** A line chart; the name of a series is a value in the data, never a key. */
const linesSpec = (title: string, x: string, y: string, series: ReadonlyArray<Series>): Chart['spec'] => {
  const valuesOf = (some: ReadonlyArray<Series>): ReadonlyArray<ChartJson> =>
    some.flatMap(({ name, points }) => points.map(([at, value]): ChartJson => ({ at, value: numeric(value), name })))
  const marked = series.filter(({ points }) => points.length <= few)
  // a line needs two points; the value of a single one is written out
  const lonely = series.filter(({ points }) => points.length === 1)
  const places = series.flatMap(({ points }) => points.map(([at]) => at))
  const last = Math.max(1, ...places)
  const first = Math.min(last - 1, ...places)
  // a short axis would get ticks between integers, with repeated labels
  const ticks = last - first <= 12 ? { values: Array.from({ length: last - first + 1 }, (_, k) => first + k) } : {}
  return {
    title,
    width: 480,
    height: 300,
    encoding: {
      x: {
        field: 'at',
        type: 'quantitative',
        title: x,
        axis: { format: 'd', ...ticks },
        scale: { domain: [first, last], nice: false, padding: 8 }
      },
      y: { field: 'value', type: 'quantitative', title: y, scale: { zero: false, padding: 8 } },
      color: {
        field: 'name',
        type: 'nominal',
        title: null,
        sort: null,
        scale: { domain: series.map(({ name }) => name) },
        ...(series.length === 1 ? { legend: null } : {})
      }
    },
    layer: [
      { data: { values: valuesOf(series) }, mark: line },
      { data: { values: valuesOf(marked) }, mark: { type: 'point', filled: true, size: 40 } },
      {
        data: { values: valuesOf(lonely) },
        mark: { type: 'text', align: 'right', dx: -6, dy: -10 },
        encoding: { text: { field: 'value', type: 'quantitative', format: '.4f' } }
      }
    ]
  }
}

const lines = (...parts: Parameters<typeof linesSpec>): Chart => chart(linesSpec(...parts))

/**
 * How many batches to omit at either end of a plot.
 *
 * @category interpretation
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

/** The batch at which an epoch ended; all epochs of a learner have the same length. */
const epochEnd = ({ losses, rows }: History, epoch: number): number => ((epoch + 1) * losses.length) / rows.length

/**
 * Plots the smoothed training loss of every batch, and the validation loss at the end of every epoch.
 *
 * @example
 * import { plotLosses } from 'graft-vision'
 *
 * const rows = [{ epoch: 0, trainLoss: 0.5, validLoss: 0.6, metrics: [] }]
 * const { spec } = plotLosses()({ losses: [0.9, 0.5], lrs: [1, 1], moms: [0.9, 0.9], rows })
 * assert.ok(JSON.stringify(spec).includes('{"at":2,"value":0.6,"name":"Validation"}'))
 *
 * @category interpretation
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
 * Plots the learning rate of the last group and, with `showMoms` (false), the momentum, for every batch.
 *
 * @example
 * import { emptyHistory, plotLr } from 'graft-vision'
 *
 * const { spec } = plotLr({ showMoms: true })({ ...emptyHistory, lrs: [1e-3], moms: [0.95] })
 * assert.ok(Array.isArray(spec['hconcat']) && spec['hconcat'].length === 2)
 *
 * @category interpretation
 * @since 0.1.0
 */
export const plotLr =
  ({ showMoms = false, ...skip }: SkipOptions & { readonly showMoms?: boolean } = {}) =>
  ({ lrs, moms }: History): Chart => {
    const rates = linesSpec('Learning rate', 'Batches processed', 'Learning rate', [
      { name: 'Learning rate', points: within(perBatch(lrs), skip) }
    ])
    if (!showMoms) return chart(rates)
    const momenta = linesSpec('Momentum', 'Batches processed', 'Momentum', [
      { name: 'Momentum', points: within(perBatch(moms), skip) }
    ])
    return chart({ hconcat: [rates, momenta] })
  }

/**
 * Plots every metric at the end of every epoch; `names` are in the learner's order. A single one is named on its axis.
 *
 * @example
 * import { emptyHistory, plotMetrics } from 'graft-vision'
 *
 * const rows = [{ epoch: 0, trainLoss: 0.5, validLoss: 0.6, metrics: [0.9] }]
 * const { spec } = plotMetrics(['accuracy'])({ ...emptyHistory, rows })
 * assert.ok(JSON.stringify(spec).includes('{"at":1,"value":0.9,"name":"accuracy"}'))
 *
 * @category interpretation
 * @since 0.1.0
 */
export const plotMetrics =
  (names: ReadonlyArray<string>) =>
  ({ rows }: History): Chart =>
    lines(
      'Metrics',
      'Epochs',
      // a single series has no legend
      names.length === 1 ? names[0]! : 'Value',
      names.map((name, m) => ({
        name,
        points: rows.flatMap(({ metrics }, epoch): ReadonlyArray<readonly [number, number]> =>
          metrics[m] === undefined ? [] : [[epoch + 1, metrics[m]]]
        )
      }))
    )

/** The powers of ten between the first and the last rate. */
const decades = (lrs: ReadonlyArray<number>): ReadonlyArray<number> => {
  const logs = lrs.filter((lr) => lr > 0).map(Math.log10)
  const [first, last] = [Math.ceil(Math.min(...logs)), Math.floor(Math.max(...logs))]
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => Number(`1e${first + k}`))
}

/**
 * Plots a learning-rate sweep: the smoothed loss over the rate, on a logarithmic axis, without the first 10 and the
 * last 5 batches. With `suggestion` (true) the two suggested rates are marked, if there are enough batches.
 *
 * @example
 * import { plotLrFind } from 'graft-vision'
 *
 * const found = { lrs: [1e-3, 1e-2, 1e-1, 1], losses: [2, 1.9, 0.9, 3] }
 * const { spec } = plotLrFind({ skipStart: 0, skipEnd: 0 })(found)
 * assert.ok(JSON.stringify(spec).includes('"log"'))
 *
 * @category interpretation
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
          scale: { type: 'log', nice: false },
          axis: { format: '.0e', values: decades(lrs) }
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
