/**
 * `Step`: one step of a recipe, and what training steps have in common.
 *
 * @category recipes
 * @since 0.1.0
 */
import type { Freeze } from '../model/index.js'
import type { Averaging } from './Averaging.js'
import type { Rates, WeightDecay } from './Rates.js'
import type { Schedule } from './Schedule.js'
import type { Watcher } from './Watcher.js'

/**
 * What every training step may have.
 *
 * @category recipes
 * @since 0.1.0
 */
export interface StepSettings {
  /** Watchers of this step; absent: none. */
  readonly until?: ReadonlyArray<Watcher>
  /** Number of batches whose gradients each step of the optimiser uses, from 2; absent: 1. */
  readonly accumulate?: number
  /** How the parameters are averaged; absent: they are not. */
  readonly average?: Averaging
}

/**
 * A training step with constant learning rates.
 *
 * @category recipes
 * @since 0.1.0
 */
export interface Fit extends StepSettings {
  readonly _tag: 'Fit'
  readonly epochs: number
  readonly lr: Rates
  /** Weight decay; null: the learner's. */
  readonly wd: WeightDecay | null
}

/**
 * Options of `fitOneCycle`, as in fastai's `fit_one_cycle`.
 *
 * @category recipes
 * @since 0.1.0
 */
export interface OneCycleOptions {
  /** Momentum (Adam's β1) at the start and at the peak; one number keeps it constant. */
  readonly moms: number | readonly [number, number]
  /** The cycle starts at `maxLr/divFactor`. */
  readonly divFactor: number
  /** Fraction of the batches in which the rate increases, in [0, 1]. */
  readonly pctStart: number
  /** The cycle ends at `maxLr/finalDiv`; null: `divFactor·1e4`. */
  readonly finalDiv: number | null
  /** Weight decay; null: the learner's. */
  readonly wd: WeightDecay | null
  /** Epochs of the whole cycle; null: `cycLen`. With fewer than `cycLen`, the step ends when the cycle does. */
  readonly totEpochs: number | null
  /** The epoch to begin at; the part of the cycle before it is skipped. Null: 0. */
  readonly startEpoch: number | null
}

/**
 * A training step whose rates increase to `maxLr` and decrease again, over `cycLen` epochs.
 *
 * @category recipes
 * @since 0.1.0
 */
export interface FitOneCycle extends OneCycleOptions, StepSettings {
  readonly _tag: 'FitOneCycle'
  readonly cycLen: number
  readonly maxLr: Rates
}

/**
 * A training step whose rates follow a curve. Batch k of n trains at `k/n` of the curve.
 *
 * @category recipes
 * @since 0.1.0
 */
export interface FitSchedule extends StepSettings {
  readonly _tag: 'FitSchedule'
  readonly epochs: number
  /** The rates that the curve multiplies, such as the largest ones. */
  readonly lr: Rates
  /** The factor of every group's rate, from 0. */
  readonly schedule: Schedule
  /** Momentum (Adam's β1), in [0, 1); null: unchanged. */
  readonly moms: Schedule | null
  /** Weight decay; null: the learner's. */
  readonly wd: WeightDecay | null
}

/**
 * A step that trains.
 *
 * @category recipes
 * @since 0.1.0
 */
export type TrainingStep = Fit | FitOneCycle | FitSchedule

/**
 * The size of images: the side of a square, or height and width.
 *
 * @category recipes
 * @since 0.1.0
 */
export type ImageSize = number | readonly [height: number, width: number]

/**
 * One step of a recipe: train, change the freeze, save or load.
 *
 * @category recipes
 * @since 0.1.0
 */
export type Step =
  | TrainingStep
  /** Changes the frozen groups and resets the optimiser's moments, as fastai does. */
  | { readonly _tag: 'SetFreeze'; readonly freeze: Freeze }
  /** Resizes the images to another size from here on. */
  | { readonly _tag: 'SetSize'; readonly size: ImageSize }
  | { readonly _tag: 'Save'; readonly name: string }
  | { readonly _tag: 'Load'; readonly name: string }
