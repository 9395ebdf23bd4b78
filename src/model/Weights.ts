/**
 * `Weights`: the weights that a network starts from. The value only records the choice; files are read when a learner
 * is made.
 *
 * @category models
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { eqValue, foldUnion, showValue } from '../Value.js'

export type Weights =
  /** Initialises every parameter from the run's seed, as its layer's `Init` says. */
  | { readonly _tag: 'FromScratch' }
  /** The architecture's published weights with this tag (`tv_in1k`); null: the first. */
  | { readonly _tag: 'Pretrained'; readonly tag: string | null }
  /** A safetensors or torch file with the architecture's keys (torchvision's). */
  | { readonly _tag: 'FromFile'; readonly file: string }

/**
 * Initialises every parameter from the run's seed; the default.
 *
 * @since 0.1.0
 */
export const fromScratchWeights: Weights = { _tag: 'FromScratch' }

/**
 * The architecture's published weights with a tag (`tv_in1k`); without one, the first.
 *
 * @example
 * import { Show } from 'graft-vision'
 * import { pretrainedWeights } from './index.js'
 *
 * assert.deepStrictEqual(
 *   [pretrainedWeights(), pretrainedWeights('tv_in1k')].map(Show.weights.show),
 *   ['pretrained', "pretrainedAs('tv_in1k')"]
 * )
 *
 * @since 0.1.0
 */
export const pretrainedWeights = (tag: string | null = null): Weights => ({ _tag: 'Pretrained', tag })

/**
 * A safetensors or torch file with the architecture's keys, read when a learner is made.
 *
 * @example
 * import { Show } from 'graft-vision'
 * import { fileWeights } from './index.js'
 *
 * assert.strictEqual(Show.weights.show(fileWeights('mine.safetensors')), "withWeights('mine.safetensors')")
 *
 * @since 0.1.0
 */
export const fileWeights = (file: string): Weights => ({ _tag: 'FromFile', file })

/**
 * Folds a choice of weights: one function for each case.
 *
 * @example
 * import { Fold } from 'graft-vision'
 * import { fileWeights } from './index.js'
 *
 * const file = Fold.weights({ FromScratch: () => '', Pretrained: () => '', FromFile: (w) => w.file })
 * assert.strictEqual(file(fileWeights('a.safetensors')), 'a.safetensors')
 *
 * @category folds
 * @since 0.1.0
 */
export const foldWeights = /*#__PURE__*/ foldUnion<Weights>()

/**
 * Where published weights are, what they expect, and their licence. Null fields are unknown.
 *
 * @category models
 * @since 0.1.0
 */
export interface WeightsRecord {
  /** `arch.tag`, the name of an architecture and its weights: `resnet18.tv_in1k`. */
  readonly tag: string
  /** The URL of a safetensors or torch file; its last segment is the file's name. */
  readonly url: string | null
  /** The known first hex digits of the file's SHA-256; null: any content is accepted. */
  readonly sha256Prefix: string | null
  /** A repository on the Hugging Face hub with the same weights: `timm/resnet18.tv_in1k`. */
  readonly hub: string | null
  /** The file in that repository; default `model.safetensors`. */
  readonly hubFile?: string
  readonly licence: string
  readonly classes: number
  /** The preprocessing that the weights expect, as in `ArchInput`. */
  readonly size: number
  readonly crop: number
  readonly mean: ReadonlyArray<number>
  readonly std: ReadonlyArray<number>
}

/**
 * Structural equality of the choices, not of the loaded values.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqWeights: Eq<Weights> = eqValue()

/**
 * Shows the step that makes it: `fromScratch`, `pretrained`, `pretrainedAs('tag')`, `withWeights('file')`.
 *
 * @category instances
 * @since 0.1.0
 */
export const showWeights: Show<Weights> = {
  show: foldWeights({
    FromScratch: () => 'fromScratch',
    Pretrained: ({ tag }) => (tag === null ? 'pretrained' : `pretrainedAs(${showValue(tag)})`),
    FromFile: ({ file }) => `withWeights(${showValue(file)})`
  })
}
