/** `Running`: a training step in progress: the mutable state of the loop, and what is derived from it. */
import * as E from 'fp-ts/lib/Either.js'
import type { Program } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import type { Counters, Event, Phase, Recipe, Row, Smoothed, Verdict } from '../../recipe/index.js'
import type { Learner, LearnerNow, Progress } from '../learner/Learner.js'
import type { Averaged } from './averaging.js'
import type { Inputs } from './inputs.js'
import type { TrainEnv } from './TrainEnv.js'
import type { Watched } from './watched.js'
import type { Within } from './Within.js'

/** When a checkpoint may be written: after a batch, an epoch or a step if one is due; always when a run is halted. */
export type Occasion = 'batch' | 'epoch' | 'step' | 'halt'

/** What the loop calls: event handlers, and checkpoints when due. */
export interface Hooks {
  readonly emit: (event: Event, now: LearnerNow) => Promise<E.Either<GraftError, Verdict>>
  /** Writes a checkpoint if one is due. */
  readonly checkpoint: (snapshot: Snapshot, when: Occasion) => Promise<E.Either<GraftError, void>>
  /** Saves a learner in the model folder. */
  readonly save: (name: string, l: Learner) => Promise<E.Either<GraftError, void>>
}

/** A position and a function that returns the learner at it, which reads every tensor. */
export interface Snapshot {
  readonly within: Within
  readonly learner: LearnerNow
}

/** The mutable state of the loop: all of `Progress` but the tensors, which the program holds. */
export interface Loop {
  readonly losses: Array<number>
  readonly lrs: Array<number>
  readonly moms: Array<number>
  readonly rows: Array<Row>
  mom: number
  steps: number
  epochs: number
  epoch: number
  batch: number
  trained: number
  updates: number
  /** Whether gradients are accumulated that no update has used. */
  pending: boolean
  smoothed: Smoothed
  watched: Watched
  average: Averaged | null
}

export const loopOf = (l: Progress, within: Within): Loop => ({
  losses: [...l.history.losses],
  lrs: [...l.history.lrs],
  moms: [...l.history.moms],
  rows: [...l.history.rows],
  mom: l.mom,
  steps: l.steps,
  epochs: l.epochs,
  pending: l.optimiser.accumulated !== undefined,
  ...within
})

export const learnerNow = (l: Learner, program: Program, loop: Loop): E.Either<GraftError, Learner> =>
  E.chain((state: Learner['state']) =>
    E.map((optimiser: Learner['optimiser']) => ({
      ...l,
      state,
      optimiser,
      mom: loop.mom,
      steps: loop.steps,
      epochs: loop.epochs,
      history: { losses: [...loop.losses], lrs: [...loop.lrs], moms: [...loop.moms], rows: [...loop.rows] }
    }))(program.optimiserState())
  )(program.state())

/** A training step in progress. */
export interface Running {
  readonly step: Recipe.TrainingStep
  readonly env: TrainEnv
  readonly learner: Learner
  readonly inputs: Inputs
  readonly program: Program
  readonly phase: Phase
  readonly batches: number
  readonly loop: Loop
  readonly hooks: Hooks
}

export const counters = ({ loop, phase }: Running): Counters => ({
  epoch: loop.epoch,
  epochs: phase.endEpoch,
  batch: loop.batch,
  iteration: loop.trained
})

/** The position in the schedule: it advances with each step of the optimiser; skipped epochs of `startEpoch` count. */
export const scheduled = ({ loop, phase }: Running): number => phase.startEpoch * phase.stepsPerEpoch + loop.updates

export const within = ({ loop: { epoch, batch, trained, updates, smoothed, watched, average } }: Running): Within => ({
  epoch,
  batch,
  trained,
  updates,
  smoothed,
  watched,
  average
})

export const snapshot = (r: Running): Snapshot => ({
  within: within(r),
  learner: () => learnerNow(r.learner, r.program, r.loop)
})

export const tell = (r: Running, event: Event): Promise<E.Either<GraftError, Verdict>> =>
  r.hooks.emit(event, snapshot(r).learner)
