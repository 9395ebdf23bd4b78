/**
 * `Phase`: a recipe's training step laid out over batches: how many there are, and the hyperparameters of each.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { decayPerGroup, type Rates, ratesPerGroup, type WeightDecay } from './Rates.js'
import { checkSchedule } from './checkSchedule.js'
import type { FitOneCycle, FitSchedule, Recipe, Step, TrainingStep } from './Recipe.js'
import { fileName, isFileName } from './fileName.js'
import { type RecipeError, recipeError } from './RecipeError.js'
import * as Schedule from './Schedule.js'
import { checkWatcher } from './Watcher.js'

/**
 * The hyperparameters of a batch.
 *
 * @category recipes
 * @since 0.1.0
 */
export interface Hyper {
  /** Learning rate of each group. */
  readonly lrs: ReadonlyArray<number>
  /** Momentum, or Adam's β1; null leaves it unchanged. */
  readonly mom: number | null
}

export interface Phase {
  readonly startEpoch: number
  /** The epoch to stop before. */
  readonly endEpoch: number
  /** Steps of the optimiser in each epoch: its batches, unless their gradients are accumulated. */
  readonly stepsPerEpoch: number
  /** Total number of the optimiser's steps, counted from epoch 0. */
  readonly endStep: number
  /** Weight decay of each group; null: the learner's. */
  readonly wd: ReadonlyArray<number> | null
  /** The hyperparameters of step `k`, counted from epoch 0; `k = endStep` gives the values left in the optimiser. */
  readonly at: (k: number) => Hyper
}

type Check = readonly [field: string, ok: boolean, expected: string, found: unknown]

const firstBad = (path: string, checks: ReadonlyArray<Check>): ReadonlyArray<RecipeError> =>
  checks.flatMap(([field, ok, expected, found]) =>
    ok ? [] : [recipeError(`${path}.${field}`, expected, String(found), `give ${field} ${expected}`)]
  )

const isCount = (n: number, least: number): boolean => Number.isInteger(n) && n >= least
const isMomentum = (m: number): boolean => m >= 0 && m < 1

const momsOf = (moms: FitOneCycle['moms']): readonly [number, number] =>
  typeof moms === 'number' ? [moms, moms] : moms

const errorsOf = E.match<RecipeError, unknown, ReadonlyArray<RecipeError>>(
  (e) => [e],
  () => []
)

/**
 * The length that lists of rates and weight decays must have; null: the groups are unknown, and any length is accepted.
 */
type GroupCount = number | null

const countFor = (given: unknown, groups: GroupCount): number => groups ?? (Array.isArray(given) ? given.length : 2)

const rateError = (rates: Rates, groups: GroupCount, path: string): ReadonlyArray<RecipeError> =>
  errorsOf(ratesPerGroup(countFor(rates, groups), path)(rates))

const decayError = (wd: WeightDecay | null, groups: GroupCount, path: string): ReadonlyArray<RecipeError> =>
  wd === null ? [] : errorsOf(decayPerGroup(countFor(wd, groups), path)(wd))

const decayOf = (
  wd: WeightDecay | null,
  groups: number,
  path: string
): E.Either<RecipeError, ReadonlyArray<number> | null> =>
  wd === null ? E.right(null) : decayPerGroup(groups, `${path}.wd`)(wd)

const settingErrors = (step: TrainingStep, path: string): ReadonlyArray<RecipeError> => {
  const { accumulate, average } = step
  const counts: Check = [
    'accumulate',
    accumulate === undefined || isCount(accumulate, 2),
    'an integer of at least 2',
    accumulate
  ]
  const averages: ReadonlyArray<Check> =
    average === undefined
      ? []
      : average._tag === 'Ema'
        ? [['average.decay', isMomentum(average.decay), 'a number in [0, 1)', average.decay]]
        : [
            [
              'average.from',
              isCount(average.from, 0) && average.from < lastEpochOf(step),
              `an integer of at least 0, below the ${lastEpochOf(step)} epochs`,
              average.from
            ]
          ]
  return [...firstBad(path, [counts, ...averages]), ...watcherErrors(step, path)]
}

/** The epoch to stop before. */
const lastEpochOf = (step: TrainingStep): number => (step._tag === 'FitOneCycle' ? endEpochOf(step) : step.epochs)

const watcherErrors = (step: TrainingStep, path: string): ReadonlyArray<RecipeError> =>
  (step.until ?? []).flatMap((watcher, i, all) => [
    ...checkWatcher(watcher, `${path}.until[${i}]`),
    ...(watcher._tag === 'SaveBest' && all.slice(0, i).some((w) => w._tag === 'SaveBest' && w.name === watcher.name)
      ? [
          recipeError(
            `${path}.until[${i}].name`,
            'a different name for each',
            watcher.name,
            'give each saveBest another name'
          )
        ]
      : [])
  ])

/**
 * Every mistake in a step. The recipe, the plan and the runner share this check. With `groups`, lists of rates and
 * weight decays must have that length; with null they may have any.
 *
 * @example
 * import { Recipe } from 'graft-vision'
 * import { checkStep } from './index.js'
 *
 * const [step] = Recipe.fit(1, 1e-3, { wd: [0, 0.1] })
 * if (step === undefined) throw new Error('one step')
 * assert.deepStrictEqual(checkStep(step, { path: 'recipe[0]', groups: null }), [])
 * assert.deepStrictEqual(checkStep(step, { path: 'recipe[0]', groups: 3 }).map((e) => e.path), ['recipe[0].wd'])
 *
 * @since 0.1.0
 */
export const checkStep = (
  step: Step,
  { path, groups }: { readonly path: string; readonly groups: number | null }
): ReadonlyArray<RecipeError> => {
  switch (step._tag) {
    case 'Fit':
      return [
        ...firstBad(path, [['epochs', isCount(step.epochs, 1), 'an integer of at least 1', step.epochs]]),
        ...decayError(step.wd, groups, `${path}.wd`),
        ...rateError(step.lr, groups, `${path}.lr`),
        ...settingErrors(step, path)
      ]
    case 'FitOneCycle':
      return [
        ...firstBad(path, [
          ['cycLen', isCount(step.cycLen, 1), 'an integer of at least 1', step.cycLen],
          ['pctStart', step.pctStart >= 0 && step.pctStart <= 1, 'a number in [0, 1]', step.pctStart],
          ['divFactor', Number.isFinite(step.divFactor) && step.divFactor > 0, 'a positive number', step.divFactor],
          ['finalDiv', step.finalDiv === null || step.finalDiv > 0, 'a positive number', step.finalDiv],
          ['moms', momsOf(step.moms).every(isMomentum), 'numbers in [0, 1)', step.moms],
          [
            'totEpochs',
            step.totEpochs === null || isCount(step.totEpochs, 1),
            'an integer of at least 1',
            step.totEpochs
          ],
          [
            'startEpoch',
            step.startEpoch === null || (isCount(step.startEpoch, 0) && step.startEpoch < step.cycLen),
            `an integer of at least 0 and below cycLen (${step.cycLen})`,
            step.startEpoch
          ]
        ]),
        ...decayError(step.wd, groups, `${path}.wd`),
        ...rateError(step.maxLr, groups, `${path}.maxLr`),
        ...settingErrors(step, path)
      ]
    case 'FitSchedule':
      return [
        ...firstBad(path, [['epochs', isCount(step.epochs, 1), 'an integer of at least 1', step.epochs]]),
        ...checkSchedule(step.schedule, `${path}.schedule`, { min: 0, below: Infinity }),
        ...(step.moms === null ? [] : checkSchedule(step.moms, `${path}.moms`, { min: 0, below: 1 })),
        ...decayError(step.wd, groups, `${path}.wd`),
        ...rateError(step.lr, groups, `${path}.lr`),
        ...settingErrors(step, path)
      ]
    case 'SetFreeze':
      return firstBad(path, [
        [
          'n',
          step.freeze._tag === 'FreezeBody' || Number.isInteger(step.freeze.n),
          'an integer',
          step.freeze._tag === 'FreezeTo' ? step.freeze.n : ''
        ]
      ])
    case 'SetSize': {
      const sides = typeof step.size === 'number' ? [step.size] : step.size
      return firstBad(path, [['size', sides.every((n) => isCount(n, 1)), 'whole numbers from 1', sides.join(' x ')]])
    }
    case 'Save':
    case 'Load':
      return firstBad(path, [['name', isFileName(step.name), fileName, step.name]])
  }
}

/**
 * Every mistake in a recipe that can be found without a model: rates, lengths, momenta, names.
 *
 * @example
 * import { checkRecipe, Recipe } from 'graft-vision'
 *
 * assert.deepStrictEqual(checkRecipe(Recipe.fit(1, NaN)).map((e) => e.path), ['recipe[0].lr'])
 *
 * @category recipes
 * @since 0.1.0
 */
export const checkRecipe = (recipe: Recipe): ReadonlyArray<RecipeError> =>
  recipe.flatMap((step, i) => checkStep(step, { path: `recipe[${i}]`, groups: null }))

/**
 * The number of epochs that a step trains; 0 for steps that do not train.
 *
 * @example
 * import { Recipe } from 'graft-vision'
 * import { epochsOf } from './index.js'
 *
 * const recipe = Recipe.sequence(Recipe.freeze, Recipe.fit(2, 1e-3), Recipe.fitOneCycle(5, 1e-3, { startEpoch: 1 }))
 * assert.deepStrictEqual(recipe.map(epochsOf), [0, 2, 4])
 *
 * @since 0.1.0
 */
export const epochsOf = (step: Step): number => {
  switch (step._tag) {
    case 'Fit':
    case 'FitSchedule':
      return step.epochs
    case 'FitOneCycle':
      return Math.max(0, endEpochOf(step) - (step.startEpoch ?? 0))
    case 'SetFreeze':
    case 'SetSize':
    case 'Save':
    case 'Load':
      return 0
  }
}

const endEpochOf = ({ cycLen, totEpochs }: FitOneCycle): number => Math.min(cycLen, totEpochs ?? cycLen)

const scheduledPhase = (
  { epochs, schedule, moms }: FitSchedule,
  stepsPerEpoch: number,
  lrs: ReadonlyArray<number>,
  wd: Phase['wd']
): Phase => {
  const endStep = epochs * stepsPerEpoch
  return {
    startEpoch: 0,
    endEpoch: epochs,
    stepsPerEpoch,
    endStep,
    wd,
    at: (k) => {
      const p = Math.min(1, k / endStep)
      const factor = Schedule.at(p)(schedule)
      return { lrs: lrs.map((lr) => lr * factor), mom: moms === null ? null : Schedule.at(p)(moms) }
    }
  }
}

/**
 * Lays out a training step over batches.
 *
 * @example
 * import { Recipe } from 'graft-vision'
 * import { phaseOf } from './index.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const [step] = Recipe.fitOneCycle(1, 1e-3)
 * if (step?._tag !== 'FitOneCycle') throw new Error('one step')
 * const phase = phaseOf({ groups: 1, batchesPerEpoch: 10 })(step)
 * assert.deepStrictEqual(pipe(phase, E.map((p) => p.at(3).lrs)), E.right([1e-3]))
 *
 * @since 0.1.0
 */
export const phaseOf =
  (size: { readonly groups: number; readonly batchesPerEpoch: number; readonly path?: string }) =>
  (step: TrainingStep): E.Either<RecipeError, Phase> => {
    const path = size.path ?? 'recipe'
    const [mistake] = checkStep(step, { path, groups: size.groups })
    if (mistake !== undefined) return E.left(mistake)
    const stepsPerEpoch = Math.ceil(size.batchesPerEpoch / (step.accumulate ?? 1))
    if (step._tag === 'Fit')
      return pipe(
        E.Do,
        E.apS('lrs', ratesPerGroup(size.groups, `${path}.lr`)(step.lr)),
        E.apS('wd', decayOf(step.wd, size.groups, path)),
        E.map(({ lrs, wd }) => ({
          startEpoch: 0,
          endEpoch: step.epochs,
          stepsPerEpoch,
          endStep: step.epochs * stepsPerEpoch,
          wd,
          at: () => ({ lrs, mom: null })
        }))
      )
    if (step._tag === 'FitSchedule')
      return pipe(
        E.Do,
        E.apS('lrs', ratesPerGroup(size.groups, `${path}.lr`)(step.lr)),
        E.apS('wd', decayOf(step.wd, size.groups, path)),
        E.map(({ lrs, wd }) => scheduledPhase(step, stepsPerEpoch, lrs, wd))
      )
    const total = step.totEpochs ?? step.cycLen
    const endEpoch = endEpochOf(step)
    const cycle = Schedule.oneCycle({
      n: stepsPerEpoch * total,
      divFactor: step.divFactor,
      pctStart: step.pctStart,
      finalDiv: step.finalDiv ?? step.divFactor * 1e4,
      moms: momsOf(step.moms)
    })
    return pipe(
      E.Do,
      E.apS('maxima', ratesPerGroup(size.groups, `${path}.maxLr`)(step.maxLr)),
      E.apS('wd', decayOf(step.wd, size.groups, path)),
      E.map(({ maxima, wd }) => ({
        startEpoch: step.startEpoch ?? 0,
        endEpoch,
        stepsPerEpoch,
        endStep: endEpoch * stepsPerEpoch,
        wd,
        at: (k) => {
          const p = Math.min(1, k / cycle.length)
          const factor = Schedule.at(p)(cycle.lr)
          return { lrs: maxima.map((m) => m * factor), mom: Schedule.at(p)(cycle.mom) }
        }
      }))
    )
  }
