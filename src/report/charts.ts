/** Charts that only reports have: score curves, reliability, predicted against actual, residuals. */
import { chart, type Chart, numeric } from '../interpret/draw/index.js'
import type { Reliability } from '../interpret/index.js'
import { themed } from './themed.js'

/** A named curve. */
export interface Curve {
  readonly name: string
  readonly points: ReadonlyArray<readonly [x: number, y: number]>
}

const side = 320

const axis = (field: string, title: string, domain?: readonly [number, number]) =>
  ({
    field,
    type: 'quantitative',
    title,
    scale: domain === undefined ? { zero: false, padding: 8 } : { domain, nice: false }
  }) as const

/** As many points as a curve of this size can show. */
const thinned = (points: Curve['points'], most = 400): Curve['points'] => {
  const every = Math.ceil(points.length / most)
  return points.filter((_, k) => k % every === 0 || k === points.length - 1)
}

const diagonal = (from: number, to: number) => ({
  data: {
    values: [
      { x: from, y: from },
      { x: to, y: to }
    ]
  },
  mark: { type: 'line', color: 'currentColor', opacity: 0.5, strokeDash: [4, 4] } as const,
  encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } } as const
})

/** Curves in the unit square, told apart by colour and dashes. */
export const scoreCurves = (
  {
    title,
    x,
    y,
    diagonal: withDiagonal
  }: { readonly title: string; readonly x: string; readonly y: string; readonly diagonal: boolean },
  curves: ReadonlyArray<Curve>
): Chart => {
  const domain = curves.map(({ name }) => name)
  const named = { field: 'name', type: 'nominal', title: null, sort: null, scale: { domain } } as const
  return themed(
    chart({
      title,
      width: side,
      height: side,
      layer: [
        ...(withDiagonal ? [diagonal(0, 1)] : []),
        {
          data: {
            values: curves.flatMap(({ name, points }) =>
              thinned(points).map(([at, value], order) => ({ name, at: numeric(at), value: numeric(value), order }))
            )
          },
          mark: { type: 'line', interpolate: 'linear' },
          encoding: {
            x: axis('at', x, [0, 1]),
            y: axis('value', y, [0, 1]),
            order: { field: 'order', type: 'quantitative' },
            color: named,
            strokeDash: named
          }
        }
      ]
    })
  )
}

/** Accuracy over confidence, and how many predictions each bin has. */
export const reliabilityChart = ({ bins }: Reliability): Chart => {
  const filled = bins.filter(({ count }) => count > 0)
  const values = filled.map(({ low, high, count, confidence, accuracy }) => ({
    low,
    high,
    count,
    confidence,
    accuracy
  }))
  const band = { x: axis('low', 'Confidence', [0, 1]), x2: { field: 'high' } } as const
  return themed(
    chart({
      hconcat: [
        {
          title: 'Reliability',
          width: side,
          height: side,
          layer: [
            diagonal(0, 1),
            {
              data: { values },
              mark: { type: 'bar', opacity: 0.35, stroke: 'currentColor' },
              encoding: { ...band, y: axis('accuracy', 'Fraction right', [0, 1]), y2: { datum: 0 } }
            },
            {
              data: { values },
              mark: { type: 'point', filled: true, size: 50 },
              encoding: { x: axis('confidence', 'Confidence', [0, 1]), y: axis('accuracy', 'Fraction right', [0, 1]) }
            }
          ]
        },
        {
          title: 'Predictions',
          width: side,
          height: side,
          data: { values },
          mark: { type: 'bar', stroke: 'currentColor' },
          encoding: { ...band, y: { field: 'count', type: 'quantitative', title: 'Predictions' }, y2: { datum: 0 } }
        }
      ]
    })
  )
}

/** Predicted over actual numbers, with the diagonal on which they are equal. */
export const scatterChart = (title: string, points: Curve['points']): Chart => {
  const all = points.flat().filter(Number.isFinite)
  const [low, high] = [Math.min(...all), Math.max(...all)]
  return themed(
    chart({
      title,
      width: side,
      height: side,
      layer: [
        diagonal(low, high),
        {
          data: {
            values: points.map(([actual, predicted]) => ({ actual: numeric(actual), predicted: numeric(predicted) }))
          },
          mark: { type: 'point', filled: true, size: 25, opacity: 0.6 },
          encoding: { x: axis('actual', 'Actual'), y: axis('predicted', 'Predicted') }
        }
      ]
    })
  )
}

/** How often differences of each size occur. */
export const residualChart = (title: string, residuals: ReadonlyArray<number>): Chart =>
  themed(
    chart({
      title,
      width: side,
      height: side,
      data: { values: residuals.map((residual) => ({ residual: numeric(residual) })) },
      mark: { type: 'bar', stroke: 'currentColor' },
      encoding: {
        x: { field: 'residual', bin: { maxbins: 30 }, type: 'quantitative', title: 'Predicted − actual' },
        y: { aggregate: 'count', type: 'quantitative', title: 'Images' }
      }
    })
  )
