/** Section 3: the network: its diagram, parameter groups with their rates, parameters and operations. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { diagram } from '../../interpret/draw/index.js'
import { parametersOf, sizeOf } from '../../model/index.js'
import type { Cell } from '../../page/index.js'
import { type Plan, ratesOf, type StepRates, summaryOf } from '../../plan/index.js'
import type { Recipe } from '../../recipe/index.js'
import type { ReportSection } from '../Report.js'

const whole = (n: number): string => n.toLocaleString('en-US')

/** The largest rate of a group in each training step. */
const highest = (rates: ReadonlyArray<StepRates>, steps: ReadonlyArray<number>, group: number): ReadonlyArray<Cell> =>
  steps.map((step) => {
    const largest = rates.reduce((most, r) => (r.step === step ? Math.max(most, r.lrs[group] ?? 0) : most), 0)
    return { shown: largest.toPrecision(3), sort: largest }
  })

export const networkSection = (plan: Plan, recipe: Recipe.Recipe): ReportSection => {
  const s = summaryOf(plan)
  const rates = pipe(
    ratesOf(recipe, 100)(plan),
    E.getOrElse((): ReadonlyArray<StepRates> => [])
  )
  const steps = [...new Set(rates.map(({ step }) => step))]
  const parametersIn = (group: number): number =>
    plan.layers
      .filter((layer) => layer.group === group)
      .reduce((sum, { layer }) => sum + parametersOf(layer).reduce((n, p) => n + sizeOf(p.shape), 0), 0)
  return {
    id: 'network',
    title: 'Network',
    blocks: [
      {
        _tag: 'Facts',
        facts: [
          ['parameters', `${whole(s.totals.parameters)}, of which ${whole(s.totals.trainable)} train at first`],
          ['operations', `${(s.totals.flops / 1e9).toFixed(3)} GFLOP an image (2 for a multiply-add)`],
          ['activations', `${(s.totals.activationBytes / 2 ** 20).toFixed(1)} MiB an image`],
          ['input', s.input.join(' x ')],
          ['output', s.output.join(' x ')],
          ['groups', `${s.groups}; ${s.freeze}`],
          ['weights', s.weights]
        ]
      },
      {
        _tag: 'Table',
        caption: 'Parameter groups, and the largest learning rate of each in every training step of the recipe',
        columns: ['group', 'starts at', 'parameters', ...steps.map((step) => `step ${step + 1}`)],
        rows: Array.from({ length: s.groups }, (_, group) => [
          group,
          group === 0 ? (s.layers[0]?.path ?? '') : (s.starts[group - 1] ?? ''),
          { shown: whole(parametersIn(group)), sort: parametersIn(group) },
          ...highest(rates, steps, group)
        ])
      },
      { _tag: 'Chart', caption: 'The network; boxes with a dashed border are frozen at first', chart: diagram()(plan) },
      {
        _tag: 'Details',
        title: `All ${s.layers.length} layers`,
        blocks: [
          {
            _tag: 'Table',
            caption: 'Layers in the order of the data',
            columns: ['layer', 'kind', 'output', 'parameters', 'trains at first', 'group', 'MFLOP'],
            rows: s.layers.map((l) => [
              l.path,
              l.layer,
              l.output.join(' x '),
              l.parameters === 0 ? null : l.parameters,
              l.trainable === null ? '' : l.trainable ? 'yes' : 'no',
              l.group,
              { shown: (l.flops / 1e6).toFixed(2), sort: l.flops }
            ])
          }
        ]
      }
    ]
  }
}
