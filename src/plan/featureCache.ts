/**
 * `featureCache`: whether a training step computes frozen layers once for every image, and trains the others on the
 * results.
 *
 * @since 0.1.0
 */
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { type BatchView, outputsOf, showBatchView, Transform } from '../data/index.js'
import { type Child, type Layer, sequential, type Shape, sizeOf } from '../model/index.js'
import { type CacheObstacle, changeOf } from './CacheObstacle.js'
import { flopsOf } from './cost.js'
import { infer } from './inference.js'
import type { Plan, PlanLayer } from './Plan.js'
import { partOf, planSteps } from './planParts.js'
import { dividedAt } from './stages.js'

/**
 * The properties of a training step that decide, together with the plan, whether its features are cached.
 *
 * @category feature caching
 * @since 0.1.0
 */
export interface CachingFor {
  /** Numbers of training and of validation images. */
  readonly images: { readonly train: number; readonly valid: number }
  /** The transforms of training images. */
  readonly transforms: ReadonlyArray<Transform.Transform>
  readonly batchViews: ReadonlyArray<BatchView>
  /** Epochs of the step. */
  readonly epochs: number
  /** Largest size of features and targets in memory. */
  readonly maxBytes: number
}

/**
 * A step that trains on cached features: the outputs of `frozen`, the layers up to and including `after`.
 *
 * @category feature caching
 * @since 0.1.0
 */
export interface FeaturesCached {
  readonly _tag: 'Cached'
  /** The path of the last child that is computed once. */
  readonly after: string
  /** The shape of an image's features. */
  readonly features: Shape
  /** The views of a training image, of each of which features are kept: two with horizontal flips, otherwise one. */
  readonly views: ReadonlyArray<ReadonlyArray<Transform.DrawnTransform>>
  /** Memory of features and targets. */
  readonly bytes: number
  /** The layers that the step does not change, from images to features. */
  readonly frozen: Plan
  /** The other layers, from features to outputs. */
  readonly trained: Plan
}

/**
 * A step that computes every layer for every batch.
 *
 * @category feature caching
 * @since 0.1.0
 */
export interface FeaturesNotCached {
  readonly _tag: 'NotCached'
  readonly because: ReadonlyNonEmptyArray<CacheObstacle>
}

/**
 * Whether the features of a training step are cached.
 *
 * @category feature caching
 * @since 0.1.0
 */
export type FeatureCache = FeaturesCached | FeaturesNotCached

/** Features are cached if the layers before them have at least this fraction of the network's operations. */
const leastShare = 0.5

const flops = (layers: ReadonlyArray<PlanLayer>): number => layers.reduce((sum, leaf) => sum + flopsOf(leaf), 0)

/** The longest prefix of the network that a training step does not change; it never is the whole network. */
interface Prefix {
  readonly steps: number
  readonly layers: number
  /** The obstacle at which it ends, if it is too short. */
  readonly obstacle: CacheObstacle | null
}

const prefixOf = (plan: Plan): Prefix => {
  const steps = planSteps(plan)
  const change = changeOf(plan)
  const changing = steps.findIndex((step) => step.leaves.some((leaf) => change(leaf) !== null))
  if (changing === -1 || plan.parameters.every(({ trainable }) => !trainable))
    return { steps: 0, layers: 0, obstacle: { _tag: 'NothingTrains' } }
  const layers = steps.slice(0, changing).flatMap((step) => step.leaves)
  const share = flops(layers) / flops(plan.layers)
  const ends = steps[changing]!.leaves.find((leaf) => change(leaf) !== null)!
  const obstacle: CacheObstacle = { _tag: change(ends)!, path: ends.path, share }
  return { steps: changing, layers: layers.length, obstacle: share >= leastShare ? null : obstacle }
}

const networkOf = (parts: ReadonlyArray<Child>): Layer => sequential(...parts)

/** Numbers in the targets of an image. */
const targetSize = ({ task, input }: Plan): number => {
  if (task === null) return 0
  const pixels = input[1]! * input[2]!
  switch (task._tag) {
    case 'Classification':
      return 1
    case 'Segmentation':
      return pixels
    case 'ImageRegression':
      return pixels * outputsOf(task)
    case 'MultiLabel':
    case 'Regression':
    case 'Points':
      return outputsOf(task)
  }
}

/** Obstacles outside the network. */
const otherObstacles = ({ transforms, batchViews, epochs }: CachingFor): ReadonlyArray<CacheObstacle> => {
  const views = Transform.enumerate(transforms)
  const least = (views?.length ?? 1) + 1
  return [
    ...(views === null ? [{ _tag: 'ImagesChange' as const, transforms: transforms.map((t) => t._tag) }] : []),
    ...(batchViews.length > 0 ? [{ _tag: 'BatchesChange' as const, views: batchViews.map(showBatchView.show) }] : []),
    ...(epochs < least ? [{ _tag: 'FewEpochs' as const, epochs, least }] : [])
  ]
}

/**
 * Decides whether a training step's features are cached. They are if caching does not change what the step computes: the
 * layers up to some place are frozen, their batch norms use stored statistics, and there is no dropout among them; images
 * are not augmented, except by horizontal flips, and not mixed. It must also pay: those layers have at least half of the
 * network's operations, the step has at least two epochs (three with flips), and features and targets fit in `maxBytes`.
 * Otherwise the result has every condition that does not hold.
 *
 * @example
 * import { batchNormUnderFreeze, classification, cut, featureCache, freezeBody, head, plan, resnet18, Show, withHead } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { flow, pipe } from 'fp-ts/lib/function.js'
 *
 * const step = { images: { train: 244, valid: 153 }, transforms: [], batchViews: [], epochs: 5, maxBytes: 2 ** 30 }
 * const decided = flow(plan({ input: [3, 128, 128], task: classification(['ant', 'bee']) }), E.map(featureCache(step)))
 * const frozen = pipe(resnet18, cut, withHead(head()), freezeBody)
 *
 * const not = decided(frozen)
 * assert.ok(E.isRight(not) && not.right._tag === 'NotCached')
 * assert.deepStrictEqual(not.right.because.map(Show.cacheObstacle.show), [
 *   "body.bn1 is a batch norm that trains (6 % of the operations come before it): batchNormUnderFreeze('inference')"
 * ])
 *
 * const cached = pipe(frozen, batchNormUnderFreeze('inference'), decided)
 * assert.ok(E.isRight(cached) && cached.right._tag === 'Cached')
 * assert.deepStrictEqual([cached.right.after, cached.right.features], ['head.1', [1024]])
 *
 * @category feature caching
 * @since 0.1.0
 */
export const featureCache =
  (step: CachingFor) =>
  (plan: Plan): FeatureCache => {
    const prefix = prefixOf(plan)
    const obstacles = [...(prefix.obstacle === null ? [] : [prefix.obstacle]), ...otherObstacles(step)]
    if (RA.isNonEmpty(obstacles)) return { _tag: 'NotCached', because: obstacles }
    const { before, after } = dividedAt(plan.network, prefix.steps)
    const [first, second] = [networkOf(before), networkOf(after)]
    const features = infer(first, plan.input, '').output
    const views = Transform.enumerate(step.transforms) ?? []
    const { train, valid } = step.images
    // points move with their image
    const targets = (plan.task?._tag === 'Points' ? views.length : 1) * train + valid
    const bytes = 4 * (sizeOf(features) * (views.length * train + valid) + targetSize(plan) * targets)
    if (bytes > step.maxBytes)
      return { _tag: 'NotCached', because: [{ _tag: 'TooLarge', bytes, maxBytes: step.maxBytes }] }
    const { layers, input, output } = plan
    return {
      _tag: 'Cached',
      after: before.at(-1)!.name!,
      features,
      views,
      bytes,
      frozen: partOf(
        { ...plan, task: null },
        { input, output: features, network: first, layers: layers.slice(0, prefix.layers) }
      ),
      trained: partOf(plan, { input: features, output, network: second, layers: layers.slice(prefix.layers) })
    }
  }
