/** Training steps of a network, by graft's engine and by its PyTorch program, from the same numbers. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defaultDecoding, type Task } from '../../src/data/index.js'
import {
  compile,
  type Engine,
  type Evaluation,
  freshOptimiser,
  initialState,
  type StateDict
} from '../../src/engine/index.js'
import { encodeResolvedModel, resolvedModel, writeSafetensors } from '../../src/format/index.js'
import { type Freeze, imagenetInput, type Model, type Shape, sizeOf } from '../../src/model/index.js'
import { plan, type Plan } from '../../src/plan/index.js'
import { adamW, type Loss, type Optimiser, type WeightDecay } from '../../src/recipe/index.js'
import { generator } from '../../src/Seed.js'
import { right } from '../io/workplace.js'

/** The settings of a training, and what it trains on. */
export interface StepCase {
  readonly model: Model
  readonly input: Shape
  readonly task: Task
  readonly loss: Loss
  /** Freezes, each with the last group's rate, of which those before have a tenth; the optimiser is new after each. */
  readonly phases: ReadonlyArray<{ readonly freeze: Freeze; readonly lr: number; readonly steps: number }>
  readonly opt?: Optimiser
  readonly mom?: number
  readonly wd?: WeightDecay
  readonly bnWd?: boolean
  readonly trueWd?: boolean
  readonly clip?: number
  /** Batches of each step of the optimiser; default 1. */
  readonly accumulate?: number
  /** Images of a batch; default 4. */
  readonly n?: number
  /** Whether images have weights in the loss; default false. */
  readonly weighted?: boolean
}

interface Batch {
  readonly x: Float32Array
  readonly y: Int32Array | Float32Array
  readonly w?: Float32Array
  readonly n: number
}

/** The losses of all steps, and the evaluation of the last batch: raw outputs and their loss. */
export interface Steps {
  readonly losses: ReadonlyArray<number>
  readonly outputs: ReadonlyArray<number>
  readonly validLoss: number
}

const seed = 7

const targets = (c: StepCase, p: Plan, random: ReturnType<typeof generator>, n: number): Batch['y'] => {
  const [outputs, ...map] = p.output as [number, ...ReadonlyArray<number>]
  switch (c.task._tag) {
    case 'Classification':
      return Int32Array.from({ length: n }, () => random.integer(outputs))
    case 'Segmentation':
      // some pixels are ignored
      return Int32Array.from({ length: n * sizeOf(map) }, () => random.integer(outputs + 1) - 1)
    case 'MultiLabel':
      return Float32Array.from({ length: n * outputs }, () => random.integer(2))
    case 'Points': {
      // some points are missing
      const missing = Array.from({ length: (n * outputs) / 2 }, () => random.uniform() < 0.3)
      return Float32Array.from({ length: n * outputs }, (_, i) =>
        missing[Math.floor(i / 2)]! ? NaN : 2 * random.uniform() - 1
      )
    }
    case 'Regression':
    case 'ImageRegression':
      return Float32Array.from({ length: n * sizeOf(p.output) }, () => random.uniform())
  }
}

const batchOf = (c: StepCase, p: Plan, k: number): Batch => {
  const random = generator(100 + k)
  const n = c.n ?? 4
  return {
    x: Float32Array.from({ length: n * sizeOf(c.input) }, () => random.normal()),
    y: targets(c, p, random, n),
    ...(c.weighted === true ? { w: Float32Array.from({ length: n }, () => random.uniform()) } : {}),
    n
  }
}

const plans = (c: StepCase): ReadonlyArray<Plan> =>
  c.phases.map(({ freeze }) => right(plan({ input: c.input, task: c.task })({ ...c.model, freeze })))

const settings = (c: StepCase) => ({
  loss: c.loss,
  optimiser: c.opt ?? adamW(),
  trueWd: c.trueWd ?? true,
  bnWd: c.bnWd ?? true,
  clip: c.clip ?? null,
  seed
})

/** A tenth of the rate for each group before the last. */
const ratesOf = ({ groups }: Plan, lr: number): ReadonlyArray<number> =>
  Array.from({ length: groups }, (_, i) => lr / 10 ** (groups - 1 - i))

const hyper = ({ mom = 0.9, wd = 0.01 }: StepCase, lrs: ReadonlyArray<number>) => ({ lrs, mom, wd })

/** The steps by an engine. */
export const stepsOf = (engine: Engine, c: StepCase): Steps => {
  const [first, ...rest] = plans(c) as [Plan, ...ReadonlyArray<Plan>]
  let state: StateDict = initialState(first, seed)
  const losses: Array<number> = []
  let step = 0
  let evaluation: Pick<Evaluation, 'outputs' | 'loss'> = { outputs: new Float32Array(), loss: NaN }
  for (const [i, p] of [first, ...rest].entries()) {
    const program = right(compile(engine)(p, { state, optimiser: freshOptimiser }, settings(c)))
    const { lr, steps } = c.phases[i]!
    const lrs = ratesOf(p, lr)
    for (let k = 0; k < steps; k++, step++) {
      const batch = batchOf(c, p, step)
      if (c.accumulate === undefined) losses.push(right(program.step(batch, { ...hyper(c, lrs), step })))
      else {
        losses.push(right(program.accumulate(batch, { step })))
        if ((k + 1) % c.accumulate === 0) right(program.update(hyper(c, lrs)))
      }
    }
    evaluation = right(program.evaluate(batchOf(c, p, 99)))
    state = right(program.state())
    program.dispose()
  }
  return { losses, outputs: [...evaluation.outputs], validLoss: evaluation.loss }
}

/** The parts of `job.json` that steps need. */
const jobOf = (c: StepCase, all: ReadonlyArray<Plan>): object => {
  const p = all[0]!
  const preprocessing = { size: 8, resize: 'crop', stats: null, decoding: defaultDecoding } as const
  const resolved = right(resolvedModel({ input: imagenetInput, preprocessing, loss: c.loss })(p))
  return {
    network: right(encodeResolvedModel('0.1.0')(resolved)),
    parameters: p.parameters.map(({ path, shape, group, decays }) => ({ path, shape, group, decays })),
    buffers: p.buffers.map(({ path, shape }) => ({ path, shape })),
    freezes: all.map(({ parameters, layers }, i) => ({
      freeze: i,
      trainable: parameters.filter(({ trainable }) => trainable).map(({ path }) => path),
      stored: layers.filter(({ batchNorm }) => batchNorm === 'stored').map(({ path }) => path)
    }))
  }
}

const float = (data: Float32Array | Int32Array, shape: ReadonlyArray<number>) => ({
  dtype: 'F32' as const,
  shape,
  data: Float32Array.from(data)
})

const targetShape = (task: Task, length: number, n: number): ReadonlyArray<number> =>
  task._tag === 'Points' ? [n, length / n / 2, 2] : length === n ? [n] : [n, length / n]

const written = (c: StepCase, folder: string): void => {
  const all = plans(c)
  const p = all[0]!
  const state = initialState(p, seed)
  const steps = c.phases.reduce((n, phase) => n + phase.steps, 0)
  const [channels, height, width] = c.input as [number, number, number]
  const tensors = [
    ...[...p.parameters, ...p.buffers].map(
      ({ path, shape }) => [`state:${path}`, float(state.get(path)!, shape)] as const
    ),
    ...[...Array.from({ length: steps }, (_, k) => k), 99].flatMap((k) => {
      const { x, y, w, n } = batchOf(c, p, k)
      return [
        [`x:${k}`, float(x, [n, height, width, channels])] as const,
        [`y:${k}`, float(y, targetShape(c.task, y.length, n))] as const,
        ...(w === undefined ? [] : [[`w:${k}`, float(w, [n])] as const])
      ]
    })
  ]
  writeFileSync(join(folder, 'numbers.safetensors'), right(writeSafetensors(new Map(tensors))))
  const { optimiser, ...rest } = settings(c)
  const { mom, wd } = hyper(c, [])
  const given = {
    job: jobOf(c, all),
    phases: c.phases.map(({ lr, steps: n }) => ({ lrs: ratesOf(p, lr), steps: n })),
    training: { ...rest, optimiser, mom, wd },
    accumulate: c.accumulate ?? 1,
    whole: !(targets(c, p, generator(1), 1) instanceof Float32Array),
    picture: c.task._tag === 'ImageRegression' ? [...p.output.slice(1), p.output[0]] : null
  }
  writeFileSync(join(folder, 'case.json'), JSON.stringify(given))
}

/** The steps of cases by the PyTorch program; `processes` share each batch. */
export const torchStepsOf = (
  python: string,
  cases: Readonly<Record<string, StepCase>>,
  processes = 1
): Readonly<Record<string, Steps>> => {
  const folder = mkdtempSync(join(tmpdir(), 'graft-torch-'))
  const names = Object.keys(cases)
  try {
    names.forEach((name, i) => {
      mkdirSync(join(folder, String(i)))
      written(cases[name]!, join(folder, String(i)))
    })
    const script = fileURLToPath(new URL('../../test/torch/python/steps.py', import.meta.url))
    const args = ['-B', script, folder, String(names.length), String(processes)]
    const { status, stdout, stderr } = spawnSync(python, args, { encoding: 'utf8', maxBuffer: 2 ** 28 })
    if (status !== 0) throw new Error(stderr)
    const lines = stdout.trim().split('\n')
    return Object.fromEntries(names.map((name, i) => [name, JSON.parse(lines[i]!) as Steps]))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
