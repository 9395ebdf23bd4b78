/**
 * `train(recipe)`: the runner. It runs a recipe's steps on a learner and returns the resulting learner.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import { costsId } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import { Recipe } from '../../recipe/index.js'
import type { Cursor } from '../saved/Saved.js'
import { recipeFingerprint } from '../saved/fingerprints.js'
import type { Learner } from '../learner/Learner.js'
import { resizeTo } from '../learner/resize.js'
import type { TrainEnv } from './TrainEnv.js'
import type { Within } from './Within.js'
import { type Checkpointing, checkpoints } from './checkpoints.js'
import { sameCosts, sameRecipe, checkAgainst } from './checkAgainst.js'
import { emitAll, warning, emitAt } from './emit.js'
import { runStep } from './runStep.js'
import { restoredIn } from './watched.js'

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
  /** The learner to continue from, if it was halted; otherwise the result. */
  readonly learner: Learner
  /**
   * The learner to use: `learner`, with the parameters and buffers that the step's watchers would restore, such as the
   * best ones of `saveBest`, or else with the average of `ema` or `swa`, if it was halted within a step.
   */
  readonly model: Learner
  /** Where a handler halted it; null: training was completed. */
  readonly halted: Cursor | null
}

/** A learner with the images of the size that a recipe has set before the place to continue from. */
const sizedAt = async (
  recipe: Recipe.Recipe,
  from: Cursor | undefined,
  l: Learner
): Promise<E.Either<GraftError, Learner>> => {
  if (from === undefined) {
    // whatever size it has is the one that this recipe begins with
    const { begunAs: _, ...data } = l.data
    return E.right({ ...l, data })
  }
  const index = recipe.slice(0, from.step).findLastIndex(({ _tag }) => _tag === 'SetSize')
  const step = recipe[index]
  return step?._tag !== 'SetSize' || l.data.begunAs !== undefined
    ? E.right(l)
    : resizeTo(step.size, `recipe[${index}]`)(l)()
}

/** The result of a run that was halted at a place. */
const haltedIn = (recipe: Recipe.Recipe, learner: Learner, halted: Cursor): E.Either<GraftError, Trained> => {
  const step = recipe[halted.step]
  if (step === undefined || !Recipe.trains(step) || halted.within === null)
    return E.right({ learner, model: learner, halted })
  return E.map((state: Learner['state'] | null) => ({
    learner,
    model: { ...learner, state: state ?? halted.within?.average?.state ?? learner.state },
    halted
  }))(restoredIn(step, halted.within.watched))
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
    const haltedAt = async (l: Learner, halted: Cursor): Promise<E.Either<GraftError, Trained>> => {
      const written = await write(() => E.right(l), halted, 'halt')
      return E.isLeft(written) ? written : haltedIn(recipe, l, halted)
    }
    const warnings = options.from === undefined && start.steps === 0 ? start.plan.warnings : []
    const warned = await emitAll(env, start, warnings.map(warning))
    if (E.isLeft(warned)) return warned
    const begun = await sizedAt(recipe, options.from, start)
    if (E.isLeft(begun)) return begun
    let l = begun.right
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
      if (result.right.halted !== null) return haltedIn(recipe, l, cursor(result.right.halted))
      const ended = await emitAt(env, l, { _tag: 'StepEnd', index, step })
      if (E.isLeft(ended)) return ended
      const next: Cursor = { step: index + 1, within: null, ...of }
      if (ended.right === 'halt') return haltedAt(l, next)
      const written = await write(() => E.right(l), next, 'step')
      if (E.isLeft(written)) return written
    }
    return E.right({ learner: l, model: l, halted: null })
  }

/**
 * Trains a learner with a recipe. The same seed, data and engine give the same parameters, bit for bit. However a step
 * with `saveBest` ends, also when a handler halts it, the learner has its best parameters.
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
    E.map((trained: Trained) => trained.model)(await trainWith(recipe)(l)(env)())
