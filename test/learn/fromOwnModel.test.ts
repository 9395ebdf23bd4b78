// A model of graft's own as the start of another training: as weights, with other classes, with more epochs.
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import {
  arch,
  catalogue,
  classification,
  cut,
  type GraftError,
  head,
  type Model,
  nn,
  normaliseFromBatch,
  Recipe,
  withHead,
  withWeights
} from 'graft-vision'
import {
  beginRun,
  carryOn,
  type Data,
  describedLearner,
  exportLearner,
  extendRun,
  finishedRun,
  type GraftEnv,
  learner,
  type Learner,
  loadLearner,
  openData,
  readRun,
  type Run,
  type RunDescription,
  runFiles,
  train,
  withData,
  writeSaved
} from 'graft-vision/node'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { left, right, workplace } from '../io/workplace.js'
import { bitsOf, drawn, envWith, model, net, tinyLearner } from './tiny.js'

const folder = workplace()
const spec = drawn(folder)
let env: GraftEnv
let data: Data
let trained: Learner
let file: string
beforeAll(async () => {
  env = await envWith('cpu')
  data = right(await openData(spec)(env)())
  trained = right(
    await pipe(
      tinyLearner(spec)(env),
      TE.chain((l) => train(Recipe.fit(1, 1e-2))(l)(env))
    )()
  )
  file = join(folder, 'model.safetensors')
  right(await writeSaved(file, trained, null)(env)())
})

const made = async (task: TaskEither<GraftError, Learner>): Promise<Learner> => right(await task())
const of = (classes: ReadonlyArray<string>): Data => ({ ...data, task: classification(classes) })
const started = (from: string, other: Data = data, as: Model = model): TaskEither<GraftError, Learner> =>
  learner({ data: other, model: withWeights(from)(as) })(env)

describe('a saved model as weights', () => {
  it('provides body and head', async () => {
    const l = await made(started(file))
    expect([...l.state]).toEqual([...trained.state])
    expect(l.plan.warnings).toEqual([])
  })
  it('provides them from a folder, and from a file with optimiser state', async () => {
    const [exported, run] = [join(folder, 'exported'), join(folder, 'unfinished')]
    right(await exportLearner(exported)(trained)(env)())
    mkdirSync(run)
    right(await writeSaved(runFiles(run).checkpoint, trained, null)(env)())
    for (const from of [exported, run]) expect([...(await made(started(from))).state]).toEqual([...trained.state])
  })
  it.each([
    ['more classes', ['3', '7', '9']],
    ['as many other classes', ['cat', 'dog']]
  ])('initialises all but the last layer for %s, with a warning', async (_name, classes) => {
    const l = await made(started(file, of(classes)))
    expect(l.state.get('head.4.weight')).toEqual(trained.state.get('head.4.weight'))
    expect(l.state.get('head.8.weight')).not.toEqual(trained.state.get('head.8.weight'))
    expect(l.plan.warnings.join()).toContain('in the head, head.8 and the layers after it are initialised randomly')
  })
  it('provides the body for another head', async () => {
    const l = await made(started(file, data, withHead(head({ linFtrs: [5] }))(cut(net))))
    expect(l.state.get('body.conv.weight')).toEqual(trained.state.get('body.conv.weight'))
    expect(l.state.get('head.4.weight')).toHaveLength(5 * 16)
  })
  it('contains its normalisation, also when training is resumed', async () => {
    const stats = { mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6] }
    const own = join(folder, 'own-stats.safetensors')
    right(await writeSaved(own, { ...trained, data: { ...data, stats } }, null)(env)())
    expect((await made(started(own))).data.stats).toEqual(stats)
    const said = right(await openData(normaliseFromBatch(spec))(env)())
    expect((await made(started(own, said))).data.stats).toEqual(said.stats)
  })
  it('of another architecture is named', async () => {
    const other = arch({
      name: 'other',
      network: nn.sequential(nn.named('first', nn.conv2d(3, 4, 3)), nn.named('pool', nn.maxPool2d(2)))
    })
    const error = left(await started(file, data, withHead(head())(cut(other)))())
    expect(error).toMatchObject({ _tag: 'WeightsError', found: 'weights of tiny, trained by graft' })
  })
})

describe('withData of other classes', () => {
  const other = (l: Learner, classes: ReadonlyArray<string>): Learner => right(withData(of(classes))(l))

  it('keeps everything except the last layer, which gets the new number of outputs', async () => {
    for (const l of [trained, right(await loadLearner(file)(env)())]) {
      const three = other(l, ['3', '7', '9'])
      expect(three.plan.output).toEqual([3])
      expect(three.state.get('head.4.weight')).toEqual(trained.state.get('head.4.weight'))
      expect(three.state.get('body.bn.running_mean')).toEqual(trained.state.get('body.bn.running_mean'))
      expect(three.state.get('head.8.bias')).toHaveLength(3)
      expect(three.optimiser.t).toBe(0)
      const again = right(await train(Recipe.fit(1, 1e-3))(three)(env)())
      expect(again.steps).toBe(l.steps + 4)
      const saved = join(folder, 'three')
      right(await exportLearner(saved)(again)(env)())
      expect(right(await loadLearner(saved)(env)()).plan.output).toEqual([3])
    }
  })
  it('initialises the last layer again for the same number of other classes', () => {
    const two = other(trained, ['cat', 'dog'])
    expect(two.state.get('head.8.weight')).not.toEqual(trained.state.get('head.8.weight'))
    expect(two.state.get('head.4.weight')).toEqual(trained.state.get('head.4.weight'))
  })
  it('changes nothing for the same classes', () => {
    expect(bitsOf(right(withData(data)(trained)))).toEqual(bitsOf(trained))
  })
})

describe('an ended run', () => {
  const describedIn = (recipe: Recipe.Recipe): RunDescription => ({
    data: spec,
    model,
    archModule: null,
    recipe,
    seed: 42,
    wd: 0.01,
    engine: 'cpu',
    threads: null
  })
  const ended = async (directory: string, recipe: Recipe.Recipe): Promise<readonly [Run, Learner]> => {
    const description = describedIn(recipe)
    const start = right(await describedLearner(directory, description)(data)(env)())
    const run = right(await beginRun(directory, description)(env)())
    return [run, right(await carryOn(run)(start)(env)()).learner]
  }
  const begun = async (run: Run): Promise<Learner> =>
    right(await describedLearner(run.directory, run.description, true)(data)(env)())
  const archs = () => TE.right([...catalogue, net])

  it('is trained further by steps appended to its recipe, as one run', async () => {
    const directory = join(folder, 'longer')
    const [run, first] = await ended(directory, Recipe.sequence(Recipe.freeze, Recipe.fit(1, 1e-2)))
    const longer = right(await extendRun(run, Recipe.fit(2, 1e-3))(await begun(run))(env)())
    expect(existsSync(runFiles(directory).model)).toBe(false)
    const found = right(await readRun(directory, archs)(env)())
    expect([found.id, found.description.recipe]).toEqual([longer.id, longer.description.recipe])
    expect(right(await finishedRun(found)(env)())).toBe(null)
    const { learner: l, halted } = right(await carryOn(found)(await begun(found))(env)())
    expect([halted, l.history.rows.length, l.epochs, l.steps]).toEqual([false, 3, 3, 12])
    expect(l.history.rows[0]).toEqual(first.history.rows[0])
    expect(l.model.freeze).toEqual(first.model.freeze)
    expect(right(await finishedRun(found)(env)())?.rows).toHaveLength(3)
    expect(existsSync(runFiles(directory).checkpoint)).toBe(false)
  })

  it('ends in the same bits if it is halted meanwhile', async () => {
    const more = Recipe.fitOneCycle(2, 1e-3)
    const bits = async (name: string, haltAt: number | null): Promise<unknown> => {
      const [run] = await ended(join(folder, name), Recipe.fit(1, 1e-2))
      const longer = right(await extendRun(run, more)(await begun(run))(env)())
      let batches = 0
      const halting: GraftEnv = {
        ...env,
        onEvent: (event) => () =>
          event._tag === 'BatchEnd' && event.train && ++batches === haltAt ? 'halt' : 'continue'
      }
      const part = right(await carryOn(longer)(await begun(longer))(halting)())
      expect(part.halted).toBe(haltAt !== null)
      return part.halted
        ? bitsOf(right(await carryOn(longer)(await begun(longer))(env)()).learner)
        : bitsOf(part.learner)
    }
    expect(await bits('halted', 3)).toEqual(await bits('whole', null))
  })

  it('that was killed between two writes is the old or the extended run', async () => {
    const directory = join(folder, 'killed')
    const [run] = await ended(directory, Recipe.fit(1, 1e-2))
    const failing = (method: 'write' | 'remove', at: string): GraftEnv => ({
      ...env,
      files: {
        ...env.files,
        [method]: (path: string, ...rest: ReadonlyArray<never>) =>
          path === at
            ? TE.left({ _tag: 'IoFailure', path, expected: '', found: '', hint: '' } as const)
            : (env.files[method] as (...all: ReadonlyArray<unknown>) => TaskEither<never, void>)(path, ...rest)
      }
    })
    left(
      await extendRun(run, Recipe.fit(1, 1e-3))(await begun(run))(failing('write', runFiles(directory).description))()
    )
    expect(right(await finishedRun(right(await readRun(directory, archs)(env)()))(env)())?.rows).toHaveLength(1)
    left(await extendRun(run, Recipe.fit(1, 1e-3))(await begun(run))(failing('remove', runFiles(directory).model))())
    const longer = right(await readRun(directory, archs)(env)())
    expect(right(await finishedRun(longer)(env)())).toBe(null)
    const { learner: l } = right(await carryOn(longer)(await begun(longer))(env)())
    expect(l.history.rows).toHaveLength(2)
  })

  it('must be finished', async () => {
    const directory = join(folder, 'open')
    const run = right(await beginRun(directory, describedIn(Recipe.fit(1, 1e-2)))(env)())
    const error = left(await extendRun(run, Recipe.fit(1, 1e-3))(await begun(run))(env)())
    expect(error).toMatchObject({ _tag: 'SavedError', expected: 'a finished run' })
  })
})
