/** Jobs for PyTorch as values: files that are the same however often they are made, and what is refused. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  averageMetric,
  customLoss,
  customOptimiser,
  customWatcher,
  drawError,
  Format,
  freezeBody,
  type GraftError,
  mistakesOf,
  Recipe,
  slice
} from 'graft-vision'
import type { GraftEnv, LearnerOptions } from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { exactSettings, type Job, type JobSettings, jobSettings } from '../../src/emit/torch/index.js'
import { jobOf, readSaved, type RunDescription, writeJob } from '../../src/learn/index.js'
import { left, right, workplace } from '../io/workplace.js'
import { drawn, envWith, model, tinyLearner } from '../learn/tiny.js'

const folder = workplace()
let env: GraftEnv
beforeAll(async () => {
  env = await envWith('cpu')
})

const twoPhases = Recipe.sequence(
  Recipe.freeze,
  Recipe.fitOneCycle(1, 1e-2),
  Recipe.unfreeze,
  Recipe.fitOneCycle(1, slice(1e-4, 1e-2))
)

const made = (
  settings: Partial<JobSettings> = {},
  recipe: Recipe.Recipe = twoPhases,
  options: Partial<LearnerOptions> = {}
): TE.TaskEither<GraftError, Job> =>
  pipe(
    tinyLearner(drawn(folder), options)(env),
    TE.chain((l) => {
      const description: RunDescription = {
        ...{ data: l.data.spec, model: l.model, archModule: null, recipe, metrics: l.settings.metrics },
        ...{ seed: l.settings.seed, wd: l.settings.wd, engine: 'cpu', threads: null }
      }
      return jobOf(description, jobSettings(settings))(l)(env)
    })
  )

const textOf = (job: Job, path: string): string => {
  const content = job.files.find((file) => file.path === path)?.content
  if (typeof content !== 'string') throw new Error(`${path} is no text`)
  return content
}

const jsonOf = (job: Job): Record<string, unknown> => JSON.parse(textOf(job, 'job.json')) as Record<string, unknown>

describe('a job', () => {
  it('has the same bytes whenever it is made', async () => {
    const [one, other] = [right(await made()()), right(await made()())]
    expect(other).toEqual(one)
    expect(one.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['graft.json', 'job.json', 'manifest.jsonl', 'model.safetensors', 'README.md'])
    )
  })

  it.each([
    [1, 'torchrun --standalone --nproc-per-node 2 '],
    [2, 'torchrun --nnodes 2 --rdzv-backend c10d --rdzv-endpoint MACHINE:29500 --rdzv-id ']
  ])('has a README with the command for %i machines', async (nodes, command) => {
    const job = right(await made({ nodes, processes: 2 })())
    expect(textOf(job, 'README.md')).toContain(command)
  })

  it('says what each freeze of its recipe trains', async () => {
    const json = jsonOf(right(await made({}, twoPhases, { model: freezeBody(model) })()))
    const parameters = json['parameters'] as ReadonlyArray<{ readonly path: string }>
    const freezes = json['freezes'] as ReadonlyArray<{ readonly freeze: unknown; readonly trainable: string[] }>
    expect(freezes.map(({ freeze }) => freeze)).toEqual(['body', -1, 0])
    // batch norms of a frozen body train
    expect(freezes[0]!.trainable).toContain('body.bn.weight')
    expect(freezes[0]!.trainable).not.toContain('body.conv.weight')
    expect(freezes[2]!.trainable).toEqual(parameters.map(({ path }) => path))
  })

  it('has rates for each group', async () => {
    const recipe = jsonOf(right(await made()()))['recipe'] as ReadonlyArray<Record<string, unknown>>
    expect(recipe.map(({ step, maxLr }) => [step, maxLr])).toEqual([
      ['setFreeze', undefined],
      ['fitOneCycle', [1e-2, 1e-2]],
      ['setFreeze', undefined],
      ['fitOneCycle', [1e-4, 1e-2]]
    ])
    expect(recipe[1]).toMatchObject({ until: [], accumulate: 1, average: null, wd: null, moms: [0.95, 0.85] })
  })

  it('lists every image with its place, size and checksum', async () => {
    const job = right(await made()())
    const lines = textOf(job, 'manifest.jsonl').trimEnd().split('\n')
    const [first] = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines).toHaveLength(88)
    const bytes = readFileSync(join(folder, 'digits', String(first!['path'])))
    expect(first).toMatchObject({ set: 'train', bytes: bytes.length, height: 28, width: 28, target: 0 })
    expect(jsonOf(job)['data']).toMatchObject({ train: 64, valid: 24, bs: 16, validBs: 16, size: [28, 28] })
  })

  it.each([
    [{ processes: 3 }, 'processes'],
    [{ nodes: 0 }, 'nodes'],
    [{ gpus: 2, processes: 4 }, 'processes'],
    [{ fast: { ...exactSettings, workers: -1 } }, 'fast.workers']
  ])('refuses settings that do not fit: %j', async (settings, path) => {
    expect(mistakesOf(left(await made(settings)())).map((m) => m.path)).toEqual([path])
  })

  it('refuses functions by their labels', async () => {
    const error = left(
      await made({}, twoPhases, {
        loss: customLoss('mine', 'softmax', (outputs) => outputs),
        metrics: [averageMetric('own', () => 0)]
      })()
    )
    expect(mistakesOf(error).map(({ found }) => found)).toEqual([
      'the function labelled "mine"',
      'the function labelled "own"'
    ])
  })

  it('refuses optimisers and watchers by their labels', async () => {
    const opt = customOptimiser('mine', { init: () => [], update: ({ parameter, state }) => ({ parameter, state }) })
    expect(left(await made({}, twoPhases, { opt })())).toMatchObject({
      path: 'opt',
      found: 'the function labelled "mine"'
    })
    const watching = customWatcher('watching', { start: 0, monitor: null, onEpoch: (n) => [n, []], onEnd: () => [] })
    const error = left(await made({}, Recipe.until(watching)(Recipe.fit(1, 1e-3)))())
    expect(drawError(error)).toContain('watching')
  })
})

describe('the folder of a job', () => {
  it('has all files, and a checkpoint at the start of the recipe', async () => {
    const job = right(await made()())
    const at = join(folder, 'job')
    right(await writeJob(at)(job)(env)())
    for (const { path } of job.files) expect(existsSync(join(at, path)), path).toBe(true)
    const saved = right(await readSaved(join(at, 'model.safetensors'))(env)())
    expect(saved.progress.cursor).toMatchObject({ step: 0 })
    expect(right(Format.parseJson(readFileSync(join(at, 'graft.json'), 'utf8')))).toMatchObject({
      id: saved.progress.run
    })
  })

  it('is not written over other files', async () => {
    const at = join(folder, 'taken')
    right(await writeJob(at)(right(await made()()))(env)())
    const before = readdirSync(at)
    writeFileSync(join(at, 'mine.txt'), 'x')
    const error = left(await writeJob(at)(right(await made()()))(env)())
    expect(error).toMatchObject({ _tag: 'JobError', path: at })
    expect(readdirSync(at).sort()).toEqual([...before, 'mine.txt'].sort())
  })
})
