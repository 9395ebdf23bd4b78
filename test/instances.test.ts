// Every exported union, and the record that stands for a choice, has its equality and its display, and a union its fold.
import type { Eq } from 'fp-ts/lib/Eq.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { describe, expect, it } from 'vitest'
import * as _ from '../src/index.js'

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
  const rate = _.recipeError('recipe[0].lr', 'a positive rate', '0', 'give 1e-3')
  return {
    Layer: of<_.Layer>({ eq: _.eqLayer, show: _.showLayer, values: [_.relu, _.dropout(0.5), _.numbered(_.relu)] }),
    Init: of<_.Init>({
      eq: _.eqInit,
      show: _.showInit,
      fold: _.foldInit,
      values: [_.kaimingNormal, _.kaimingNormalFanOut, _.kaimingUniform, _.torchDefault, _.normal(1), _.constant(1)]
    }),
    Arch: of({ eq: _.eqArch, show: _.showArch, values: [_.resnet18, _.pretrained(_.resnet18), _.resnet34] }),
    Cut: of<_.Cut>({
      eq: _.eqCut,
      show: _.showCut,
      fold: _.foldCut,
      values: [_.ownCut, { _tag: 'NoCut' }, { _tag: 'CutAt', at: -2 }]
    }),
    Head: of({ eq: _.eqHead, show: _.showHead, values: [_.head(), _.head({ ps: 0.1 }), _.customHead(_.relu)] }),
    Split: of<_.Split>({
      eq: _.eqSplit,
      show: _.showSplit,
      fold: _.foldSplit,
      values: [_.ownSplit, { _tag: 'SplitOn', starts: ['head'] }]
    }),
    Freeze: of<_.Freeze>({
      eq: _.eqFreeze,
      show: _.showFreeze,
      fold: _.foldFreeze,
      values: [_.nothingFrozen, _.freezeToGroup(2), { _tag: 'FreezeBody' }]
    }),
    BatchNormPolicy: of({ eq: _.eqBatchNormPolicy, show: _.showBatchNormPolicy, values: _.batchNormPolicies }),
    Weights: of({
      eq: _.eqWeights,
      show: _.showWeights,
      fold: _.foldWeights,
      values: [_.fromScratchWeights, _.pretrainedWeights(), _.pretrainedWeights('a'), _.fileWeights('a')]
    }),
    Body: of({ eq: _.eqBody, show: _.showBody, values: [_.cut(_.resnet18), _.uncut(_.resnet18)] }),
    Model: of({ eq: _.eqModel, show: _.showModel, values: [model, _.freeze(model), _.freezeBody(model)] }),
    Schedule: of({
      eq: _.Schedule.eqSchedule,
      show: _.Schedule.showSchedule,
      fold: _.Schedule.foldSchedule,
      values: [_.Schedule.constant(1), _.Schedule.linear(0, 1), _.Schedule.cosine(0, 1)]
    }),
    Rates: of<_.Rates>({
      eq: _.eqRates,
      show: _.showRates,
      values: [1e-3, [1e-3], _.slice(1e-3), _.slice(1e-5, 1e-3)]
    }),
    Step: of<_.Recipe.Step>({
      eq: _.Recipe.eqStep,
      show: _.Recipe.showStep,
      fold: _.Recipe.foldStep,
      values: [..._.Recipe.fit(1), ..._.Recipe.fitOneCycle(1), ..._.Recipe.freeze, ..._.Recipe.save('a')]
    }),
    Recipe: of({
      eq: _.Recipe.eqRecipe,
      show: _.Recipe.showRecipe,
      values: [_.Recipe.empty, _.Recipe.fit(1), _.Recipe.freeze]
    }),
    Loss: of({
      eq: _.eqLoss,
      show: _.showLoss,
      fold: _.foldLoss,
      values: [_.crossEntropy(), _.labelSmoothing(), _.bceWithLogits, _.mse]
    }),
    Optimiser: of({
      eq: _.eqOptimiser,
      show: _.showOptimiser,
      fold: _.foldOptimiser,
      values: [_.adamW(), _.adam(), _.sgd(), _.rmsprop(), _.lamb()]
    }),
    Event: of<_.Event>({
      eq: _.eqEvent,
      show: _.showEvent,
      fold: _.foldEvent,
      values: [
        { _tag: 'Warning', message: 'small' },
        { _tag: 'Loaded', file: 'small' }
      ]
    }),
    Row: of<_.Row>({
      eq: _.eqRow,
      show: _.showRow,
      values: [1, 2].map((epoch) => ({ epoch, trainLoss: 1, validLoss: null, metrics: [] }))
    }),
    Verdict: of<_.Verdict>({ eq: _.eqVerdict, show: _.showVerdict, values: ['continue', 'haltEpoch', 'halt'] }),
    Task: of<_.Task>({
      eq: _.eqTask,
      show: _.showTask,
      values: [_.classification(['a']), _.multiLabel(['a']), _.regression(1), _.segmentation(['a'])]
    }),
    Source: of<_.Source>({
      eq: _.eqSource,
      show: _.showSource,
      values: [folder.source, _.digits().source, _.archive('a.tgz').source]
    }),
    Holdout: of({
      eq: _.eqHoldout,
      show: _.showHoldout,
      fold: _.foldHoldout,
      values: [_.holdoutAuto, _.holdoutByFolder, _.holdoutByPct(0.2), _.holdoutByPct(0.2, 1)]
    }),
    Normalise: of({
      eq: _.eqNormalise,
      show: _.showNormalise,
      fold: _.foldNormalise,
      values: [
        folder,
        _.normalise(_.imagenetStats)(folder),
        _.normaliseFromBatch(folder),
        _.withoutNormalisation(folder)
      ].map((spec) => spec.normalise)
    }),
    DataSpec: of({ eq: _.eqDataSpec, show: _.showDataSpec, values: [folder, _.withSize(28)(folder), _.digits()] }),
    Metric: of({ eq: _.eqMetric, show: _.showMetric, values: [_.accuracy, _.errorRate] }),
    GraftError: of<_.GraftError>({
      eq: _.eqGraftError,
      show: _.showGraftError,
      values: [rate, _.mistakes('the recipe', [rate, rate]), _.dataError.noImages('photos', 'images', 'none', 'look')]
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
    const rate = _.recipeError('recipe[0].lr', 'a positive rate', '0', 'give 1e-3')
    const count = _.foldGraftError(
      () => 1,
      ({ errors }) => errors.length
    )
    expect([count(rate), count(_.mistakes('the recipe', [rate, rate]))]).toEqual([1, 2])
  })
})
