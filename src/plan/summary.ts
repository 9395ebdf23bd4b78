/**
 * The summary of a plan, as a table in the style of Keras and torchsummary and as data.
 *
 * @since 0.1.0
 */
import { arrayPath, parametersOf, showFreeze, showShape, showWeights, sizeOf } from '../model/index.js'
import { type Cost, costOf, flopsOf } from './cost.js'
import { showCacheObstacle } from './CacheObstacle.js'
import { featureCache } from './featureCache.js'
import { foldPlan } from './foldPlan.js'
import type { Plan } from './Plan.js'
import { columns, count, scaled } from './table.js'

/**
 * A line of a summary: a layer, its kind, output shape for one image, parameters, group and operations (`flopsOf`).
 *
 * @category plans
 * @since 0.1.0
 */
export interface SummaryLayer {
  readonly path: string
  readonly layer: string
  readonly output: ReadonlyArray<number>
  readonly parameters: number
  /** Null for a layer without parameters. */
  readonly trainable: boolean | null
  readonly group: number
  readonly flops: number
}

/**
 * A summary as data: one line per layer in data-flow order, totals, the freeze, and where the weights are from.
 *
 * @category plans
 * @since 0.1.0
 */
export interface Summary {
  readonly name: string
  readonly input: ReadonlyArray<number>
  readonly output: ReadonlyArray<number>
  readonly layers: ReadonlyArray<SummaryLayer>
  readonly totals: Cost
  readonly groups: number
  readonly starts: ReadonlyArray<string>
  readonly freeze: string
  readonly weights: string
  /**
   * Where features of frozen layers can be cached in training, or why not (`featureCache`, for images without augmentation
   * and any number of them); null: nothing is frozen.
   */
  readonly features: string | null
  readonly warnings: ReadonlyArray<string>
}

const linesOf = (isTrainable: (path: string) => boolean) =>
  foldPlan<ReadonlyArray<SummaryLayer>>({
    leaf: (leaf) => {
      const { path, layer, output, group } = leaf
      const parameters = parametersOf(layer)
      return [
        {
          path,
          layer: layer._tag,
          output,
          parameters: parameters.reduce((n, p) => n + sizeOf(p.shape), 0),
          trainable: parameters[0] === undefined ? null : isTrainable(arrayPath(path, parameters[0].name)),
          group,
          flops: flopsOf(leaf)
        }
      ]
    },
    sequential: (parts) => parts.flat(),
    sum: (branches) => branches.flat(),
    product: (branches) => branches.flat(),
    concat: (branches) => branches.flat()
  })

/** All that a plan can say of caching: nothing about images, epochs and memory. */
const anyStep = {
  images: { train: 0, valid: 0 },
  transforms: [],
  batchViews: [],
  epochs: Infinity,
  maxBytes: Infinity
}

const featuresOf = (plan: Plan): string | null => {
  if (plan.parameters.every(({ trainable }) => trainable)) return null
  const cache = featureCache(anyStep)(plan)
  return cache._tag === 'Cached'
    ? `cached after ${cache.after} (${showShape(cache.features)} per image)`
    : `not cached: ${cache.because.map(showCacheObstacle.show).join('; ')}`
}

/**
 * A plan's summary as data: can be written as JSON; shapes are without the batch.
 *
 * @example
 * import { plan, squeezenet1_1, summaryOf } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const checked = pipe(squeezenet1_1, plan({ input: [3, 64, 64] }), E.map(summaryOf))
 * assert.ok(E.isRight(checked) && checked.right.totals.parameters === 1_235_496)
 * assert.deepStrictEqual(JSON.parse(JSON.stringify(checked.right)), checked.right)
 *
 * @category plans
 * @since 0.1.0
 */
export const summaryOf = (plan: Plan): Summary => {
  const trainable = new Map(plan.parameters.map((p) => [p.path, p.trainable]))
  return {
    name: plan.name,
    input: plan.input,
    output: plan.output,
    layers: linesOf((path) => trainable.get(path) ?? false)(plan),
    totals: costOf(plan),
    groups: plan.groups,
    starts: plan.starts,
    freeze: showFreeze.show(plan.freeze),
    weights: showWeights.show(plan.weights),
    features: featuresOf(plan),
    warnings: plan.warnings
  }
}

/**
 * A plan's summary as a table: layer, kind, output shape, parameters, whether they are trained, group; then totals.
 *
 * @example
 * import { classification, cut, head, plan, squeezenet1_1, summary, withHead } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const text = pipe(
 *   pipe(squeezenet1_1, cut, withHead(head())),
 *   plan({ input: [3, 64, 64], task: classification(['ant', 'bee']) }),
 *   E.map(summary)
 * )
 * assert.ok(E.isRight(text) && text.right.includes('body.features.0'))
 *
 * @category plans
 * @since 0.1.0
 */
export const summary = (plan: Plan): string => {
  const s = summaryOf(plan)
  const rows = s.layers.map((l) => [
    l.path,
    l.layer,
    showShape(l.output),
    l.parameters === 0 ? '' : count(l.parameters),
    l.trainable === null ? '' : l.trainable ? 'yes' : 'no',
    String(l.group)
  ])
  const table = columns(2)([['layer', 'kind', 'output', 'parameters', 'trainable', 'group'], ...rows])
  const rule = '─'.repeat(Math.max(...table.map((line) => line.length)))
  return [
    `${s.name}  ${showShape(s.input)} → ${showShape(s.output)}`,
    rule,
    table[0],
    rule,
    ...table.slice(1),
    rule,
    `parameters   ${count(s.totals.parameters)} (${count(s.totals.trainable)} trainable, ${count(s.totals.parameters - s.totals.trainable)} frozen)`,
    `groups       ${s.groups}${s.starts.length === 0 ? '' : `, starting at ${s.starts.join(', ')}`}; ${s.freeze}`,
    `weights      ${s.weights}`,
    ...(s.features === null ? [] : [`features     ${s.features}`]),
    `forward      ${scaled(s.totals.flops, 'FLOP')} per image (2 per multiply-add)`,
    `activations  ${scaled(s.totals.activationBytes, 'B')} per image`,
    ...s.warnings.map((w) => `warning      ${w}`)
  ].join('\n')
}
