/**
 * `train(recipe)`: the runner. It interprets a recipe's steps over a learner and gives the learner that comes out.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import { type GraftError, mistakes } from '../GraftError.js'
import type { HasClock, HasFiles, HasImages } from '../io/index.js'
import { resolveFreeze } from '../plan/index.js'
import { checkRecipe, type Event, handlers, type Recipe, type Verdict } from '../recipe/index.js'
import { type Cursor, readSaved, restore, savedFile, writeSaved } from './checkpoint.js'
import type { HasEngine, HasEvents } from './Env.js'
import { type Learner, refreeze } from './Learner.js'
import { settingError } from './LearnError.js'
import { type Hooks, runPhase, type Within } from './phase.js'

/** What training needs. */
export type TrainEnv = HasEngine & HasEvents & HasFiles & HasImages & HasClock

/** Where and how often a run writes down how far it has come. */
export interface Checkpointing {
  readonly file: string
  /** The run it belongs to, written down with it; default: none. */
  readonly run?: string
  /** Default 60. */
  readonly everySeconds?: number
  /** Also after every so many batches; default: never. */
  readonly everyBatches?: number
}

export interface TrainOptions {
  /** Default: none. */
  readonly checkpoint?: Checkpointing
  /** Go on from here; default: the start. */
  readonly from?: Cursor
}

/** What comes out of training. */
export interface Trained {
  readonly learner: Learner
  /** Where it was halted by a handler; null: it ran to the end. */
  readonly halted: Cursor | null
}

const emitter =
  (env: HasEvents, l: Learner): Hooks['emit'] =>
  (event) =>
    E.tryCatch(
      () => handlers([env.onEvent, ...l.settings.callbacks])(event)(),
      (e): GraftError =>
        settingError(`handler of ${event._tag}`, 'a handler that does not throw', String(e), 'mend the handler')
    )

/** Writes down where a run stands, if it is asked to at all. */
const writeCheckpoint = async (
  env: TrainEnv,
  l: Learner,
  cursor: Cursor,
  how: Checkpointing | undefined
): Promise<E.Either<GraftError, void>> => {
  if (how === undefined) return E.right(undefined)
  const written = await writeSaved(how.file, l, cursor, how.run === undefined ? {} : { run: how.run })(env)()
  if (E.isLeft(written)) return written
  return E.map(() => undefined)(emitter(env, l)({ _tag: 'Saved', file: how.file, kind: 'checkpoint' }))
}

const checkpointing = (env: TrainEnv, step: number, how: Checkpointing | undefined): Hooks['checkpoint'] => {
  let [last, batches] = [env.clock.now(), 0]
  return async (snapshot, must) => {
    if (how === undefined) return E.right(undefined)
    batches++
    const due =
      must ||
      batches % (how.everyBatches ?? Infinity) === 0 ||
      env.clock.now() - last >= 1000 * (how.everySeconds ?? 60)
    if (!due) return E.right(undefined)
    const now = snapshot.learner()
    if (E.isLeft(now)) return now
    const written = await writeCheckpoint(env, now.right, { step, within: snapshot.within }, how)
    last = env.clock.now()
    return written
  }
}

/** A step's result: the learner, where it was halted, and what a handler said of it. */
interface StepResult {
  readonly learner: Learner
  readonly halted: Within | null
}

const done = (learner: Learner): StepResult => ({ learner, halted: null })

const runStep = async (
  env: TrainEnv,
  l: Learner,
  step: Recipe.Step,
  index: number,
  from: Within | null,
  options: TrainOptions
): Promise<E.Either<GraftError, StepResult>> => {
  const emit = emitter(env, l)
  switch (step._tag) {
    case 'Fit':
    case 'FitOneCycle': {
      const checkpoint = checkpointing(env, index, options.checkpoint)
      return runPhase(env, l, step, `recipe[${index}]`, from, { emit, checkpoint })
    }
    case 'SetFreeze':
      return E.map(done)(refreeze(step.freeze)(l))
    case 'Save': {
      const file = savedFile(l, step.name)
      const written = await writeSaved(file, l, null)(env)()
      return pipe(
        written,
        E.chain(() => emit({ _tag: 'Saved', file, kind: 'model' })),
        E.map(() => done(l))
      )
    }
    case 'Load': {
      const file = savedFile(l, step.name)
      const saved = await readSaved(file)(env)()
      return pipe(
        saved,
        E.chain((s) => restore(file, s)(l)),
        E.chain(({ learner, warnings }) =>
          pipe(
            [{ _tag: 'Loaded', file }, ...warnings.map((message) => ({ _tag: 'Warning', message }))] as Array<Event>,
            E.traverseArray(emit),
            E.map(() => done(learner))
          )
        )
      )
    }
  }
}

/** Everything about a recipe that can be seen before it runs, freezes against the groups included. */
export const checkAgainst =
  (recipe: Recipe.Recipe) =>
  (l: Learner): E.Either<GraftError, void> => {
    const freezes = recipe.flatMap((step, i) => {
      if (step._tag !== 'SetFreeze') return []
      const resolved = resolveFreeze(step.freeze, l.plan.groups, `recipe[${i}]`)
      return E.isLeft(resolved) ? [resolved.left] : []
    })
    const [first, ...rest] = [...checkRecipe(recipe), ...freezes]
    return first === undefined ? E.right(undefined) : E.left(mistakes('the recipe', [first, ...rest]))
  }

/**
 * Trains with checkpoints, or from one; says where it was halted, if it was.
 *
 * @since 0.1.0
 */
export const trainWith =
  (recipe: Recipe.Recipe, options: TrainOptions = {}) =>
  (start: Learner): ReaderTaskEither<TrainEnv, GraftError, Trained> =>
  (env) =>
  async () => {
    const checked = checkAgainst(recipe)(start)
    if (E.isLeft(checked)) return checked
    const haltedAt = async (l: Learner, halted: Cursor): Promise<E.Either<GraftError, Trained>> =>
      E.map(() => ({ learner: l, halted }))(await writeCheckpoint(env, l, halted, options.checkpoint))
    let l = start
    for (let index = options.from?.step ?? 0; index < recipe.length; index++) {
      const step = recipe[index]!
      const within = index === options.from?.step ? options.from.within : null
      const emit = emitter(env, l)
      const began = emit({ _tag: 'StepBegin', index, step })
      if (E.isLeft(began)) return began
      if (began.right === 'halt') return haltedAt(l, { step: index, within })
      const result = await runStep(env, l, step, index, within, options)
      if (E.isLeft(result)) return result
      l = result.right.learner
      // a training step has written its own checkpoint
      if (result.right.halted !== null)
        return E.right({ learner: l, halted: { step: index, within: result.right.halted } })
      const ended: E.Either<GraftError, Verdict> = emit({ _tag: 'StepEnd', index, step })
      if (E.isLeft(ended)) return ended
      if (ended.right === 'halt') return haltedAt(l, { step: index + 1, within: null })
    }
    return E.right({ learner: l, halted: null })
  }

/**
 * Trains a learner by a recipe. The same seed, data and engine give the same numbers, bit for bit.
 *
 * @example
 * import { cut, digits, head, Recipe, accuracy, arch, withHead, withSize, withBatchSize } from 'graft-vision'
 * import { conv2d, maxPool2d, named, relu, sequential } from 'graft-vision'
 * import { learner, openData, train, withNodeEnv } from 'graft-vision/node'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const net = arch({
 *   name: 'tiny',
 *   network: sequential(named('conv', conv2d(3, 8, 5, { stride: 2 })), relu, named('pool', maxPool2d(2)))
 * })
 * const program = pipe(
 *   openData(pipe(digits({ n: 64 }), withSize(28), withBatchSize(16))),
 *   RTE.chainW((data) => learner({ data, model: pipe(net, cut, withHead(head({ linFtrs: [16] }))), metrics: [accuracy] })),
 *   RTE.chainW(train(Recipe.fitOneCycle(1, 1e-2)))
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(result) && result.right.history.rows.length === 1)
 *
 * @since 0.1.0
 */
export const train =
  (recipe: Recipe.Recipe) =>
  (l: Learner): ReaderTaskEither<TrainEnv, GraftError, Learner> =>
  (env) =>
  async () =>
    E.map((trained: Trained) => trained.learner)(await trainWith(recipe)(l)(env)())
