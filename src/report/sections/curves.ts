/** Section 4: losses, rates, momenta and metrics, and the table of epochs by phase. */
import { plotLosses, plotLr, plotMetrics } from '../../interpret/draw/index.js'
import { type History, type Recipe, runRows } from '../../recipe/index.js'
import { rounded } from '../percent.js'
import type { ChartBlock, ReportSection } from '../Report.js'
import { themed } from '../themed.js'

/** As many points as a curve needs on paper. */
const enough = 1000

/** Evenly spaced values of a long curve, which keep its shape; the last one is always kept. */
const thinned = (values: ReadonlyArray<number>, every: number): ReadonlyArray<number> =>
  values.filter((_, k) => (values.length - 1 - k) % every === 0)

/** A history whose curves have at most `enough` points, and how many batches are one. */
const shortened = (history: History): { readonly history: History; readonly every: number } => {
  const every = Math.max(1, Math.ceil(history.losses.length / enough))
  const { losses, lrs, moms } = history
  return {
    every,
    history: { ...history, losses: thinned(losses, every), lrs: thinned(lrs, every), moms: thinned(moms, every) }
  }
}

export const curvesSection = (whole: History, recipe: Recipe.Recipe, metrics: ReadonlyArray<string>): ReportSection => {
  const { history, every } = shortened(whole)
  const rows = runRows(recipe)(whole)
  const unit = every === 1 ? '' : `, every ${every} batches`
  const charts: ReadonlyArray<ChartBlock> =
    whole.losses.length === 0
      ? []
      : [
          {
            _tag: 'Chart',
            caption: `Loss of training (smoothed) and of validation${unit}`,
            chart: themed(plotLosses()(history))
          },
          ...(rows.length === 0 || metrics.length === 0
            ? []
            : [
                {
                  _tag: 'Chart',
                  caption: 'Metrics after every epoch',
                  chart: themed(plotMetrics(metrics)(history))
                } as const
              ]),
          {
            _tag: 'Chart',
            caption: `Learning rate of the last group, and momentum${unit}`,
            chart: themed(plotLr({ showMoms: true })(history))
          }
        ]
  return {
    id: 'curves',
    title: 'Training',
    blocks: [
      ...(whole.losses.length === 0 ? [{ _tag: 'Text', text: 'Nothing has been trained yet.' } as const] : []),
      ...charts,
      ...(rows.length === 0
        ? []
        : [
            {
              _tag: 'Table',
              caption: 'Epochs',
              columns: ['epoch', 'phase', 'training loss', 'validation loss', ...metrics],
              rows: rows.map(({ phase, epoch, trainLoss, validLoss, metrics: values }) => [
                epoch + 1,
                phase + 1,
                rounded(trainLoss),
                rounded(validLoss ?? NaN),
                ...metrics.map((_, k) => rounded(values[k] ?? NaN))
              ])
            } as const
          ])
    ]
  }
}
