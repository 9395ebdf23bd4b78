/** Section 7 for numbers and points: predicted against actual, residuals, distances. */
import type { Interpretation } from '../../interpret/index.js'
import { residualChart, scatterChart } from '../charts.js'
import { rounded } from '../percent.js'
import type { ChartBlock, ReportSection } from '../Report.js'

/** Points that a chart still shows one by one. */
const shown = 2000
/** Charts of so many outputs. */
const outputsShown = 6

const mean = (values: ReadonlyArray<number>): number => values.reduce((a, b) => a + b, 0) / values.length

/** Evenly spaced elements. */
const some = <A>(all: ReadonlyArray<A>, most: number): ReadonlyArray<A> => {
  const every = Math.ceil(all.length / most)
  return all.filter((_, k) => k % every === 0)
}

/** Each output: its name, and pairs of an actual and a predicted number. */
const outputsOf = (i: Interpretation) => {
  const { task } = i
  const width = i.predictions[0]?.length ?? 0
  const nameOf = (c: number): string =>
    task._tag === 'Points'
      ? `${task.names[Math.floor(c / 2)]!} ${c % 2 === 0 ? 'x' : 'y'}`
      : width === 1
        ? 'number'
        : `number ${c + 1}`
  return Array.from({ length: width }, (_, c) => ({
    name: nameOf(c),
    pairs: i.predictions.flatMap((row, k): ReadonlyArray<readonly [number, number]> => {
      const actual = [i.targets[k]!].flat()[c]!
      return Number.isNaN(actual) ? [] : [[actual, row[c]!]]
    })
  }))
}

export const numbersSection = (i: Interpretation): ReportSection => {
  const outputs = outputsOf(i)
  return {
    id: 'numbers',
    title: 'Predicted and actual numbers',
    blocks: [
      {
        _tag: 'Table',
        caption: 'Errors of each output (predicted − actual)',
        columns: ['output', 'images', 'mean', 'mean absolute', 'root mean square', 'largest'],
        rows: outputs.map(({ name, pairs }) => {
          const errors = pairs.map(([actual, predicted]) => predicted - actual)
          const sizes = errors.map(Math.abs)
          return [
            name,
            pairs.length,
            rounded(mean(errors)),
            rounded(mean(sizes)),
            rounded(Math.sqrt(mean(errors.map((e) => e * e)))),
            rounded(sizes.reduce((a, b) => Math.max(a, b), NaN * Number(sizes.length === 0)))
          ]
        })
      },
      ...outputs.slice(0, outputsShown).flatMap(({ name, pairs }): ReadonlyArray<ChartBlock> =>
        pairs.length === 0
          ? []
          : [
              {
                _tag: 'Chart',
                caption: `Predicted over actual ${name}; the dashed line is where they are equal`,
                chart: scatterChart(name, some(pairs, shown))
              },
              {
                _tag: 'Chart',
                caption: `Residuals of ${name}`,
                chart: residualChart(
                  `Residuals: ${name}`,
                  some(pairs, shown).map(([actual, predicted]) => predicted - actual)
                )
              }
            ]
      )
    ]
  }
}
