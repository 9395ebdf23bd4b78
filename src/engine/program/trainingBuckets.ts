/**
 * Which parameters and buffers share a tensor during training.
 */
import type { Plan, PlanParameter } from '../../plan/index.js'
import { optimiserTraits } from '../../recipe/index.js'
import { type Bucket, bucketsOf } from './buckets.js'
import type { StepOptions, Buckets } from './Training.js'

const STATISTICS = ['running_mean', 'running_var'] as const

/** The bucketing of a plan's arrays. Some optimisers must see each parameter by itself. */
export const trainingBuckets = (plan: Plan, options: StepOptions): Buckets => {
  const [trained, frozen] = [plan.parameters.filter((p) => p.trainable), plan.parameters.filter((p) => !p.trainable)]
  const { joins } = optimiserTraits(options.optimiser)
  const moving = new Set(
    plan.layers.flatMap(({ path, batchNorm }) => (batchNorm === 'batch' ? STATISTICS.map((n) => `${path}.${n}`) : []))
  )
  return {
    trained: bucketsOf(trained, (p) => (joins ? hyperKey(p, options) : undefined)),
    frozen: bucketsOf(frozen, () => undefined),
    statistics: bucketsOf(
      plan.buffers.filter(({ path }) => moving.has(path)),
      () => 'statistics'
    ),
    buffers: bucketsOf(
      plan.buffers.filter(({ path }) => !moving.has(path)),
      () => undefined
    )
  }
}

/** Every bucket of a plan's parameters and buffers. */
export const allBuckets = ({ trained, frozen, statistics, buffers }: Buckets): ReadonlyArray<Bucket> => [
  ...trained,
  ...frozen,
  ...statistics,
  ...buffers
]

/** Parameters of one group with the same decay have the same hyperparameters. */
export const hyperKey = (p: PlanParameter, { bnWd }: StepOptions): string =>
  bnWd ? `${p.group}` : `${p.group} ${p.decays}`
