/** One training step of a recipe: epochs of batches, validation, events, checkpoints. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { type Batches, trainOrder } from '../../data/index.js'
import { compile, type Program } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import { type Batch, type BatchReader, openBatches } from '../../io/index.js'
import {
  addLoss,
  type Counters,
  type Event,
  noLosses,
  type Phase,
  phaseOf,
  type Recipe,
  type Row,
  type Smoothed,
  smoothedLoss,
  type Verdict
} from '../../recipe/index.js'
import { breathe, evaluateAll, type OnBatch, validBatches } from './evaluation.js'
import { batchMistake, finiteWeights } from './finite.js'
import { diverged } from '../LearnError.js'
import type { Learner, LearnerNow, Progress } from '../learner/Learner.js'
import type { TrainEnv } from './TrainEnv.js'
import type { Within } from './Within.js'
import { batchingOf, stepOptions, trainViews, viewed } from './training.js'
import { afterEpoch, afterStep, endsOnNaN, epochSeen, unwatched, type Watched, type WatcherHooks } from './watched.js'

/** The result of a training step that was completed or halted. */
export interface PhaseResult {
  readonly learner: Learner
  readonly halted: Within | null
}

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
interface Loop {
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
  smoothed: Smoothed
  watched: Watched
}

const loopOf = (l: Progress, within: Within): Loop => ({
  losses: [...l.history.losses],
  lrs: [...l.history.lrs],
  moms: [...l.history.moms],
  rows: [...l.history.rows],
  mom: l.mom,
  steps: l.steps,
  epochs: l.epochs,
  ...within
})

const learnerNow = (l: Learner, program: Program, loop: Loop): E.Either<GraftError, Learner> =>
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

/** An error names a batch with invalid values before it suggests that the learning rate is too high. */
const notFinite = (r: Running, loss: number, c: Counters, batch: Batch): E.Either<GraftError, 'diverged'> => {
  const mistake = batchMistake(batch)
  if (mistake === null && endsOnNaN(r.step)) return E.right('diverged')
  const kept = r.loop.watched.kept.size === 0 ? 'saved files are unaffected' : 'the best model so far is saved'
  return E.left(
    mistake ??
      diverged(
        `epoch ${c.epoch}, batch ${c.batch}`,
        'a finite training loss',
        String(loss),
        `lower the learning rate, or clip gradients; ${kept}`
      )
  )
}

/** How a part of the loop ended: as handlers say, or with a loss that is not finite, which ends the step. */
type Ended = Verdict | 'diverged'

/** A training step in progress. */
interface Running {
  readonly step: Recipe.TrainingStep
  readonly env: TrainEnv
  readonly learner: Learner
  readonly program: Program
  readonly phase: Phase
  readonly batches: number
  readonly loop: Loop
  readonly hooks: Hooks
}

const counters = ({ loop, phase }: Running): Counters => ({
  epoch: loop.epoch,
  epochs: phase.endEpoch,
  batch: loop.batch,
  iteration: loop.trained
})

/** The position in the schedule: it advances with each training batch, and skipped epochs of `startEpoch` count. */
const scheduled = ({ loop, phase, batches }: Running): number => phase.startEpoch * batches + loop.trained

const within = ({ loop: { epoch, batch, trained, smoothed, watched } }: Running): Within => ({
  epoch,
  batch,
  trained,
  smoothed,
  watched
})

const snapshot = (r: Running): Snapshot => ({
  within: within(r),
  learner: () => learnerNow(r.learner, r.program, r.loop)
})

const tell = (r: Running, event: Event): Promise<E.Either<GraftError, Verdict>> =>
  r.hooks.emit(event, snapshot(r).learner)

/** Trains one batch; returns the handlers' verdict. */
const trainBatch = async (r: Running, batch: Batch): Promise<E.Either<GraftError, Ended>> => {
  const { loop, phase, program, learner } = r
  const at = counters(r)
  const began = await tell(r, { _tag: 'BatchBegin', train: true, ...at })
  if (E.isLeft(began) || began.right !== 'continue') return began
  const { lrs: planned, ...hyper } = phase.at(scheduled(r))
  const lrs = planned.map((lr) => lr * loop.watched.rateScale)
  const mom = hyper.mom ?? loop.mom
  const wd = phase.wd ?? learner.settings.wd
  const input = { lrs, mom, wd, step: loop.steps, ifFinite: true }
  const made = program.step(viewed(learner, loop.steps)(batch), input)
  if (E.isLeft(made)) return made
  if (!Number.isFinite(made.right)) return notFinite(r, made.right, at, batch)
  loop.mom = mom
  loop.smoothed = addLoss(made.right)(loop.smoothed)
  const shown = smoothedLoss()(loop.smoothed)
  loop.losses.push(shown)
  loop.lrs.push(lrs.at(-1)!)
  loop.moms.push(mom)
  loop.steps++
  loop.batch++
  loop.trained++
  return tell(r, {
    _tag: 'BatchEnd',
    train: true,
    loss: made.right,
    smoothedLoss: shown,
    lrs,
    mom,
    ...at
  })
}

const trainEpoch = async (r: Running, reader: BatchReader): Promise<E.Either<GraftError, Ended>> => {
  for (;;) {
    const next = await reader.next()
    if (E.isLeft(next)) return next
    if (O.isNone(next.right)) return E.right('continue')
    const batch = next.right.value
    const verdict = await trainBatch(r, batch)
    reader.recycle(batch)()
    if (E.isLeft(verdict)) return verdict
    if (verdict.right === 'haltEpoch') r.loop.batch = r.batches
    if (verdict.right !== 'continue') return verdict
    const written = await r.hooks.checkpoint(snapshot(r), 'batch')
    if (E.isLeft(written)) return written
    await breathe()
  }
}

const validate = async (r: Running): Promise<E.Either<GraftError, readonly [Row, Verdict]>> => {
  const { data, settings } = r.learner
  const trainLoss = smoothedLoss()(r.loop.smoothed)
  if (data.valid.length === 0)
    return E.right([{ epoch: r.loop.epoch, trainLoss, validLoss: null, metrics: [] }, 'continue'] as const)
  let verdict: Verdict = 'continue'
  const heard = (told: E.Either<GraftError, Verdict>): E.Either<GraftError, 'go on' | 'stop'> =>
    E.map((v: Verdict) => {
      if (v === 'halt') verdict = v
      return v === 'continue' ? ('go on' as const) : ('stop' as const)
    })(told)
  const at = { train: false, ...counters(r) }
  const told: OnBatch = {
    before: async () => heard(await tell(r, { _tag: 'BatchBegin', ...at })),
    after: async (_, { loss }) =>
      heard(await tell(r, { _tag: 'BatchEnd', loss, smoothedLoss: trainLoss, lrs: [], mom: r.loop.mom, ...at }))
  }
  const where = `epoch ${r.loop.epoch}, validation`
  const scores = await evaluateAll(r.env, r.program, data, data.valid, settings.metrics, told, where)
  return E.map(
    ({ loss, metrics }: { loss: number; metrics: ReadonlyArray<number> }) =>
      [{ epoch: r.loop.epoch, trainLoss, validLoss: loss, metrics }, verdict] as const
  )(scores)
}

const watcherHooks = (r: Running): WatcherHooks => ({
  program: r.program,
  save: async (name) => {
    const now = snapshot(r).learner()
    return E.isLeft(now) ? now : r.hooks.save(name, now.right)
  }
})

/** Ends the step at a loss that is not finite: the epoch is left without validation. */
const endDiverged = async (r: Running, what: 'training' | 'validation'): Promise<E.Either<GraftError, 'diverged'>> => {
  const { epoch, batch } = r.loop
  const place = what === 'training' ? `epoch ${epoch}, batch ${batch}` : `epoch ${epoch}, validation`
  r.loop.epochs++
  const message = `${place}: the ${what} loss is not finite; the step ends here`
  return E.map(() => 'diverged' as const)(await tell(r, { _tag: 'Warning', message }))
}

const oneEpoch = async (r: Running, order: Batches): Promise<E.Either<GraftError, Ended>> => {
  const { env, learner, loop } = r
  const started = env.clock.now()
  const began = await tell(r, { _tag: 'EpochBegin', ...counters(r) })
  if (E.isLeft(began) || began.right === 'halt') return began
  if (began.right === 'haltEpoch') loop.batch = r.batches
  const reader = openBatches({
    dataset: learner.data.train,
    batches: order.slice(loop.batch),
    stats: learner.data.stats,
    ...trainViews(learner, loop.epochs)
  })(env)()
  const trained = await trainEpoch(r, reader)
  await reader.close()
  if (E.isLeft(trained) || trained.right === 'halt') return trained
  if (trained.right === 'diverged') return endDiverged(r, 'training')
  const validated = await validate(r)
  if (E.isLeft(validated))
    return validated.left._tag === 'Diverged' && endsOnNaN(r.step) ? endDiverged(r, 'validation') : validated
  const [row, verdict] = validated.right
  // halted during validation: the epoch has not ended, and ends when the run is resumed
  if (verdict === 'halt') return E.right(verdict)
  loop.rows.push(row)
  const at = counters(r)
  loop.epochs++
  loop.epoch++
  loop.batch = 0
  const told = await tell(r, { _tag: 'EpochEnd', row, seconds: (env.clock.now() - started) / 1000, ...at })
  if (E.isLeft(told)) return told
  const seen = epochSeen(
    learner.settings.metrics.map(({ name }) => name),
    row,
    loop.lrs.at(-1) ?? null
  )
  const watched = await afterEpoch(watcherHooks(r), r.step, loop.watched, seen)
  if (E.isLeft(watched)) return watched
  loop.watched = watched.right
  return told
}

const endStep = async (r: Running): Promise<E.Either<GraftError, null>> => {
  const { loop, phase } = r
  loop.mom = phase.at(scheduled(r)).mom ?? loop.mom
  return E.map(() => null)(await afterStep(watcherHooks(r), r.step, loop.watched))
}

/** The update before the one that was discarded may be the one that diverged. */
const stillFinite = (r: Running): E.Either<GraftError, null> =>
  pipe(
    r.program.state(),
    E.chainW(finiteWeights(`the parameters after epoch ${r.loop.epoch}, batch ${r.loop.batch}`)),
    E.map(() => null)
  )

const epochs = async (r: Running): Promise<E.Either<GraftError, Within | null>> => {
  const { loop, phase, learner, hooks } = r
  while (loop.epoch < phase.endEpoch && !loop.watched.ended) {
    const order = trainOrder(batchingOf(learner), learner.data.train.length)(loop.epochs)
    if (E.isLeft(order)) return order
    const verdict = await oneEpoch(r, order.right)
    if (E.isLeft(verdict)) return verdict
    if (verdict.right === 'diverged') {
      const ended = await endStep(r)
      return E.isLeft(ended) ? ended : stillFinite(r)
    }
    const written = await hooks.checkpoint(snapshot(r), verdict.right === 'halt' ? 'halt' : 'epoch')
    if (E.isLeft(written)) return written
    if (verdict.right === 'halt') return E.right(within(r))
  }
  return endStep(r)
}

const haltedAtOnce = async (r: Running): Promise<E.Either<GraftError, Within>> =>
  E.map(() => within(r))(await r.hooks.checkpoint(snapshot(r), 'halt'))

/** A training step, and its position in the recipe. */
export interface Placed {
  readonly step: Recipe.TrainingStep
  readonly path: string
  readonly place: Pick<Extract<Event, { readonly _tag: 'TrainBegin' }>, 'phase' | 'phases' | 'epochsAfter'>
}

/** Runs a training step of a recipe from its start, or from where it was halted. */
export const runPhase = async (
  env: TrainEnv,
  l: Learner,
  { step, path, place }: Placed,
  from: Within | null,
  hooks: Hooks
): Promise<E.Either<GraftError, PhaseResult>> => {
  const order = trainOrder(l.data.spec, l.data.train.length)(0)
  if (E.isLeft(order)) return order
  const batches = order.right.length
  const phase = phaseOf({ groups: l.plan.groups, batchesPerEpoch: batches, path })(step)
  if (E.isLeft(phase)) return phase
  const begun = finiteWeights(`the learner at ${path}`)(l.state)
  if (E.isLeft(begun)) return begun
  const program = compile(env.engine)(l.plan, { state: l.state, optimiser: l.optimiser }, stepOptions(l))
  if (E.isLeft(program)) return program
  const begin: Within = {
    epoch: phase.right.startEpoch,
    batch: 0,
    trained: 0,
    smoothed: noLosses,
    watched: unwatched(step)
  }
  const loop = loopOf(l, from ?? begin)
  const r: Running = { env, learner: l, step, program: program.right, phase: phase.right, batches, loop, hooks }
  const metricNames = l.settings.metrics.map((m) => m.name)
  try {
    const began = await tell(r, {
      _tag: 'TrainBegin',
      batches,
      validBatches: validBatches(l.data),
      metricNames,
      ...place,
      ...counters(r)
    })
    if (E.isLeft(began)) return began
    const halted = began.right === 'halt' ? await haltedAtOnce(r) : await epochs(r)
    const ended = await tell(r, { _tag: 'TrainEnd', halted: E.isLeft(halted) || halted.right !== null, ...counters(r) })
    if (E.isLeft(halted)) return halted
    if (E.isLeft(ended)) return ended
    return E.map((learner: Learner) => ({ learner, halted: halted.right }))(learnerNow(l, program.right, loop))
  } finally {
    program.right.dispose()
  }
}
