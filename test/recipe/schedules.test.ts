/** Recipes of other libraries, held to their formulas. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import {
  checkRecipe,
  fineTune,
  fitFlatCos,
  fitSgdr,
  fitWarmupCosine,
  gradualUnfreezing,
  type Hyper,
  phaseOf,
  Recipe,
  Schedule,
  slice
} from '../../src/recipe/index.js'
import { decimals } from '../oracle/tolerances.js'

/** The hyperparameters of every training batch, step by step. */
const batchesOf = (recipe: Recipe.Recipe, groups: number, batchesPerEpoch: number): ReadonlyArray<Hyper> =>
  recipe.filter(Recipe.trains).flatMap((step) => {
    const phase = phaseOf({ groups, batchesPerEpoch })(step)
    if (E.isLeft(phase)) throw new Error(phase.left.found)
    return Array.from({ length: phase.right.endStep }, (_, k) => phase.right.at(k))
  })

const paths = (recipe: Recipe.Recipe): ReadonlyArray<string> => checkRecipe(recipe).map(({ path }) => path)

/** fastai 2, fastai/callback/schedule.py: SchedCos, combine_scheds and combined_cos. */
const schedCos = (start: number, end: number, pos: number): number =>
  start + ((1 + Math.cos(Math.PI * (1 - pos))) * (end - start)) / 2
const combinedCos = (pct: number, start: number, middle: number, end: number, pos: number): number =>
  pos >= pct ? schedCos(middle, end, (pos - pct) / (1 - pct)) : schedCos(start, middle, pos / pct)

const allClose = (found: ReadonlyArray<number>, expected: ReadonlyArray<number>): void => {
  expect(found).toHaveLength(expected.length)
  found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, decimals.float64))
}

describe('fineTune', () => {
  /** fastai 2's Learner.fine_tune and fit_one_cycle for three parameter groups, batch by batch. */
  const reference = (epochs: number, baseLr: number, freezeEpochs: number, mult: number, pct: number, div: number) => {
    const cycle = (n: number, lrs: ReadonlyArray<number>, pctStart: number, divisor: number) =>
      Array.from({ length: n }, (_, k) => ({
        lrs: lrs.map((lr) => combinedCos(pctStart, lr / divisor, lr, lr / 1e5, k / n)),
        mom: combinedCos(pctStart, 0.95, 0.85, 0.95, k / n)
      }))
    const [start, stop] = [baseLr / 2 / mult, baseLr / 2]
    return [
      ...cycle(freezeEpochs * 10, [baseLr / 10, baseLr / 10, baseLr], 0.99, 25),
      ...cycle(epochs * 10, [start, Math.sqrt(start * stop), stop], pct, div)
    ]
  }
  it.each([
    ['its defaults', fineTune(3), reference(3, 2e-3, 1, 100, 0.3, 5)],
    [
      'its options',
      fineTune(2, 1e-2, { freezeEpochs: 2, lrMult: 10, pctStart: 0.25, div: 8 }),
      reference(2, 1e-2, 2, 10, 0.25, 8)
    ]
  ])("has fastai 2's rates and momenta with %s", (_, recipe, expected) => {
    const batches = batchesOf(recipe, 3, 10)
    allClose(
      batches.flatMap(({ lrs }) => lrs),
      expected.flatMap(({ lrs }) => lrs)
    )
    allClose(
      batches.map(({ mom }) => mom ?? NaN),
      expected.map(({ mom }) => mom)
    )
  })
  it('freezes, trains, unfreezes and trains', () => {
    const kinds = (recipe: Recipe.Recipe) =>
      recipe.map((s) => (s._tag === 'SetFreeze' && s.freeze._tag === 'FreezeTo' ? s.freeze.n : s._tag))
    expect(kinds(fineTune(1))).toEqual([-1, 'FitSchedule', 0, 'FitSchedule'])
    expect(kinds(fineTune(1, 2e-3, { freezeEpochs: 0 }))).toEqual([0, 'FitSchedule'])
  })
  it('is refused for epochs, rates and parts that nothing can be trained with', () => {
    expect(paths(fineTune(0))).toEqual(['recipe[3].epochs'])
    expect(paths(fineTune(1, 2e-3, { freezeEpochs: 1.5 }))).toEqual(['recipe[1].epochs'])
    expect(paths(fineTune(1, 2e-3, { lrMult: 0 }))).toEqual(['recipe[3].lr'])
    expect(paths(fineTune(1, NaN))).toEqual(['recipe[1].lr', 'recipe[3].lr'])
    expect(paths(fineTune(1, 2e-3, { pctStart: 1.5 }))).toEqual([
      'recipe[3].schedule.parts[1].length',
      'recipe[3].moms.parts[1].length'
    ])
    expect(paths(fineTune(1, 2e-3, { div: 0 }))).toEqual(['recipe[3].schedule.parts[0].schedule.from'])
    expect(paths(fineTune(1, 2e-3, { div: -1 }))).toEqual(['recipe[3].schedule'])
  })
})

describe('fitFlatCos', () => {
  it.each([
    [0.75, 1e5],
    [0.5, 10]
  ])("has fastai 2's rates with pctStart %d and divFinal %d, and leaves momentum alone", (pctStart, divFinal) => {
    const batches = batchesOf(fitFlatCos(2, 1e-2, { pctStart, divFinal }), 1, 10)
    allClose(
      batches.map(({ lrs }) => lrs[0]!),
      Array.from({ length: 20 }, (_, k) => combinedCos(pctStart, 1e-2, 1e-2, 1e-2 / divFinal, k / 20))
    )
    expect(new Set(batches.map(({ mom }) => mom))).toEqual(new Set([null]))
  })
})

describe('fitSgdr', () => {
  /** torch.optim.lr_scheduler.CosineAnnealingWarmRestarts with eta_min 0; fastai 2's fit_sgdr is the same. */
  const torch = (batch: number, first: number, mult: number): number => {
    let [t, length] = [batch, first]
    while (t >= length) [t, length] = [t - length, length * mult]
    return (1 + Math.cos((Math.PI * t) / length)) / 2
  }
  it.each([
    [3, 1, 2],
    [2, 2, 1],
    [3, 1, 3]
  ])('restarts %d cycles of %d epochs, times %d, as torch does', (cycles, length, cycleMult) => {
    const batches = batchesOf(fitSgdr(cycles, length, 1e-2, { cycleMult }), 1, 7)
    const epochs = Array.from({ length: cycles }, (_, i) => length * cycleMult ** i).reduce((a, b) => a + b)
    allClose(
      batches.map(({ lrs }) => lrs[0]!),
      Array.from({ length: epochs * 7 }, (_, k) => 1e-2 * torch(k, length * 7, cycleMult))
    )
  })
  it('restarts at exactly the largest rate', () => {
    const batches = batchesOf(fitSgdr(4, 1, 1e-2), 1, 9)
    expect([0, 9, 27, 63].map((k) => batches[k]!.lrs[0])).toEqual([1e-2, 1e-2, 1e-2, 1e-2])
  })
  it.each([
    [0, 1, 2],
    [1.5, 1, 2],
    [1, 0, 2],
    [2, 1, 0],
    [2, 1, 1.5],
    [1e9, 1, 1],
    [NaN, 1, 2]
  ])('is refused for %d cycles of %d epochs, times %d', (cycles, length, cycleMult) => {
    expect(paths(fitSgdr(cycles, length, 1e-2, { cycleMult }))).toEqual([
      'recipe[0].epochs',
      'recipe[0].schedule.parts'
    ])
  })
})

describe('fitWarmupCosine', () => {
  /** timm, CosineLRScheduler._get_lr with warmup_prefix, one cycle, no noise: `t` in batches. */
  const timm = (t: number, peak: number, initial: number, warmup: number, warmupLr: number, min: number): number =>
    t < warmup
      ? warmupLr + (t * (peak - warmupLr)) / warmup
      : min + 0.5 * (peak - min) * (1 + Math.cos((Math.PI * (t - warmup)) / initial))
  it.each([
    [2, 1e-5, 0],
    [0.5, 1e-4, 1e-6],
    [0, 1e-5, 0]
  ])("has timm's rates with %d epochs of warm-up from %d, down to %d", (warmupEpochs, warmupLr, minLr) => {
    const batches = batchesOf(fitWarmupCosine(6, 1e-2, { warmupEpochs, warmupLr, minLr }), 1, 10)
    const [warmup, initial] = [warmupEpochs * 10, 60 - warmupEpochs * 10]
    allClose(
      batches.map(({ lrs }) => lrs[0]!),
      Array.from({ length: 60 }, (_, t) => timm(t, 1e-2, initial, warmup, warmupLr, minLr))
    )
  })
  it("takes the rates of warm-up and end as the last group's", () => {
    const [first] = batchesOf(fitWarmupCosine(6, slice(1e-4, 1e-2), { warmupLr: 1e-3 }), 2, 10)
    allClose(first!.lrs, [1e-5, 1e-3])
    const [listed] = batchesOf(fitWarmupCosine(6, [1e-4, 1e-2], { warmupLr: 1e-3 }), 2, 10)
    allClose(listed!.lrs, [1e-5, 1e-3])
  })
  it('is refused for a warm-up longer than the training, and for rates below 0', () => {
    expect(paths(fitWarmupCosine(3))).toEqual(['recipe[0].schedule.parts[1].length'])
    expect(paths(fitWarmupCosine(6, 1e-2, { warmupLr: -1 }))).toEqual(['recipe[0].schedule'])
    expect(paths(fitWarmupCosine(6, []))).toContain('recipe[0].lr')
  })
})

describe('gradualUnfreezing', () => {
  it('unfreezes one group after the other', () => {
    expect(gradualUnfreezing(3)).toEqual(
      Recipe.sequence(
        Recipe.freeze,
        Recipe.fitOneCycle(1),
        Recipe.freezeTo(-2),
        Recipe.fitOneCycle(1),
        Recipe.unfreeze,
        Recipe.fitOneCycle(1)
      )
    )
  })
  it.each([0, -1, 1.5, NaN, 1e12])('is refused for %d groups', (groups) => {
    expect(paths(gradualUnfreezing(groups))).toEqual(['recipe[0].n'])
  })
})

describe('the check of a schedule', () => {
  const { concat, constant, cosine, exponential, linear, polynomial, scale } = Schedule
  const fit = (schedule: Schedule.Schedule, moms?: Schedule.Schedule) =>
    paths(Recipe.fitSchedule(1, schedule, 1e-3, moms === undefined ? {} : { moms }))

  it('finds nothing in curves of rates and of momenta', () => {
    expect(fit(concat([1, linear(0, 2)], [0, constant(1)], [2, scale(0.5)(exponential(2, 1))]), constant(0))).toEqual(
      []
    )
  })
  it.each([
    [constant(NaN), '.value'],
    [constant(-1), ''],
    [linear(0, Infinity), '.to'],
    [cosine(-0.1, 1), ''],
    [exponential(0, 1), ''],
    [exponential(-1, 1), ''],
    [polynomial(1, 0, 0), '.degree'],
    [concat(), '.parts'],
    [concat([0, constant(1)]), '.parts'],
    [concat([1, constant(1)], [-1, constant(1)]), '.parts[1].length'],
    [concat([1, scale(2)(constant(NaN))]), '.parts[0].schedule.schedule.value'],
    [scale(-1)(constant(1)), ''],
    [scale(1e308)(constant(1e308)), '']
  ])('refuses %j', (schedule, field) => {
    expect(fit(schedule)).toEqual([`recipe[0].schedule${field}`])
  })
  it('refuses a momentum of 1', () => expect(fit(constant(1), linear(0, 1))).toEqual(['recipe[0].moms']))
})
