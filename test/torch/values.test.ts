// Metrics, phases, watchers and texts are the same in graft_torch, where PYTHON names a Python with torch.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { jobRecipe } from '../../src/emit/torch/jobRecipe.js'
import {
  evaluateMetric,
  type Metric,
  type MetricBatch,
  metricNamed,
  type MetricOption,
  metricRecords
} from '../../src/interpret/index.js'
import { showTime } from '../../src/learn/index.js'
import {
  phaseOf,
  Recipe,
  runRows,
  Schedule,
  slice,
  type Watcher,
  watcherKinds,
  watchingOf
} from '../../src/recipe/index.js'
import { earlyStopping, reduceLrOnPlateau, saveBest, terminateOnNaN } from '../../src/recipe/index.js'
import { generator } from '../../src/Seed.js'
import { right } from '../io/workplace.js'

const python = process.env['PYTHON']

// ---------------------------------------------------------------------------------------------------------------------
// metrics
// ---------------------------------------------------------------------------------------------------------------------

type Name = keyof typeof metricRecords

const codes = ['a', 'b', 'c']

/** Options that differ from the defaults, or that must be given. */
const variants: { readonly [N in Name]?: ReadonlyArray<Readonly<Record<string, unknown>>> } = {
  topKAccuracy: [{ k: 2 }],
  precision: ['class', 'micro', 'macro', 'weighted'].map((average) => ({ average, posLabel: 2 })),
  recall: [{ average: 'weighted' }, { average: 'class', posLabel: 9 }],
  fbetaScore: [{ beta: 0.5, average: 'macro' }],
  kappaScore: [{ weights: 'linear' }, { weights: 'quadratic' }],
  accuracyThresh: [{ thresh: 0.7 }, { sigmoid: false }],
  fbeta: [{ beta: 1, thresh: 0.5 }],
  multiLabelFbeta: [{ average: 'macro' }, { average: 'weighted' }],
  foregroundAccuracy: [{ voidCode: 1 }],
  dice: [{ iou: true }],
  meanIou: [{ codes }],
  iouOfClass: [{ codes, code: 'b' }],
  rootMeanSquaredError: [{ over: 'batch' }],
  expRmspe: [{ over: 'batch' }],
  r2Score: [{ over: 'batch' }],
  explainedVariance: [{ over: 'batch' }],
  pck: [{ alpha: 0.8 }]
}

const random = generator(3)

/** Six images of four rows each, or a remainder of one image. */
const batchFor = ({ targets }: Metric, width: number, images: number): MetricBatch => {
  const n = images * 4
  // steps of a tenth: there are ties
  const outputs = Float32Array.from({ length: n * width }, () => Math.round(random.normal() * 10) / 10)
  return {
    outputs: targets === 'numbers' ? outputs.map(Math.abs) : outputs,
    width,
    targets:
      targets === 'numbers'
        ? Float32Array.from({ length: n * width }, () => random.uniform())
        : targets === 'points'
          ? Float32Array.from({ length: n * width }, (_, i) => (Math.floor(i / 2) % 7 === 3 ? NaN : random.uniform()))
          : targets === 'labels'
            ? Float32Array.from({ length: n * width }, () => random.integer(2))
            : Int32Array.from({ length: n }, () => random.integer(width + 1) - (width > 2 ? 1 : 0)).map((t) =>
                Math.min(t, width - 1)
              ),
    n,
    perImage: 4
  }
}

const metrics = Object.keys(metricRecords).flatMap((word) =>
  [{}, ...(variants[word as Name] ?? [])].flatMap((options) => {
    const needed = Object.entries<MetricOption>(metricRecords[word as Name].options).some(
      ([key, o]) => o.default === null && !Object.hasOwn(options, key)
    )
    if (needed) return []
    const m = metricNamed(word as Name, options)
    // top 5 of 3 classes is an error
    const width =
      word === 'auroc' ? 2 : word === 'topKAccuracy' ? 6 : word === 'dice' ? 2 : m.targets === 'points' ? 4 : 3
    const batches = [batchFor(m, width, 6), batchFor(m, width, 6), batchFor(m, width, 1)]
    return [{ m, batches }]
  })
)

// ---------------------------------------------------------------------------------------------------------------------
// recipes
// ---------------------------------------------------------------------------------------------------------------------

const steps = Recipe.sequence(
  Recipe.fit(2, slice(1e-5, 1e-3), { wd: [0, 0.1, 0.2] }),
  Recipe.fitOneCycle(3, 1e-3),
  Recipe.fitOneCycle(3, slice(1e-3), { moms: 0.8, divFactor: 10, pctStart: 0.25, finalDiv: 50, totEpochs: 2 }),
  Recipe.fitOneCycle(3, [1e-4, 1e-3, 1e-2], { startEpoch: 1 }),
  Recipe.fitOneCycle(1, 1e-3, { pctStart: 0 }),
  Recipe.fitSchedule(
    2,
    Schedule.concat(
      [1, Schedule.linear(0, 1)],
      [0, Schedule.constant(3)],
      [2, Schedule.scale(0.5)(Schedule.cosine(1, 0))],
      [1, Schedule.exponential(1, 0.1)],
      [1, Schedule.polynomial(1, 0.2, 2)]
    ),
    1e-2,
    { moms: Schedule.linear(0.9, 0.8) }
  )
)

const phases = [...steps, { ...(steps[1] as Extract<Recipe.Step, { _tag: 'FitOneCycle' }>), accumulate: 3 }].map(
  (step, i) => ({
    step: step as Recipe.TrainingStep,
    json: right(jobRecipe([step], 3))[0],
    batches: 7 + i,
    ks: Array.from({ length: 40 }, (_, k) => k)
  })
)

const early = Recipe.sequence(Recipe.fit(3), Recipe.freeze, Recipe.fit(2), Recipe.fit(1))
const runs = [[0, 1, 2, 0, 1, 0], [0, 0, 1, 0], [0, 1], [], [0, 1, 0, 1, 0, 1]]

const watchers: ReadonlyArray<Exclude<Watcher, { _tag: 'CustomWatcher' }>> = [
  earlyStopping(),
  earlyStopping({ monitor: 'accuracy', patience: 1, minDelta: 0.05 }),
  saveBest(),
  saveBest({ every: 'epoch', name: 'each' }),
  saveBest({ monitor: 'accuracy', mode: 'min' }),
  reduceLrOnPlateau({ patience: 1, minLr: 1e-5 }),
  terminateOnNaN()
]

const seen = [3, 2, 2.5, 2.4, NaN, null, 1.9, 2].map((loss, epoch) => ({
  epoch,
  values: { train_loss: 1, valid_loss: loss, accuracy: loss === null ? null : 1 / loss },
  lr: epoch === 3 ? null : 1e-3
}))

const numbers = [0, -0, 1, 1e21, 1e-7, 1.5e-6, 123456789.125, 0.1, 1 / 3, -2.5e300, 5e-324, NaN, -Infinity]
const fixed = [1 / 128, 3 / 128, -1 / 128, 0, 1.0000005, 12345.6789, 2 / 3, NaN, 1e-9]
const times = [0, 59.9, 60, 3599.99, 3600, 36_061.5]

const textOf = (n: number): string => (Object.is(n, -0) ? '-0' : String(n))

interface Values {
  readonly [kind: string]: ReadonlyArray<unknown>
}

const values = (): Values => {
  const given = {
    metrics: metrics.map(({ m, batches }) => ({
      word: m.made!.word,
      options: m.made!.options,
      numbers: m.targets === 'numbers' || m.targets === 'points',
      batches: batches.map(({ outputs, targets, width, perImage }) => ({
        outputs: [...outputs],
        targets: [...targets],
        width,
        perImage
      }))
    })),
    phases: phases.map(({ json, batches, ks }) => ({ step: json, batches, ks })),
    watchers: watchers.map((watcher) => ({ watcher, seen })),
    rows: runs.map((epochs) => ({ recipe: right(jobRecipe(early, 1)), epochs })),
    numbers: numbers.map(textOf),
    fixed: fixed.map(textOf),
    times
  }
  // JSON has no NaN
  const input = JSON.stringify(given, (_, value: unknown) => (Number.isNaN(value) ? 'NaN' : value))
  const script = fileURLToPath(new URL('python/values.py', import.meta.url))
  const { status, stdout, stderr } = spawnSync(python!, ['-B', script], { encoding: 'utf8', input })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Values
}

describe.skipIf(python === undefined)('graft_torch has the same (PYTHON)', () => {
  let theirs: Values = {}
  beforeAll(() => {
    theirs = values()
  }, 60_000)

  it('metrics', () => {
    const ours = metrics.map(({ m, batches }) => right(evaluateMetric(m)(batches)))
    ours.forEach((value, i) => {
      const name = JSON.stringify(metrics[i]!.m.made)
      if (Number.isNaN(value)) expect(theirs['metrics']![i], name).toBe('NaN')
      else expect(theirs['metrics']![i], name).toBeCloseTo(value, 9)
    })
  })

  it('phases', () => {
    phases.forEach(({ step, batches, ks }, i) => {
      const phase = right(phaseOf({ groups: 3, batchesPerEpoch: batches })(step))
      const { ends, wd, at } = theirs['phases']![i] as {
        readonly ends: unknown
        readonly wd: unknown
        readonly at: ReadonlyArray<ReadonlyArray<number | null>>
      }
      expect(ends).toEqual([phase.startEpoch, phase.endEpoch, phase.stepsPerEpoch])
      expect(wd).toEqual(phase.wd)
      ks.forEach((k) => {
        const { lrs, mom } = phase.at(k)
        const ours = [...lrs, mom]
        at[k]!.forEach((value, j) => {
          if (value === null || ours[j] === null) expect(value).toBe(ours[j])
          else expect(Math.abs(value - ours[j]!)).toBeLessThanOrEqual(1e-14 * Math.abs(ours[j]!))
        })
      })
    })
  })

  it('decisions of watchers', () => {
    expect(new Set(watchers.map(({ _tag }) => _tag))).toEqual(new Set(Object.keys(watcherKinds)))
    watchers.forEach((watcher, i) => {
      const watching = watchingOf(watcher)
      let state = watching.start
      const plain = (requests: ReturnType<typeof watching.onEnd>) =>
        requests.map(({ _tag, ...rest }): ReadonlyArray<unknown> => [_tag, Object.values<unknown>(rest)[0] ?? null])
      const asked = seen.map((epoch) => {
        const [next, requests] = watching.onEpoch(state, epoch)
        state = next
        return [next, plain(requests)]
      })
      expect(theirs['watchers']![i]).toEqual([asked, plain(watching.onEnd(state)), watching.endsOnNaN ?? false])
    })
  })

  it('rows of a history, numbers and times', () => {
    const phasesOf = (epochs: ReadonlyArray<number>) =>
      runRows(early)({ rows: epochs.map((epoch) => ({ epoch, trainLoss: 0, validLoss: null, metrics: [] })) }).map(
        ({ phase }) => phase
      )
    expect(theirs['rows']).toEqual(runs.map(phasesOf))
    expect(theirs['fixed']).toEqual(fixed.map((n) => n.toFixed(6)))
    expect(theirs['times']).toEqual(times.map(showTime))
    const json = (n: number): string => (Number.isFinite(n) ? JSON.stringify(n) : JSON.stringify(String(n)))
    expect(theirs['numbers']).toEqual(numbers.map(json))
  })
})
