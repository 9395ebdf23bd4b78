/**
 * `train(recipe)`: the runner. It runs a recipe's steps on a learner and returns the resulting learner.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import { trainOrder } from '../../data/index.js'
import { costsId, type Engine, enoughRows } from '../../engine/index.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type GraftError, mistakes } from '../../GraftError.js'
import { checkRecipeFor } from '../../plan/index.js'
import { epochsOf, type Event, type Recipe, type Verdict } from '../../recipe/index.js'
import { callbacks } from './callbacks.js'
import { type Cursor, readSaved, recipeFingerprint, type Saved, savedFile, writeSaved } from '../saved/checkpoint.js'
import { restore } from '../saved/restore.js'
import type { HasEvents } from '../Env.js'
import { type Learner, refreeze } from '../learner/Learner.js'
import { savedError, settingError } from '../LearnError.js'
import { batchingOf } from './training.js'
import { unmeasured } from './watched.js'
import type { Hooks, Occasion, Placed } from './phase.js'
import type { TrainEnv } from './TrainEnv.js'
import type { Within } from './Within.js'

/**
 * Where and how often to write checkpoints.
 *
 * @category training
 * @since 0.1.0
 */
export interface Checkpointing {
  readonly file: string
  /** Id of the run that the checkpoint belongs to; default: none. */
  readonly run?: string
  /** Seconds between checkpoints; default 60. */
  readonly everySeconds?: number
  /** Number of batches between additional checkpoints; default: none. */
  readonly everyBatches?: number
}

/**
 * Where to start training, and whether to write checkpoints.
 *
 * @category training
 * @since 0.1.0
 */
export interface TrainOptions {
  /** Default: none. */
  readonly checkpoint?: Checkpointing
  /** Where to continue from; default: the start. */
  readonly from?: Cursor
}

/**
 * The result of training.
 *
 * @category training
 * @since 0.1.0
 */
export interface Trained {
  readonly learner: Learner
  /** Where a handler halted it; null: training was completed. */
  readonly halted: Cursor | null
}

const emitter =
  (env: HasEvents, l: Learner): Hooks['emit'] =>
  (event, now) =>
    TE.tryCatch(
      async () => callbacks([env.onEvent, ...l.settings.callbacks])(event, now)(),
      (e): GraftError =>
        settingError(`handler of ${event._tag}`, 'a handler that does not throw', String(e), 'mend the handler')
    )()

/** Between training steps the learner is available without reading tensors. */
const emitAt = (env: HasEvents, l: Learner, event: Event): Promise<E.Either<GraftError, Verdict>> =>
  emitter(env, l)(event, () => E.right(l))

const warning = (message: string): Event => ({ _tag: 'Warning', message })

const emitAll = async (
  env: HasEvents,
  l: Learner,
  events: ReadonlyArray<Event>
): Promise<E.Either<GraftError, void>> => {
  for (const event of events) {
    const told = await emitAt(env, l, event)
    if (E.isLeft(told)) return told
  }
  return E.right(undefined)
}

/** Writes a checkpoint, if checkpoints are asked for. */
const writeCheckpoint = async (
  env: TrainEnv,
  l: Learner,
  cursor: Cursor,
  how: Checkpointing | undefined
): Promise<E.Either<GraftError, void>> => {
  if (how === undefined) return E.right(undefined)
  const written = await writeSaved(how.file, l, cursor, how.run === undefined ? {} : { run: how.run })(env)()
  if (E.isLeft(written)) return written
  return E.map(() => undefined)(await emitAt(env, l, { _tag: 'Saved', file: how.file, kind: 'checkpoint' }))
}

/** Keeps the time of the last checkpoint across the steps of a run. */
type Checkpoints = (
  l: () => E.Either<GraftError, Learner>,
  at: Cursor,
  when: Occasion
) => Promise<E.Either<GraftError, void>>

const checkpoints = (env: TrainEnv, how: Checkpointing | undefined): Checkpoints => {
  let [last, batches] = [env.clock.now(), 0]
  return async (learnerNow, at, when) => {
    if (how === undefined) return E.right(undefined)
    if (when === 'batch') batches++
    const due =
      when === 'halt' ||
      (when === 'batch' && batches % (how.everyBatches ?? Infinity) === 0) ||
      env.clock.now() - last >= 1000 * (how.everySeconds ?? 60)
    if (!due) return E.right(undefined)
    const now = learnerNow()
    if (E.isLeft(now)) return now
    const written = await writeCheckpoint(env, now.right, at, how)
    last = env.clock.now()
    return written
  }
}

/** A step's result: the learner, where it was halted, and the handlers' verdict. */
interface StepResult {
  readonly learner: Learner
  readonly halted: Within | null
}

const done = (learner: Learner): StepResult => ({ learner, halted: null })

/** The position of a training step among those of its recipe. */
const placeOf = (recipe: Recipe.Recipe, index: number): Placed['place'] => {
  const trains = recipe.map(epochsOf)
  const count = (epochs: ReadonlyArray<number>): number => epochs.filter((n) => n > 0).length
  return {
    phase: count(trains.slice(0, index)),
    phases: count(trains),
    epochsAfter: trains.slice(index + 1).reduce((sum, n) => sum + n, 0)
  }
}

const saveModel = async (env: TrainEnv, l: Learner, name: string): Promise<E.Either<GraftError, void>> => {
  const file = savedFile(l, name)
  const written = await writeSaved(file, l, null)(env)()
  if (E.isLeft(written)) return written
  return E.map(() => undefined)(await emitAt(env, l, { _tag: 'Saved', file, kind: 'model' }))
}

const runStep = async (
  env: TrainEnv,
  l: Learner,
  recipe: Recipe.Recipe,
  index: number,
  from: Within | null,
  checkpoint: Hooks['checkpoint']
): Promise<E.Either<GraftError, StepResult>> => {
  const step = recipe[index]!
  switch (step._tag) {
    case 'Fit':
    case 'FitOneCycle': {
      // programs that only predict do not load the training loop
      const { runPhase } = await import('./phase.js')
      return runPhase(env, l, { step, path: `recipe[${index}]`, place: placeOf(recipe, index) }, from, {
        emit: emitter(env, l),
        checkpoint,
        save: (name, now) => saveModel(env, now, name)
      })
    }
    case 'SetFreeze':
      return E.map(done)(refreeze(step.freeze)(l))
    case 'Save':
      return E.map(() => done(l))(await saveModel(env, l, step.name))
    case 'Load': {
      const file = savedFile(l, step.name)
      const restored = E.chain((saved: Saved) => restore(file, saved)(l))(await readSaved(file)(env)())
      if (E.isLeft(restored)) return restored
      const { learner, warnings } = restored.right
      const told = await emitAll(env, learner, [{ _tag: 'Loaded', file }, ...warnings.map(warning)])
      return E.map(() => done(learner))(told)
    }
  }
}

/** Checks that every batch norm in training mode sees more than one value per channel, in the smallest batch too. */
const normsHaveRows = (recipe: Recipe.Recipe, l: Learner): E.Either<GraftError, void> => {
  if (!recipe.some((step) => epochsOf(step) > 0)) return E.right(undefined)
  const order = trainOrder(batchingOf(l), l.data.train.length)(0)
  if (E.isLeft(order)) return order
  const smallest = Math.min(...order.right.map((batch) => batch.length))
  let now = l
  for (const step of recipe) {
    if (step._tag === 'Save' || step._tag === 'Load') continue
    if (step._tag === 'SetFreeze') {
      const frozen = refreeze(step.freeze)(now)
      if (E.isLeft(frozen)) return frozen
      now = frozen.right
      continue
    }
    const enough = enoughRows(now.plan, smallest)
    if (E.isLeft(enough)) return enough
  }
  return E.right(undefined)
}

/**
 * Every mistake in a recipe that shows before it runs, with freezes and rates checked against the groups.
 *
 * @example
 * import { digits, Recipe, squeezenet1_1 } from 'graft-vision'
 * import { checkAgainst } from '../index.js'
 * import { cnnLearner, openData, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainEitherKW(checkAgainst(Recipe.freezeTo(9)))
 * )
 * const checked = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isLeft(checked) && checked.left._tag === 'FreezeError')
 *
 * @since 0.1.0
 */
export const checkAgainst =
  (recipe: Recipe.Recipe) =>
  (l: Learner): E.Either<GraftError, void> => {
    const [first, ...rest] = [...checkRecipeFor(recipe)(l.plan), ...unmeasured(recipe, l)]
    return first === undefined ? normsHaveRows(recipe, l) : E.left(mistakes('the recipe', [first, ...rest]))
  }

/** Checks that a resumed run has the recipe of the interrupted one. */
const sameRecipe = (recipe: Recipe.Recipe, from: Cursor | undefined): E.Either<GraftError, void> =>
  from === undefined || from.recipe === recipeFingerprint(recipe)
    ? E.right(undefined)
    : E.left(
        savedError('recipe', 'the recipe that the checkpoint was written for', 'another recipe', 'give the same recipe')
      )

/** Other costs choose other forms of convolutions, whose sums are rounded otherwise. */
const sameCosts = ({ costs }: Engine, from: Cursor | undefined): E.Either<GraftError, void> => {
  const here = costsId(costs)
  if (from === undefined || (from.costs ?? null) === here) return E.right(undefined)
  const named = (id: string | null): string => (id === null ? 'the built-in costs' : `measured costs ${id}`)
  return E.left(
    savedError(
      'engine',
      `convolutions chosen by ${named(from.costs ?? null)}, as the checkpoint's were`,
      named(here),
      "acquire the engine with the original costs: costs: 'built-in', or those measured; or train again"
    )
  )
}

/**
 * Trains with checkpoints or from one; the result says whether and where it was halted.
 *
 * @example
 * import { arch, digits, nn, Recipe, withBatchSize } from 'graft-vision'
 * import { cnnLearner, openData, trainWith, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const network = nn.sequential(nn.named('conv', nn.conv2d(3, 4, 5)), nn.named('pool', nn.maxPool2d(4)))
 *
 * const program = pipe(
 *   openData(pipe(digits({ n: 8 }), withBatchSize(4))),
 *   RTE.chainW((data) => cnnLearner(data, arch({ name: 'tiny', network }))),
 *   RTE.bindTo('fresh'),
 *   RTE.bindW('half', ({ fresh }) => trainWith(Recipe.fit(1))(fresh)),
 *   RTE.map(({ half }) => [half.learner.steps, half.halted?.step])
 * )
 * // halted after the first of two batches, in the recipe's only step
 * const env = withNodeEnv({ engine: 'cpu', onEvent: ({ _tag }) => () => (_tag === 'BatchEnd' ? 'halt' : 'continue') })
 * assert.deepStrictEqual(await env(program)(), E.right([1, 0]))
 *
 * @category training
 * @since 0.1.0
 */
export const trainWith =
  (recipe: Recipe.Recipe, options: TrainOptions = {}) =>
  (start: Learner): ReaderTaskEither<TrainEnv, GraftError, Trained> =>
  (env) =>
  async () => {
    const same = E.chain(() => sameCosts(env.engine, options.from))(sameRecipe(recipe, options.from))
    const checked = E.chain(() => same)(checkAgainst(recipe)(start))
    if (E.isLeft(checked)) return checked
    const costs = costsId(env.engine.costs)
    const of = { recipe: recipeFingerprint(recipe), ...(costs === null ? {} : { costs }) }
    const write = checkpoints(env, options.checkpoint)
    const haltedAt = async (l: Learner, halted: Cursor): Promise<E.Either<GraftError, Trained>> =>
      E.map(() => ({ learner: l, halted }))(await write(() => E.right(l), halted, 'halt'))
    const warnings = options.from === undefined && start.steps === 0 ? start.plan.warnings : []
    const warned = await emitAll(env, start, warnings.map(warning))
    if (E.isLeft(warned)) return warned
    let l = start
    for (let index = options.from?.step ?? 0; index < recipe.length; index++) {
      const step = recipe[index]!
      const within = index === options.from?.step ? options.from.within : null
      const cursor = (at: Within | null): Cursor => ({ step: index, within: at, ...of })
      const began = await emitAt(env, l, { _tag: 'StepBegin', index, step })
      if (E.isLeft(began)) return began
      if (began.right === 'halt') return haltedAt(l, cursor(within))
      const result = await runStep(env, l, recipe, index, within, (snapshot, when) =>
        write(snapshot.learner, cursor(snapshot.within), when)
      )
      if (E.isLeft(result)) return result
      l = result.right.learner
      // a training step has written its own checkpoint
      if (result.right.halted !== null) return E.right({ learner: l, halted: cursor(result.right.halted) })
      const ended = await emitAt(env, l, { _tag: 'StepEnd', index, step })
      if (E.isLeft(ended)) return ended
      const next: Cursor = { step: index + 1, within: null, ...of }
      if (ended.right === 'halt') return haltedAt(l, next)
      const written = await write(() => E.right(l), next, 'step')
      if (E.isLeft(written)) return written
    }
    return E.right({ learner: l, halted: null })
  }

/**
 * Trains a learner with a recipe. The same seed, data and engine give the same parameters, bit for bit.
 *
 * @example
 * import {
 *   accuracy,
 *   arch,
 *   cut,
 *   digits,
 *   head,
 *   nn,
 *   Recipe,
 *   withBatchSize,
 *   withHead,
 *   withSize
 * } from 'graft-vision'
 * import { learner, openData, train, withNodeEnv } from 'graft-vision/node'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const net = arch({
 *   name: 'tiny',
 *   network: nn.sequential(nn.named('conv', nn.conv2d(3, 8, 5, { stride: 2 })), nn.relu, nn.named('pool', nn.maxPool2d(2)))
 * })
 * const program = pipe(
 *   openData(pipe(digits({ n: 64 }), withSize(28), withBatchSize(16))),
 *   RTE.chainW((data) => learner({ data, model: pipe(net, cut, withHead(head({ linFtrs: [16] }))), metrics: [accuracy] })),
 *   RTE.chainW(train(Recipe.fitOneCycle(1, 1e-2)))
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(result) && result.right.history.rows.length === 1)
 *
 * @category training
 * @since 0.1.0
 */
export const train =
  (recipe: Recipe.Recipe) =>
  (l: Learner): ReaderTaskEither<TrainEnv, GraftError, Learner> =>
  (env) =>
  async () =>
    E.map((trained: Trained) => trained.learner)(await trainWith(recipe)(l)(env)())
