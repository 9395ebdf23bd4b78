// Every exported union, and the record that stands for a choice, has its equality and its display, and a union its fold.
import type { Eq } from 'fp-ts/lib/Eq.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { describe, expect, it } from 'vitest'
import * as _ from '../src/index.js'
import { recipeError } from '../src/recipe/index.js'
import {
  batchNormPolicies,
  fileWeights,
  fromScratchWeights,
  ownCut,
  ownSplit,
  pretrainedWeights
} from '../src/model/index.js'
import { dataError } from '../src/data/index.js'

interface Instances<A> {
  readonly eq: Eq<A>
  readonly show: Show<A>
  readonly fold?: (on: never) => (a: A) => unknown
  /** Values that differ from each other. */
  readonly values: ReadonlyArray<A>
}

const table: Readonly<Record<string, unknown>> = (() => {
  const of = <A>(instances: Instances<A>): Instances<A> => instances
  const model = pipe(_.resnet18, _.cut, _.withHead(_.head()))
  const folder = _.imageFolder('photos')
  const rate = recipeError('recipe[0].lr', 'a positive rate', '0', 'pass 1e-3')
  return {
    Layer: of<_.nn.Layer>({
      eq: _.Eq.layer,
      show: _.Show.layer,
      values: [_.nn.relu, _.nn.dropout(0.5), _.nn.numbered(_.nn.relu)]
    }),
    Init: of<_.nn.Init>({
      eq: _.Eq.init,
      show: _.Show.init,
      fold: _.Fold.init,
      values: [
        _.nn.kaimingNormal,
        _.nn.kaimingNormalFanOut,
        _.nn.kaimingUniform,
        _.nn.torchDefault,
        _.nn.normal(1),
        _.nn.constant(1)
      ]
    }),
    Arch: of({ eq: _.Eq.arch, show: _.Show.arch, values: [_.resnet18, _.pretrained(_.resnet18), _.resnet34] }),
    Cut: of<_.Cut>({
      eq: _.Eq.cut,
      show: _.Show.cut,
      fold: _.Fold.cut,
      values: [ownCut, { _tag: 'NoCut' }, { _tag: 'CutAt', at: -2 }]
    }),
    Head: of({ eq: _.Eq.head, show: _.Show.head, values: [_.head(), _.head({ ps: 0.1 }), _.customHead(_.nn.relu)] }),
    Split: of<_.Split>({
      eq: _.Eq.split,
      show: _.Show.split,
      fold: _.Fold.split,
      values: [ownSplit, { _tag: 'SplitOn', starts: ['head'] }]
    }),
    Freeze: of<_.Freeze>({
      eq: _.Eq.freeze,
      show: _.Show.freeze,
      fold: _.Fold.freeze,
      values: [_.nothingFrozen, _.freezeToGroup(2), { _tag: 'FreezeBody' }]
    }),
    BatchNormPolicy: of({ eq: _.Eq.batchNormPolicy, show: _.Show.batchNormPolicy, values: batchNormPolicies }),
    Weights: of({
      eq: _.Eq.weights,
      show: _.Show.weights,
      fold: _.Fold.weights,
      values: [fromScratchWeights, pretrainedWeights(), pretrainedWeights('a'), fileWeights('a')]
    }),
    Body: of({ eq: _.Eq.body, show: _.Show.body, values: [_.cut(_.resnet18), _.uncut(_.resnet18)] }),
    Model: of({ eq: _.Eq.model, show: _.Show.model, values: [model, _.freeze(model), _.freezeBody(model)] }),
    Schedule: of({
      eq: _.Eq.schedule,
      show: _.Show.schedule,
      fold: _.Fold.schedule,
      values: [_.Schedule.constant(1), _.Schedule.linear(0, 1), _.Schedule.cosine(0, 1)]
    }),
    Rates: of<_.Rates>({
      eq: _.Eq.rates,
      show: _.Show.rates,
      values: [1e-3, [1e-3], _.slice(1e-3), _.slice(1e-5, 1e-3)]
    }),
    Step: of<_.Recipe.Step>({
      eq: _.Eq.step,
      show: _.Show.step,
      fold: _.Fold.step,
      values: [..._.Recipe.fit(1), ..._.Recipe.fitOneCycle(1), ..._.Recipe.freeze, ..._.Recipe.save('a')]
    }),
    Recipe: of({
      eq: _.Eq.recipe,
      show: _.Show.recipe,
      values: [_.Recipe.empty, _.Recipe.fit(1), _.Recipe.freeze]
    }),
    Loss: of({
      eq: _.Eq.loss,
      show: _.Show.loss,
      fold: _.Fold.loss,
      values: [_.crossEntropy(), _.labelSmoothing(), _.bceWithLogits, _.mse]
    }),
    Optimiser: of({
      eq: _.Eq.optimiser,
      show: _.Show.optimiser,
      fold: _.Fold.optimiser,
      values: [_.adamW(), _.adam(), _.sgd(), _.rmsprop(), _.lamb(), _.lion(), _.rAdam(), _.ranger()]
    }),
    Event: of<_.Event>({
      eq: _.Eq.event,
      show: _.Show.event,
      fold: _.Fold.event,
      values: [
        { _tag: 'Warning', message: 'small' },
        { _tag: 'Loaded', file: 'small' }
      ]
    }),
    Row: of<_.Row>({
      eq: _.Eq.row,
      show: _.Show.row,
      values: [1, 2].map((epoch) => ({ epoch, trainLoss: 1, validLoss: null, metrics: [] }))
    }),
    Verdict: of<_.Verdict>({ eq: _.Eq.verdict, show: _.Show.verdict, values: ['continue', 'haltEpoch', 'halt'] }),
    Task: of<_.Task>({
      eq: _.Eq.task,
      show: _.Show.task,
      values: [_.classification(['a']), _.multiLabel(['a']), _.regression(1), _.segmentation(['a'])]
    }),
    Source: of<_.Source>({
      eq: _.Eq.source,
      show: _.Show.source,
      values: [folder.source, _.digits().source, _.archive('a.tgz').source]
    }),
    Holdout: of({
      eq: _.Eq.holdout,
      show: _.Show.holdout,
      fold: _.Fold.holdout,
      values: [_.holdoutAuto, _.holdoutByFolder, _.holdoutByPct(0.2), _.holdoutByPct(0.2, 1)]
    }),
    Normalise: of({
      eq: _.Eq.normalise,
      show: _.Show.normalise,
      fold: _.Fold.normalise,
      values: [
        folder,
        _.normalise(_.imagenetStats)(folder),
        _.normaliseFromBatch(folder),
        _.withoutNormalisation(folder)
      ].map((spec) => spec.normalise)
    }),
    DataSpec: of({ eq: _.Eq.dataSpec, show: _.Show.dataSpec, values: [folder, _.withSize(28)(folder), _.digits()] }),
    Metric: of({ eq: _.Eq.metric, show: _.Show.metric, values: [_.accuracy, _.errorRate] }),
    GraftError: of<_.GraftError>({
      eq: _.Eq.graftError,
      show: _.Show.graftError,
      values: [rate, _.mistakes('the recipe', [rate, rate]), dataError.noImages('photos', 'images', 'none', 'look')]
    })
  }
})()

const rows = Object.entries(table) as ReadonlyArray<readonly [string, Instances<unknown>]>

describe('the instances', () => {
  it.each(rows)('of %s distinguish its values, and show them differently', (_name, { eq, show, values }) => {
    expect(values.length).toBeGreaterThan(1)
    for (const [i, a] of values.entries())
      for (const [j, b] of values.entries()) {
        expect(eq.equals(a, b)).toBe(i === j)
        expect(show.show(a) === show.show(b)).toBe(i === j)
      }
  })
  it.each(rows.filter(([, { fold }]) => fold !== undefined))('of %s fold it by its tag', (_name, { fold, values }) => {
    const tags = new Proxy({}, { get: (_on, tag) => () => tag }) as never
    expect(values.map(fold!(tags))).toEqual(values.map((a) => (a as { readonly _tag: string })._tag))
  })
  it('of an error fold one mistake, or several', () => {
    const rate = recipeError('recipe[0].lr', 'a positive rate', '0', 'pass 1e-3')
    const count = _.Fold.graftError(
      () => 1,
      ({ errors }) => errors.length
    )
    expect([count(rate), count(_.mistakes('the recipe', [rate, rate]))]).toEqual([1, 2])
  })
})
