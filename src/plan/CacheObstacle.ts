/**
 * `CacheObstacle`: a condition of feature caching that does not hold.
 *
 * @since 0.1.0
 */
import type { Show } from 'fp-ts/lib/Show.js'
import { isUnder } from '../model/index.js'
import { foldUnion } from '../Value.js'
import type { Plan, PlanLayer } from './Plan.js'
import { scaled } from './table.js'

/**
 * Why the features of a training step are not cached. The first four are about the layers of the network: caching ends
 * before the layer at `path`, and the layers before it have only the fraction `share` of the network's operations.
 *
 * @category feature caching
 * @since 0.1.0
 */
export type CacheObstacle =
  | { readonly _tag: 'LayerTrains'; readonly path: string; readonly share: number }
  | { readonly _tag: 'BatchNormUpdates'; readonly path: string; readonly share: number }
  | { readonly _tag: 'LayerDropsOut'; readonly path: string; readonly share: number }
  | { readonly _tag: 'SpectralNormUpdates'; readonly path: string; readonly share: number }
  /** No parameter is trained. */
  | { readonly _tag: 'NothingTrains' }
  /** Transforms other than horizontal flips. */
  | { readonly _tag: 'ImagesChange'; readonly transforms: ReadonlyArray<string> }
  /** Batch views, which mix or change images. */
  | { readonly _tag: 'BatchesChange'; readonly views: ReadonlyArray<string> }
  /** Computing the features, once for every view, would take as long as the step. */
  | { readonly _tag: 'FewEpochs'; readonly epochs: number; readonly least: number }
  | { readonly _tag: 'TooLarge'; readonly bytes: number; readonly maxBytes: number }
  /** Switched off by the learner's setting `cacheFeatures`. */
  | { readonly _tag: 'SwitchedOff' }

/** Layers whose parameters or buffers a training step changes, or whose outputs are random. */
type LayerObstacle = Extract<CacheObstacle, { readonly path: string }>

/**
 * Folds an obstacle: one function for each case.
 *
 * @example
 * import { Fold } from 'graft-vision'
 *
 * const other = () => false
 * const isMemory = Fold.cacheObstacle({
 *   LayerTrains: other, BatchNormUpdates: other, LayerDropsOut: other, SpectralNormUpdates: other, NothingTrains: other,
 *   ImagesChange: other, BatchesChange: other, FewEpochs: other, TooLarge: () => true, SwitchedOff: other
 * })
 * assert.ok(isMemory({ _tag: 'TooLarge', bytes: 8, maxBytes: 4 }))
 *
 * @category folds
 * @since 0.1.0
 */
export const foldCacheObstacle = /*#__PURE__*/ foldUnion<CacheObstacle>()

const before = (share: number): string => `${Math.floor(100 * share)} % of the operations come before it`

const shown = foldCacheObstacle<string>({
  LayerTrains: ({ path, share }) => `${path} is trained (${before(share)}): freeze it`,
  BatchNormUpdates: ({ path, share }) =>
    `${path} is a batch norm that trains (${before(share)}): batchNormUnderFreeze('inference')`,
  LayerDropsOut: ({ path, share }) => `${path} is a dropout, whose outputs are random (${before(share)})`,
  SpectralNormUpdates: ({ path, share }) => `${path} updates its estimate of a spectral norm (${before(share)})`,
  NothingTrains: () => 'no parameter is trained: unfreeze some',
  ImagesChange: ({ transforms }) => `the transforms ${transforms.join(', ')} change images: leave them out`,
  BatchesChange: ({ views }) => `${views.join(', ')} changes batches of images: leave it out`,
  FewEpochs: ({ epochs, least }) =>
    `it has ${epochs === 1 ? '1 epoch' : `${epochs} epochs`}, and caching pays from ${least} on`,
  TooLarge: ({ bytes, maxBytes }) =>
    `${scaled(bytes, 'B')} of features, more than the limit of ${scaled(maxBytes, 'B')}`,
  SwitchedOff: () => 'switched off: cacheFeatures'
})

/**
 * Shows an obstacle in words, with what to do.
 *
 * @example
 * import { Show } from 'graft-vision'
 *
 * const text = Show.cacheObstacle.show({ _tag: 'TooLarge', bytes: 2e9, maxBytes: 1e9 })
 * assert.strictEqual(text, '2.00 GB of features, more than the limit of 1.00 GB')
 *
 * @category instances
 * @since 0.1.0
 */
export const showCacheObstacle: Show<CacheObstacle> = { show: shown }

/** A frozen batch norm that trains nevertheless: other layers of its group are frozen. */
const isFrozenNorm = ({ parameters }: Plan, { layer, group }: PlanLayer): boolean =>
  layer._tag === 'BatchNorm' && parameters.some((p) => p.group === group && !p.trainable)

/** What a training step changes in a layer, if anything; `share` is left to the caller. */
export const changeOf = (plan: Plan) => {
  const trained = new Set(
    plan.parameters.flatMap((p) => (p.trainable ? [p.path.slice(0, p.path.lastIndexOf('.'))] : []))
  )
  return (leaf: PlanLayer): LayerObstacle['_tag'] | null => {
    const { path, layer, batchNorm } = leaf
    const trains = trained.has(path) || [...trained].some(isUnder(path))
    if (batchNorm === 'batch' && (!trains || isFrozenNorm(plan, leaf))) return 'BatchNormUpdates'
    if (trains) return 'LayerTrains'
    if ((layer._tag === 'Dropout' || layer._tag === 'StochasticDepth') && layer.p > 0) return 'LayerDropsOut'
    return layer._tag === 'SpectralNorm' || layer._tag === 'SelfAttention' ? 'SpectralNormUpdates' : null
  }
}
