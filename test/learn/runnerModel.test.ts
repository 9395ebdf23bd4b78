/**
 * The runner against a pure model of its state: random commands (train, halt, checkpoint, resume, freeze, unfreeze, sweep learning
 * rates, stop early, save and load) change both, and both must agree after each.
 */
import * as fc from 'fast-check'
import { type Event, earlyStopping, Recipe, saveBest, sgd } from 'graft-vision'
import { type Cursor, type Learner, lrFind, readSaved, resumeFrom, trainWith } from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { memoryFiles } from '../../laws/memoryFiles.js'
import { trainee } from '../../laws/trainee.js'
import { right } from '../io/workplace.js'
import { bitsOf, envWith } from './tiny.js'

/** Training batches in an epoch of the trainee. */
const perEpoch = 3
const file = 'checkpoint.safetensors'

/** What a training step is expected to do, from its options alone. */
interface Fit {
  readonly epochs: number
  readonly accumulate: number
  readonly average: 'ema' | 'swa' | 'none'
}

const recipeOf = ({ epochs, accumulate, average }: Fit): Recipe.Recipe => {
  const plain = Recipe.accumulate(accumulate)(Recipe.fitOneCycle(epochs, 1e-2))
  return average === 'none' ? plain : average === 'ema' ? Recipe.ema(0.5)(plain) : Recipe.swa(0)(plain)
}

/** Where a training is halted: by the event of its batch `batches`, or by that of the epoch which that batch ends. */
interface Place {
  readonly batches: number
  readonly event: 'BatchEnd' | 'EpochEnd'
}

/** Epochs that have ended at a place: the last batch of an epoch trains before the epoch ends. */
const epochsAt = ({ batches, event }: Place): number =>
  event === 'EpochEnd' ? batches / perEpoch : Math.floor((batches - 1) / perEpoch)

/** The state that the model predicts. */
interface Model {
  steps: number
  epochs: number
  /** Steps of the optimiser since it was reset. */
  t: number
  freeze: number
  /** The training that was halted, and where. */
  halted: { readonly fit: Fit; readonly at: Place } | null
}

interface Real {
  readonly env: Awaited<ReturnType<typeof envWith>>
  readonly start: Learner
  learner: Learner
  /** Where it was halted, and the learner that an uninterrupted training ended with. */
  halted: { readonly recipe: Recipe.Recipe; readonly cursor: Cursor; readonly whole: Learner } | null
}

type Command = fc.AsyncCommand<Model, Real>

const updatesIn = (batches: number, accumulate: number): number => {
  const [epochs, rest] = [Math.floor(batches / perEpoch), batches % perEpoch]
  return epochs * Math.ceil(perEpoch / accumulate) + Math.floor(rest / accumulate)
}

const agree = (m: Model, { learner, halted }: Real): void => {
  expect({
    steps: learner.steps,
    epochs: learner.epochs,
    rows: learner.history.rows.length,
    losses: learner.history.losses.length,
    t: learner.optimiser.t,
    freeze: learner.model.freeze,
    halted: halted !== null
  }).toEqual({
    steps: m.steps,
    epochs: m.epochs,
    rows: m.epochs,
    losses: m.steps,
    t: m.t,
    freeze: { _tag: 'FreezeTo', n: m.freeze },
    halted: m.halted !== null
  })
}

const run = async (r: Real, recipe: Recipe.Recipe): Promise<void> => {
  r.learner = right(await trainWith(recipe)(r.learner)(r.env)()).learner
}

/** A command that needs a learner that is not halted. */
const command = (
  name: string,
  predict: (m: Model) => void,
  perform: (r: Real) => Promise<void>,
  check: (m: Model) => boolean = ({ halted }) => halted === null
): Command => ({
  check,
  run: async (m, r) => {
    await perform(r)
    predict(m)
    agree(m, r)
  },
  toString: () => name
})

const train = (fit: Fit): Command =>
  command(
    `train ${JSON.stringify(fit)}`,
    (m) => {
      m.steps += fit.epochs * perEpoch
      m.epochs += fit.epochs
      m.t += fit.epochs * Math.ceil(perEpoch / fit.accumulate)
    },
    (r) => run(r, recipeOf(fit))
  )

const halt = (fit: Fit, { batches: place, event }: Place): Command => {
  const batches = event === 'BatchEnd' ? 1 + (place % (fit.epochs * perEpoch)) : (1 + (place % fit.epochs)) * perEpoch
  const at: Place = { batches, event }
  return command(
    `halt at the ${event} after ${batches} batches of ${JSON.stringify(fit)}`,
    (m) => {
      m.steps += batches
      m.epochs += epochsAt(at)
      m.t += updatesIn(batches, fit.accumulate)
      m.halted = { fit, at }
    },
    async (r) => {
      const whole = right(await trainWith(recipeOf(fit))(r.learner)(r.env)()).learner
      const isPlace = (e: Event): boolean =>
        e._tag === 'BatchEnd'
          ? event === 'BatchEnd' && e.train && e.iteration === batches - 1
          : e._tag === 'EpochEnd' && event === 'EpochEnd' && e.epoch === batches / perEpoch - 1
      const onEvent = (e: Event) => () => (isPlace(e) ? ('halt' as const) : ('continue' as const))
      const part = trainWith(recipeOf(fit), { checkpoint: { file } })(r.learner)({ ...r.env, onEvent })
      const { learner, halted } = right(await part())
      r.learner = learner
      r.halted = { recipe: recipeOf(fit), cursor: halted!, whole }
    }
  )
}

/** A process that is killed: what it leaves is its last checkpoint, and the learner that an unbroken training ends with. */
const checkpoint = (fit: Fit, everyBatches: number): Command =>
  command(
    `checkpoint after every ${everyBatches} batches of ${JSON.stringify(fit)}, and resume from the last`,
    (m) => {
      m.steps += fit.epochs * perEpoch
      m.epochs += fit.epochs
      m.t += fit.epochs * Math.ceil(perEpoch / fit.accumulate)
    },
    async (r) => {
      const killed = trainWith(recipeOf(fit), { checkpoint: { file: 'killed.safetensors', everyBatches } })(r.learner)
      const { learner: whole } = right(await killed(r.env)())
      const saved = right(await readSaved('killed.safetensors')(r.env)())
      const at = right(resumeFrom('killed.safetensors', saved)(r.start))
      r.learner = right(await trainWith(recipeOf(fit), { from: at.cursor })(at.learner)(r.env)()).learner
      expect(bitsOf(r.learner)).toEqual(bitsOf(whole))
    }
  )

const resume = (from: 'checkpoint' | 'memory'): Command =>
  command(
    `resume from ${from}`,
    (m) => {
      const { fit, at } = m.halted!
      const { batches } = at
      m.steps += fit.epochs * perEpoch - batches
      m.epochs += fit.epochs - epochsAt(at)
      m.t += fit.epochs * Math.ceil(perEpoch / fit.accumulate) - updatesIn(batches, fit.accumulate)
      m.halted = null
    },
    async (r) => {
      const { recipe, cursor, whole } = r.halted!
      const saved = right(await readSaved(file)(r.env)())
      const at = from === 'memory' ? { learner: r.learner, cursor } : right(resumeFrom(file, saved)(r.start))
      r.learner = right(await trainWith(recipe, { from: at.cursor })(at.learner)(r.env)()).learner
      r.halted = null
      expect(bitsOf(r.learner)).toEqual(bitsOf(whole))
    },
    ({ halted }) => halted !== null
  )

const freezeTo = (n: number): Command =>
  command(
    n === 0 ? 'unfreeze' : `freezeTo ${n}`,
    (m) => {
      m.freeze = n
      m.t = 0
    },
    (r) => run(r, Recipe.freezeTo(n))
  )

const sweep: Command = command(
  'lrFind',
  () => undefined,
  async (r) => {
    const before = bitsOf(r.learner)
    right(await lrFind({ numIt: 4, stopDiv: false })(r.learner)(r.env)())
    expect(bitsOf(r.learner)).toEqual(before)
  },
  () => true
)

const stopEarly = (patience: number): Command =>
  command(
    `stop early after ${patience + 2} epochs`,
    (m) => {
      m.steps += (patience + 2) * perEpoch
      m.epochs += patience + 2
      m.t += (patience + 2) * perEpoch
    },
    // an accuracy cannot improve by more than 1
    (r) => run(r, Recipe.until(earlyStopping({ monitor: 'accuracy', minDelta: 2, patience }))(Recipe.fit(9, 1e-3)))
  )

const best: Command = command(
  'keep the best',
  (m) => {
    m.steps += 2 * perEpoch
    m.epochs += 2
    m.t += 2 * perEpoch
  },
  async (r) => {
    const first = right(await trainWith(Recipe.fit(1, 1e-3))(r.learner)(r.env)()).learner
    // the first epoch stays the best
    await run(r, Recipe.until(saveBest({ monitor: 'train_loss', mode: 'max', name: 'a' }))(Recipe.fit(2, 1e-3)))
    const [one, two] = r.learner.history.rows.slice(-2)
    if (one!.trainLoss >= two!.trainLoss) expect([...r.learner.state]).toEqual([...first.state])
  }
)

const saveAndLoad: Command = command(
  'save and load',
  () => undefined,
  async (r) => {
    const before = bitsOf(r.learner)
    await run(r, Recipe.sequence(Recipe.save('b'), Recipe.load('b')))
    expect(bitsOf(r.learner)).toEqual(before)
  }
)

const fits: fc.Arbitrary<Fit> = fc.record({
  epochs: fc.integer({ min: 1, max: 2 }),
  accumulate: fc.integer({ min: 1, max: 4 }),
  average: fc.constantFrom('ema', 'swa', 'none')
})

const commands: ReadonlyArray<fc.Arbitrary<Command>> = [
  fits.map(train),
  fc
    .tuple(fits, fc.record<Place>({ batches: fc.nat(), event: fc.constantFrom('BatchEnd', 'EpochEnd') }))
    .map(([fit, place]) => halt(fit, place)),
  fc.tuple(fits, fc.integer({ min: 1, max: perEpoch })).map(([fit, every]) => checkpoint(fit, every)),
  fc.constantFrom<'checkpoint' | 'memory'>('checkpoint', 'memory').map(resume),
  fc.constantFrom(-1, 0).map(freezeTo),
  fc.constant(sweep),
  fc.nat({ max: 1 }).map(stopEarly),
  fc.constant(best),
  fc.constant(saveAndLoad)
]

describe('the runner', () => {
  let env: Real['env']
  beforeAll(async () => {
    env = await envWith('cpu')
  })

  it('has the state that a model of its commands has, and ends in the same bits however it is interrupted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands([...commands], { maxCommands: 12 }), async (cmds) => {
        const own = { ...env, files: memoryFiles() }
        const start = right(await trainee({ seed: 3, opt: sgd({ momentum: 0.9 }), clip: null })(own)())
        const setup = () => ({
          model: { steps: 0, epochs: 0, t: 0, freeze: 0, halted: null } as Model,
          real: { env: own, start, learner: start, halted: null } as Real
        })
        await fc.asyncModelRun(setup, cmds)
      }),
      { seed: 23, numRuns: 60 }
    )
  }, 60_000)
})
