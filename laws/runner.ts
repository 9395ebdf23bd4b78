/** Laws of the runner: a training that is interrupted and resumed equals an uninterrupted one. */
import * as fc from 'fast-check'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { balancedSampling, cutmix, eachOnce, mixup, randomErasing, Transform } from '../src/data/index.js'
import type { Engine } from '../src/engine/index.js'
import type { GraftError } from '../src/GraftError.js'
import { nodeIo } from '../src/io/index.js'
import {
  type Learner,
  type LearnerEnv,
  readSaved,
  resumeFrom,
  type TrainEnv,
  type TrainOptions,
  trainWith
} from '../src/learn/index.js'
import {
  crossEntropy,
  customWatcher,
  fineTune,
  fitFlatCos,
  fitSgdr,
  fitWarmupCosine,
  focal,
  gradualUnfreezing,
  type Handler,
  handlers,
  huber,
  l1,
  labelSmoothing,
  mse,
  progressiveResizing,
  Recipe,
  type Watcher
} from '../src/recipe/index.js'
import { usualOptimisers } from './arbitrary/optimisers.js'
import { recipes } from './arbitrary/recipes.js'
import { equal, succeeded } from './claim.js'
import { type Law, law } from './Law.js'
import { memoryFiles } from './memoryFiles.js'
import { differing } from './running.js'
import { type Trainee, trainee } from './trainee.js'

/** Each value trains a network several times. */
const runs = 15

/** A training small enough to be repeated many times. */
interface Training {
  readonly trainee: Trainee
  readonly recipe: Recipe.Recipe
  /** The batch at which a handler ends every epoch; beyond the last: never. */
  readonly shortened: number
}

/** Views of batches, or weights of images in the loss, which exclude each other. */
const batches: fc.Arbitrary<Pick<Trainee, 'batchViews' | 'sampleWeights'>> = fc.constantFrom(
  {},
  { batchViews: [mixup()] },
  { batchViews: [cutmix()] },
  { batchViews: [randomErasing()] },
  { batchViews: [mixup(), randomErasing()] },
  { batchViews: [randomErasing(), cutmix()] },
  { sampleWeights: true }
)

const classifiers: fc.Arbitrary<Trainee> = fc
  .record({
    seed: fc.nat({ max: 2 ** 31 - 1 }),
    opt: fc.constantFrom(...usualOptimisers),
    clip: fc.constantFrom(null, 1),
    transforms: fc.constantFrom([], [Transform.flipLr()], [Transform.rotate(10), Transform.brightness([0.4, 0.6])]),
    sampling: fc.constantFrom(eachOnce, balancedSampling(), balancedSampling({ power: 0.5 })),
    loss: fc.constantFrom(crossEntropy(), focal(), labelSmoothing()),
    classWeights: fc.constantFrom<NonNullable<Trainee['classWeights']>>([1, 1], [1, 3], 'balanced', 'effective'),
    inference: fc.boolean()
  })
  .chain((who) => batches.map((batch) => ({ ...who, ...batch })))

const pointFinders: fc.Arbitrary<Trainee> = fc
  .record({
    seed: fc.nat({ max: 2 ** 31 - 1 }),
    opt: fc.constantFrom(...usualOptimisers),
    clip: fc.constantFrom(null, 1),
    transforms: fc.constantFrom(
      [],
      [Transform.flipLr()],
      [Transform.rotate(10), Transform.perspectiveWarp([-0.2, 0.2])]
    ),
    loss: fc.constantFrom(mse, l1, huber()),
    batchViews: fc.constantFrom([], [mixup()], [randomErasing()]),
    inference: fc.boolean()
  })
  .map((who) => ({ ...who, findsPoints: true }))

/** Asks for something after every epoch, as trackers do only now and then. */
const restless: Watcher = customWatcher('restless', {
  start: 0,
  monitor: null,
  onEpoch: (epochs) => [
    Number(epochs) + 1,
    [{ _tag: 'ScaleRates', factor: 0.5 }, ...(epochs === 0 ? [{ _tag: 'Keep', name: 'first' } as const] : [])]
  ],
  onEnd: () => [{ _tag: 'Restore', name: 'first' }]
})

/** The recipes that consist of several steps, or of one with a schedule of its own. */
const composed: fc.Arbitrary<Recipe.Recipe> = fc.constantFrom(
  fineTune(1),
  fitFlatCos(1, 1e-2),
  fitSgdr(2, 1, 1e-2),
  fitWarmupCosine(2, 1e-2, { warmupEpochs: 1 }),
  gradualUnfreezing(2, () => Recipe.fitOneCycle(1, 1e-2)),
  progressiveResizing([
    [4, 1],
    [6, 1]
  ])
)

/** Without batch views, the steps after it are trained on cached features. */
const freezeBody: Recipe.Recipe = Recipe.setFreeze({ _tag: 'FreezeBody' })

const programs: fc.Arbitrary<Recipe.Recipe> = fc
  .tuple(
    fc.constantFrom(Recipe.empty, freezeBody),
    fc.oneof({ weight: 2, arbitrary: recipes }, { weight: 1, arbitrary: composed }),
    fc.constantFrom([], [restless])
  )
  // what is loaded must have been saved
  .map(([first, steps, until]) => Recipe.until(...until)([...first, ...steps.filter((step) => step._tag !== 'Load')]))
  .filter((steps) => steps.some(Recipe.trains))

/** A recipe whose watchers monitor what any learner measures. */
const monitoringLoss: (recipe: Recipe.Recipe) => Recipe.Recipe = RA.map((step) =>
  Recipe.trains(step) && step.until !== undefined
    ? {
        ...step,
        until: step.until.map((w) => ('monitor' in w && w.monitor === 'accuracy' ? { ...w, monitor: 'valid_loss' } : w))
      }
    : step
)

const trainings: fc.Arbitrary<Training> = fc
  .record({
    trainee: fc.oneof({ weight: 3, arbitrary: classifiers }, { weight: 1, arbitrary: pointFinders }),
    recipe: programs,
    shortened: fc.integer({ min: 1, max: 6 })
  })
  .map((training) =>
    training.trainee.findsPoints === true ? { ...training, recipe: monitoringLoss(training.recipe) } : training
  )

const file = 'checkpoint.safetensors'

const done = async <A>(what: string, program: TaskEither<GraftError, A>): Promise<A> => succeeded(await program(), what)

/** Compares the results of two trainings bit for bit. */
const sameEnd = (found: Learner, expected: Learner): void => {
  equal(differing(expected.state, found.state), [], 'parameters and buffers that differ')
  equal([...found.optimiser.arrays.keys()], [...expected.optimiser.arrays.keys()], 'arrays of the optimiser')
  equal(differing(expected.optimiser.arrays, found.optimiser.arrays), [], 'arrays of the optimiser that differ')
  const rest = ({ optimiser: { t }, mom, steps, epochs, history, model: { freeze } }: Learner): unknown => ({
    t,
    mom,
    steps,
    epochs,
    history,
    freeze
  })
  equal(rest(found), rest(expected), 'optimiser, counters, history and freeze')
}

interface Ran {
  readonly learner: Learner
  readonly halted: boolean
  readonly events: number
}

/** The parts of one training: each starts at the beginning, or from the checkpoint of another part. */
const runner = async (engine: Engine, { trainee: who, recipe, shortened }: Training) => {
  const env: Omit<TrainEnv, 'onEvent'> & LearnerEnv = { ...nodeIo(), files: memoryFiles(), engine }
  const start = await done('making the learner', trainee(who)(env))
  const shorten: Handler = (event) => () =>
    event._tag === 'BatchBegin' && event.train && event.batch >= shortened ? 'haltEpoch' : 'continue'
  const part = async (from: Learner, options: TrainOptions, haltAt = Infinity): Promise<Ran> => {
    let events = 0
    const halt: Handler = () => () => (events++ >= haltAt ? 'halt' : 'continue')
    const trained = trainWith(recipe, options)(from)({ ...env, onEvent: handlers([shorten, halt]) })
    const { learner, halted } = await done('training', trained)
    return { learner, halted: halted !== null, events }
  }
  return {
    begin: (options: TrainOptions = {}, haltAt?: number) => part(start, options, haltAt),
    resume: async (options: TrainOptions = {}, haltAt?: number) => {
      const saved = await done('reading the checkpoint', readSaved(file)(env))
      const { learner, cursor } = succeeded(resumeFrom(file, saved)(start), 'resuming')
      return part(learner, { ...options, from: cursor }, haltAt)
    },
    wrote: () => done('looking for the checkpoint', env.files.exists(file))
  }
}

/**
 * The laws of training on an engine: it can be interrupted at any event, once or more, or killed, and resumed from its
 * checkpoint; parameters, buffers, optimiser state and history end with the same bits.
 *
 * @example
 * import { checkLaws, runnerLaws } from 'graft-vision/laws'
 * import { acquireEngine } from 'graft-vision/node'
 *
 * const engine = await acquireEngine('cpu')()
 * assert.ok(engine._tag === 'Right')
 * const reports = await checkLaws(runnerLaws(engine.right), { seed: 1, numRuns: 1 })()
 * assert.deepStrictEqual(reports.filter((r) => r.failed), [])
 *
 * @category laws
 * @since 0.1.0
 */
export const runnerLaws = (engine: Engine): ReadonlyArray<Law> => [
  law(
    'ends with the same bits when it is interrupted at any event and resumed',
    fc.asyncProperty(trainings, fc.array(fc.nat(), { minLength: 1, maxLength: 2 }), async (training, places) => {
      const { begin, resume } = await runner(engine, training)
      const whole = await begin()
      const checkpoint = { file }
      const [first, ...later] = places.map((place) => place % whole.events)
      let ran = await begin({ checkpoint }, first)
      for (const place of later) if (ran.halted) ran = await resume({ checkpoint }, place)
      sameEnd((ran.halted ? await resume() : ran).learner, whole.learner)
    }),
    runs
  ),
  law(
    'ends with the same bits when it is killed and resumed from its last checkpoint',
    fc.asyncProperty(trainings, fc.integer({ min: 1, max: 12 }), async (training, everyBatches) => {
      const { begin, resume, wrote } = await runner(engine, training)
      const whole = await begin({ checkpoint: { file, everyBatches } })
      fc.pre(await wrote())
      sameEnd((await resume()).learner, whole.learner)
    }),
    runs
  )
]
