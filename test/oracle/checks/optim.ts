/**
 * optim.json: optimiser steps with given gradients. A step of ours takes a batch, not gradients, so the batch is made
 * to have them: the loss is outputs × targets, and the targets are solved for.
 */
import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { compile, freshOptimiser, type Program, type StateDict } from '../../../src/engine/index.js'
import { hyperOf } from '../../../src/engine/program/stepTensors.js'
import { arch, batchNorm, concat, flatten, linear, named, sequential } from '../../../src/model/index.js'
import { type Plan, plan, type PlanParameter } from '../../../src/plan/index.js'
import { adam, adamW, customLoss, type Optimiser, rmsprop, sgd, type WeightDecay } from '../../../src/recipe/index.js'
import { close, type Compared, failed, type Outcome, outcome, same } from '../Comparison.js'
import { flatOf, type Nested } from './arrays.js'
import { engine } from './engine.js'

type Values = Readonly<Record<string, Nested>>

interface OptimCase {
  readonly optimizer: string
  readonly true_wd: boolean
  readonly bn_wd: boolean
  readonly wd: WeightDecay
  readonly groups: number
  readonly frozen: ReadonlyArray<string>
  readonly betas: readonly [number, number] | null
  readonly eps: number | null
  readonly beta: number | null
  readonly lr: number | ReadonlyArray<number>
  readonly mom: number | null
  /** The decay list and the other list of each layer group. */
  readonly param_groups: ReadonlyArray<ReadonlyArray<string>>
  /** What torch's optimiser itself decays, by group. */
  readonly inner_weight_decay_after: ReadonlyArray<number>
  readonly hyper_per_step: ReadonlyArray<{ readonly lr: ReadonlyArray<number>; readonly mom: number }>
  readonly initial: Values
  readonly grads: ReadonlyArray<Values>
  readonly values: ReadonlyArray<Values>
}

const optimiserOf = (c: OptimCase): Optimiser | null => {
  const momentum = c.hyper_per_step[0]?.mom ?? 0
  const eps = c.eps === null ? {} : { eps: c.eps }
  switch (c.optimizer) {
    case 'adamw':
    case 'adam_default': {
      const betas = c.betas ?? undefined
      // without true weight decay the reference's "AdamW" is Adam with the decay in the gradient
      return (c.true_wd ? adamW : adam)({ ...(betas === undefined ? {} : { betas }), ...eps })
    }
    case 'sgd':
    case 'sgd_momentum':
      return sgd({ momentum })
    case 'sgd_nesterov':
      return sgd({ momentum, nesterov: true })
    case 'rmsprop':
      return rmsprop({ momentum, ...(c.beta === null ? {} : { alpha: c.beta }), ...eps })
    default:
      return null
  }
}

/** l and bn in the first layer group, l2 in the last; no freeze of ours is as fine as one parameter. */
const recordedPlan = (c: OptimCase): Plan => {
  const branches = concat(named('l', linear(2, 2)), named('bn', batchNorm(2)), named('l2', linear(2, 1)))
  const planned = plan({ input: [2, 1, 1] })(arch({ name: 'recorded', network: sequential(flatten, branches) }))
  if (E.isLeft(planned)) throw new Error(JSON.stringify(planned.left))
  return {
    ...planned.right,
    groups: c.groups,
    parameters: planned.right.parameters.map((p) => ({
      ...p,
      group: p.path.startsWith('l2.') ? c.groups - 1 : 0,
      trainable: !c.frozen.includes(p.path)
    }))
  }
}

const norm = /^bn\./

/** The reference keeps a bias in its second list when its layer is frozen; the optimiser leaves it as it is. */
const isInList =
  (decays: PlanParameter['decays']) =>
  (p: PlanParameter): boolean =>
    p.decays === decays && (p.trainable || (decays === 'ifBnWd' && !norm.test(p.path)))

const settings = (c: OptimCase, { parameters, groups }: Plan, optimiser: Optimiser): ReadonlyArray<Compared> => {
  const lists = Array.from({ length: groups }, (_, group) =>
    (['always', 'ifBnWd'] as const).map((decays) =>
      parameters.filter((p) => p.group === group).filter(isInList(decays))
    )
  ).flat()
  const first = c.hyper_per_step[0]!
  const options = { loss: dot, optimiser, trueWd: c.true_wd, bnWd: c.bn_wd, clip: null, seed: 0 }
  const inGradient = (p: PlanParameter): number =>
    hyperOf(p, { lrs: first.lr, mom: first.mom, wd: c.wd, step: 0 }, options, 1).wd
  return [
    // where rates differ from step to step, the highest is recorded
    same(
      'rate',
      first.lr.map((_, group) => Math.max(...c.hyper_per_step.map(({ lr }) => lr[group]!))),
      [c.lr].flat()
    ),
    c.mom === null ? [] : [same('momentum', first.mom, c.mom)],
    same('betas', 'betas' in optimiser ? optimiser.betas : null, c.betas),
    c.beta === null ? [] : [same('beta', 'alpha' in optimiser ? optimiser.alpha : null, c.beta)],
    same(
      'param_groups',
      lists.map((list) => list.map(({ path }) => path)),
      c.param_groups
    ),
    same(
      'inner_weight_decay_after',
      lists.map((list) => [...new Set(list.map(inGradient))]),
      c.inner_weight_decay_after.map((wd) => [wd])
    )
  ].flat()
}

const dot = customLoss('dot', 'identity', (outputs, targets) => tf.sum(tf.mul(outputs, targets), -1))

/** A row for each weight of an output, and one of zeros that its bias alone sees. */
const rows = [
  [1, 0],
  [0, 1],
  [0, 0]
] as const
const eps = 1e-5
const mean = 1 / 3
const variance = 2 / 9
const normal = (x: number): number => (x - mean) / Math.sqrt(variance + eps)

/** Targets of a linear output: Σ tₙxₙ is its weights' gradient, Σ tₙ its bias's. */
const linearTargets = (weights: ReadonlyArray<number>, bias: number): ReadonlyArray<number> => [
  ...weights,
  bias - weights.reduce((a, b) => a + b, 0)
]

/** Targets of a normalised output: α + β·x̂ₙ, whose x̂ have mean 0. */
const normTargets = (column: 0 | 1, weight: number, bias: number): ReadonlyArray<number> => {
  const normals = rows.map((row) => normal(row[column]))
  const squares = normals.reduce((sum, x) => sum + x * x, 0)
  return normals.map((x) => bias / rows.length + (weight / squares) * x)
}

/** Targets by row; a parameter without a recorded gradient is frozen, and any will do. */
const targetsFor = (grads: Values): Float32Array => {
  const of = (path: string, size: number): ReadonlyArray<number> =>
    grads[path] === undefined ? Array.from({ length: size }, () => 0) : flatOf(grads[path])
  const [lw, lb, bw, bb] = [of('l.weight', 4), of('l.bias', 2), of('bn.weight', 2), of('bn.bias', 2)]
  const columns = [
    linearTargets(lw.slice(0, 2), lb[0]!),
    linearTargets(lw.slice(2), lb[1]!),
    normTargets(0, bw[0]!, bb[0]!),
    normTargets(1, bw[1]!, bb[1]!),
    linearTargets(of('l2.weight', 2), of('l2.bias', 1)[0]!)
  ]
  // the loss is the mean over rows
  return Float32Array.from(rows.flatMap((_, n) => columns.map((column) => column[n]! * rows.length)))
}

const stateFrom = (c: OptimCase): StateDict =>
  new Map([
    ...Object.entries(c.initial).map(([path, v]) => [path, Float32Array.from(flatOf(v))] as const),
    ['bn.running_mean', new Float32Array(2)],
    ['bn.running_var', new Float32Array([1, 1])]
  ])

const steps = (program: Program, c: OptimCase, before: ReadonlyArray<Compared>): Outcome =>
  outcome(
    before,
    c.grads.flatMap((grads, t) => {
      const { lr, mom } = c.hyper_per_step[t]!
      const stepped = pipe(
        program.step(
          { x: Float32Array.from(rows.flat()), y: targetsFor(grads), n: rows.length },
          { lrs: lr, mom, wd: c.wd, step: t }
        ),
        E.chain(() => program.state())
      )
      if (E.isLeft(stepped)) throw new Error(JSON.stringify(stepped.left))
      return Object.entries(c.values[t]!).map(([path, v]) =>
        close(`step ${t + 1} ${path}`, stepped.right.get(path) ?? [], v, 'optimiser')
      )
    })
  )

export const optim = async (c: OptimCase): Promise<Outcome> => {
  const optimiser = optimiserOf(c)
  if (optimiser === null) return failed(`no optimiser ${c.optimizer}, built or known to come`)
  const planned = recordedPlan(c)
  const program = compile(await engine())(
    planned,
    { state: stateFrom(c), optimiser: freshOptimiser },
    { loss: dot, optimiser, trueWd: c.true_wd, bnWd: c.bn_wd, clip: null, seed: 0 }
  )
  if (E.isLeft(program)) return failed(JSON.stringify(program.left))
  const result = steps(program.right, c, settings(c, planned, optimiser))
  program.right.dispose()
  return result
}
