/** One training step of a recipe: epochs of batches, validation, events, checkpoints. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Batches, trainOrder } from '../../data/index.js'
import { settled } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import {
  epochsOf,
  type Event,
  noLosses,
  phaseOf,
  type Recipe,
  type Row,
  smoothedLoss,
  type Verdict
} from '../../recipe/index.js'
import type { Learner } from '../learner/Learner.js'
import { afterTraining, averageAtStart } from './averaging.js'
import { evaluateAll, type OnBatch, validBatches } from './evaluation.js'
import { finiteWeights } from './finite.js'
import { compileFor, inputsFor } from './inputs.js'
import { counters, type Hooks, learnerNow, loopOf, type Running, scheduled, snapshot, tell, within } from './running.js'
import { type Ended, trainEpoch, updatePending } from './trainBatches.js'
import type { TrainEnv } from './TrainEnv.js'
import type { Within } from './Within.js'
import { batchingOf } from './training.js'
import { afterEpoch, afterStep, endsOnNaN, epochSeen, unwatched, type WatcherHooks } from './watched.js'

/** The result of a training step that was completed or halted. */
export interface PhaseResult {
  readonly learner: Learner
  readonly halted: Within | null
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
  const scores = await evaluateAll(r.program, r.inputs.valid(), settings.metrics, told, where)
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
  const { env, loop } = r
  const started = env.clock.now()
  const began = await tell(r, { _tag: 'EpochBegin', ...counters(r) })
  if (E.isLeft(began) || began.right === 'halt') return began
  if (began.right === 'haltEpoch') loop.batch = r.batches
  const reader = r.inputs.train(loop.epochs, order, loop.batch)
  const trained = await trainEpoch(r, reader)
  await reader.close()
  if (E.isLeft(trained) || trained.right === 'halt') return trained
  if (trained.right === 'diverged') return endDiverged(r, 'training')
  const last = updatePending(r)
  if (E.isLeft(last)) return last
  return withAverage(r, () => endEpoch(r, started))
}

/**
 * Runs the end of an epoch with the averaged parameters in place of the optimiser's. An epoch that is halted before it has
 * ended is averaged again when the run is resumed.
 */
const withAverage = async (
  r: Running,
  f: () => Promise<E.Either<GraftError, Ended>>
): Promise<E.Either<GraftError, Ended>> => {
  const { loop, program } = r
  const average = afterTraining(r.step.average, loop.average, loop.epoch, program.state)
  if (E.isLeft(average)) return average
  if (average.right === null) return f()
  const own = pipe(
    program.state(),
    E.chainFirst(() => program.load(average.right!.state))
  )
  if (E.isLeft(own)) return own
  const { epoch } = loop
  const ended = await f()
  if (E.isLeft(ended)) return ended
  if (ended.right !== 'halt' || loop.epoch > epoch) {
    // watchers may have put others in place of the average
    const now = program.state()
    if (E.isLeft(now)) return now
    loop.average = { ...average.right, state: now.right }
  }
  return pipe(
    program.load(own.right),
    E.map(() => ended.right)
  )
}

/** Validation, and what follows an epoch. */
const endEpoch = async (r: Running, started: number): Promise<E.Either<GraftError, Ended>> => {
  const { env, learner, loop } = r
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
  const { loop, phase, program } = r
  loop.mom = phase.at(scheduled(r)).mom ?? loop.mom
  const averaged = loop.average === null ? E.right(undefined) : program.load(loop.average.state)
  if (E.isLeft(averaged)) return averaged
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

/** Halts a step that has not begun to train. */
const haltedBefore = async (l: Learner, at: Within, hooks: Hooks): Promise<E.Either<GraftError, PhaseResult>> =>
  E.map(() => ({ learner: l, halted: at }))(await hooks.checkpoint({ within: at, learner: () => E.right(l) }, 'halt'))

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
  const optimiser = from === null ? settled(l.optimiser) : l.optimiser
  const begin: Within = {
    epoch: phase.right.startEpoch,
    batch: 0,
    trained: 0,
    updates: 0,
    smoothed: noLosses,
    watched: unwatched(step),
    average: averageAtStart(step.average, l.state)
  }
  const inputs = await inputsFor<'halt'>(env, l, epochsOf(step), async ({ after, bytes }, done, images) =>
    E.chainW((verdict: Verdict) => (verdict === 'halt' ? E.left(verdict) : E.right(undefined)))(
      await hooks.emit({ _tag: 'CachingFeatures', after, done, images, bytes }, () => E.right(l))
    )
  )
  if (E.isLeft(inputs)) return inputs.left === 'halt' ? haltedBefore(l, from ?? begin, hooks) : E.left(inputs.left)
  const program = compileFor(env, { ...l, optimiser }, inputs.right)
  if (E.isLeft(program)) return program
  const loop = loopOf({ ...l, optimiser }, from ?? begin)
  const running = { env, learner: l, step, inputs: inputs.right, program: program.right }
  const r: Running = { ...running, phase: phase.right, batches, loop, hooks }
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
    return E.map((now: Learner) => ({
      learner: halted.right === null ? { ...now, optimiser: settled(now.optimiser) } : now,
      halted: halted.right
    }))(learnerNow(l, program.right, loop))
  } finally {
    program.right.dispose()
  }
}
