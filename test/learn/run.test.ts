import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { catalogue, Format, type GraftError, type Handler, Recipe, withWeights } from 'graft-vision'
import {
  beginRun,
  carryOn,
  describedLearner,
  finishedRun,
  type GraftEnv,
  Io,
  loadPredictor,
  openData,
  predictAll,
  readRun,
  type Run,
  type RunDescription,
  runFiles,
  type RunResult,
  validate
} from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { left, right, workplace } from '../io/workplace.js'
import { drawn, envWith, model, net } from './tiny.js'

const folder = workplace()
let env: GraftEnv
beforeAll(async () => {
  env = await envWith('onnxruntime')
})

const described: RunDescription = {
  data: drawn(folder),
  model,
  archModule: null,
  recipe: Recipe.sequence(Recipe.freeze, Recipe.fitOneCycle(1, 1e-2), Recipe.unfreeze, Recipe.fitOneCycle(2, 1e-3)),
  seed: 42,
  wd: 0.01,
  engine: 'onnxruntime',
  threads: null
}

const archs = () => TE.right<GraftError, typeof catalogue>([...catalogue, net])

const going = (run: Run, everyBatches = 1, resumed = false) =>
  pipe(
    openData(run.description.data),
    RTE.chainW(describedLearner(run.directory, run.description, resumed)),
    RTE.chainW(carryOn(run, { everyBatches }))
  )

const go = async (run: Run, on: GraftEnv = env): Promise<RunResult> => right(await going(run)(on)())

const begun = async (name: string, description = described): Promise<Run> =>
  right(await beginRun(join(folder, name), description)(env)())

const haltingAt = (k: number): Handler => {
  let seen = 0
  return (event) => () => (event._tag === 'BatchEnd' && event.train && seen++ === k ? 'halt' : 'continue')
}

const bytes = (file: string): Buffer => readFileSync(file)

describe('a run', () => {
  it('writes its description, its table and its model, and removes the checkpoint', async () => {
    const run = await begun('whole')
    await go(run)
    expect(readdirSync(run.directory).sort()).toEqual(['graft.json', 'history.csv', 'model.safetensors'])
    const table = readFileSync(runFiles(run.directory).history, 'utf8')
    expect(table).toMatch(
      /^phase,epoch,train_loss,valid_loss,accuracy,time\n(\d,\d,\d\.\d{6},\d+\.\d{6},[01]\.\d{6},00:\d\d\n){3}$/
    )
  })

  it('is read back unchanged', async () => {
    const run = await begun('read')
    expect(right(await readRun(run.directory, archs)(env)())).toEqual(run)
  })

  it('ends with the same bytes wherever it was halted, even several times', async () => {
    const unbroken = await begun('unbroken')
    await go(unbroken)
    for (const k of [0, 3, 4, 9]) {
      const run = await begun(`halted-${k}`)
      expect((await go(run, { ...env, onEvent: haltingAt(k) })).halted).toBe(true)
      expect(existsSync(runFiles(run.directory).model)).toBe(false)
      await go(run, { ...env, onEvent: haltingAt(1) })
      const again = right(await readRun(run.directory, archs)(env)())
      expect((await go(again)).halted).toBe(false)
      expect(bytes(runFiles(run.directory).model).equals(bytes(runFiles(unbroken.directory).model))).toBe(true)
    }
  })

  it('needs its initial weights only until it has a checkpoint', async () => {
    const file = join(folder, 'began-with.safetensors')
    const keys = ['conv.weight', 'conv.bias', 'bn.weight', 'bn.bias', 'bn.running_mean', 'bn.running_var']
    const tensors = keys.map((key) => {
      const shape = key === 'conv.weight' ? [8, 3, 5, 5] : [8]
      const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => 0.25 + (i % 5) / 16)
      return [key, { dtype: 'F32', shape, data }] as const
    })
    writeFileSync(file, right(Format.writeSafetensors(new Map(tensors))))
    const weighed = { ...described, model: withWeights(file)(model) }
    const unbroken = await begun('weighed', weighed)
    await go(unbroken)
    const run = await begun('unweighed', weighed)
    await go(run, { ...env, onEvent: haltingAt(3) })
    rmSync(file)
    expect(left(await going(run)(env)())).toMatchObject({ _tag: 'NotFound', path: file })
    right(await going(run, 1, true)(env)())
    expect(bytes(runFiles(run.directory).model).equals(bytes(runFiles(unbroken.directory).model))).toBe(true)
  })

  it('keeps the times of the epochs that went before', async () => {
    const run = await begun('times')
    await go(run, { ...env, onEvent: haltingAt(6) })
    const { history } = runFiles(run.directory)
    writeFileSync(history, readFileSync(history, 'utf8').replace(/00:\d\d\n$/, '59:59\n'))
    await go(run)
    const lines = readFileSync(history, 'utf8').trim().split('\n')
    expect(lines).toHaveLength(4)
    expect(lines[1]).toMatch(/,59:59$/)
  })

  it('is saved every so many batches, counted through its epochs', async () => {
    const run = await begun('counted')
    let batches = 0
    const saved: Array<number> = []
    const onEvent: Handler = (event) => () => {
      if (event._tag === 'BatchEnd' && event.train) batches++
      if (event._tag === 'Saved' && event.kind === 'checkpoint') saved.push(batches)
      return 'continue'
    }
    right(await going(run, 3)({ ...env, onEvent })())
    // three epochs of four batches
    expect(saved).toEqual([3, 6, 9, 12])
  })

  it('replaces another run with force, and nothing else', async () => {
    const mine = join(folder, 'mine', 'models', 'mine.txt')
    mkdirSync(dirname(mine), { recursive: true })
    writeFileSync(mine, 'mine')
    const force = async () => right(await beginRun(join(folder, 'mine'), described, { force: true })(env)())
    await force()
    expect(existsSync(mine)).toBe(true)
    await force()
    expect(existsSync(mine)).toBe(false)
  })

  it('reports that it has ended, with its history', async () => {
    const run = await begun('ended')
    expect(right(await finishedRun(run)(env)())).toBeNull()
    const { learner } = await go(run)
    expect(right(await finishedRun(run)(env)())).toEqual(learner.history)
  })

  it('predicts, from its file alone, the same probabilities as validation', async () => {
    const run = await begun('predicts')
    const { learner } = await go(run)
    const { predictions } = right(await validate(learner)(env)())
    const pictures = predictions.map(({ image }) => join(learner.data.root, image))
    const again = right(
      await pipe(loadPredictor(runFiles(run.directory).model), RTE.chainW(predictAll(pictures, { bs: 16 })))(env)()
    )
    expect(again.map((p) => [p.class, p.probabilities])).toEqual(predictions.map((p) => [p.class, p.probabilities]))
  })
})

describe('a directory', () => {
  it('that contains a run is refused for another', async () => {
    await begun('taken')
    const refused = await beginRun(join(folder, 'taken'), { ...described, seed: 1 })(env)()
    expect(left(refused)).toMatchObject({ _tag: 'SavedError', found: 'one that contains a run' })
  })

  it('is cleared of a run that is replaced', async () => {
    const run = await begun('replaced')
    await go(run, { ...env, onEvent: haltingAt(2) })
    const other = right(await beginRun(run.directory, { ...described, seed: 1 }, { force: true })(env)())
    expect(other.id).not.toBe(run.id)
    expect(readdirSync(run.directory)).toEqual(['graft.json'])
  })

  it("does not mix a run with another's checkpoint", async () => {
    const [one, other] = [await begun('one'), await begun('other', { ...described, seed: 1 })]
    await go(one, { ...env, onEvent: haltingAt(2) })
    writeFileSync(runFiles(other.directory).checkpoint, bytes(runFiles(one.directory).checkpoint))
    expect(left(await going(other)(env)())).toMatchObject({ _tag: 'SavedError', found: "another run's" })
  })

  it('whose description was changed is refused', async () => {
    const { directory } = await begun('changed')
    const file = runFiles(directory).description
    writeFileSync(file, readFileSync(file, 'utf8').replace('"seed": 42', '"seed": 43'))
    expect(left(await readRun(directory, archs)(env)())).toMatchObject({ _tag: 'SavedError', found: 'a changed one' })
  })

  it('whose description has an unknown key is refused, with its place', async () => {
    const { directory } = await begun('unknown-key')
    const file = runFiles(directory).description
    writeFileSync(file, readFileSync(file, 'utf8').replace('"seed"', '"sead"'))
    const error = left(await readRun(directory, archs)(env)())
    expect(JSON.stringify(error)).toContain('sead')
  })

  it('without a run is an error', async () => {
    expect(left(await readRun(folder, archs)(env)())).toMatchObject({ _tag: 'SavedError', found: 'no graft.json' })
  })

  it('with a truncated checkpoint is refused, not resumed', async () => {
    const run = await begun('cut-short')
    await go(run, { ...env, onEvent: haltingAt(2) })
    truncateSync(runFiles(run.directory).checkpoint, 1000)
    expect(left(await going(run)(env)())._tag).toMatch(/Truncated|Safetensors|Bad|Mistakes/)
  })
})

describe('a full disk', () => {
  const fullAt = (ends: string): GraftEnv => ({
    ...env,
    files: {
      ...env.files,
      write: (path, content) =>
        path.endsWith(ends) ? TE.left(Io.fromSystem(path)({ code: 'ENOSPC' })) : env.files.write(path, content)
    }
  })

  it.each(['checkpoint.safetensors', 'history.csv', 'model.safetensors'])('is an error that names %s', async (name) => {
    const run = await begun(`full-${name}`)
    const error = left(await going(run, 2)(fullAt(name))())
    expect(error).toMatchObject({ _tag: 'DiskFull', path: join(run.directory, name) })
    expect(existsSync(runFiles(run.directory).model)).toBe(false)
  })

  it('leaves a run that can be resumed when there is space again', async () => {
    const unbroken = await begun('space')
    await go(unbroken)
    const run = await begun('no-space')
    left(await going(run, 2)(fullAt('history.csv'))())
    await go(run)
    expect(bytes(runFiles(run.directory).model).equals(bytes(runFiles(unbroken.directory).model))).toBe(true)
  })
})
