/**
 * `Weights`: which numbers a network starts from. A choice like any other: it is recorded here and carried out by the
 * runner.
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { eqValue, foldUnion, showValue } from '../Value.js'

export type Weights =
  /** Every parameter from the run's seed, as the layers' `Init` say. */
  | { readonly _tag: 'FromScratch' }
  /** The architecture's own published weights, by tag (`tv_in1k`); null: its first. */
  | { readonly _tag: 'Pretrained'; readonly tag: string | null }
  /** A safetensors or torch file with the architecture's own keys (torchvision's). */
  | { readonly _tag: 'FromFile'; readonly file: string }

/**
 * Every parameter from the run's seed: the default.
 *
 * @since 0.1.0
 */
export const fromScratchWeights: Weights = { _tag: 'FromScratch' }

/**
 * The architecture's published weights of a tag (`tv_in1k`); without one, its first.
 *
 * @example
 * import { pretrainedWeights, showWeights } from 'graft-vision'
 *
 * assert.deepStrictEqual(
 *   [pretrainedWeights(), pretrainedWeights('tv_in1k')].map(showWeights.show),
 *   ['pretrained', "pretrainedAs('tv_in1k')"]
 * )
 *
 * @since 0.1.0
 */
export const pretrainedWeights = (tag: string | null = null): Weights => ({ _tag: 'Pretrained', tag })

/**
 * A safetensors or torch file with the architecture's own keys; read when a learner is made.
 *
 * @example
 * import { fileWeights, showWeights } from 'graft-vision'
 *
 * assert.strictEqual(showWeights.show(fileWeights('mine.safetensors')), "withWeights('mine.safetensors')")
 *
 * @since 0.1.0
 */
export const fileWeights = (file: string): Weights => ({ _tag: 'FromFile', file })

/**
 * Reads a choice of weights, whichever it is.
 *
 * @example
 * import { fileWeights, foldWeights } from 'graft-vision'
 *
 * const file = foldWeights({ FromScratch: () => '', Pretrained: () => '', FromFile: (w) => w.file })
 * assert.strictEqual(file(fileWeights('a.safetensors')), 'a.safetensors')
 *
 * @since 0.1.0
 */
export const foldWeights = /*#__PURE__*/ foldUnion<Weights>()

/**
 * Where published weights are and what they expect: one flat record beside an architecture, licence included. Null is
 * what is not known.
 *
 * @since 0.1.0
 */
export interface WeightsRecord {
  /** `arch.tag` names an architecture with its weights: `resnet18.tv_in1k`. */
  readonly tag: string
  /** A file: safetensors or torch's. Its name is the url's last part. */
  readonly url: string | null
  /** The first hex digits of that file's SHA-256, as many as are known; null: whatever it holds is taken. */
  readonly sha256Prefix: string | null
  /** A repository on the Hugging Face hub with the same numbers: `timm/resnet18.tv_in1k`. */
  readonly hub: string | null
  /** The file in that repository. Default: `model.safetensors`. */
  readonly hubFile?: string
  readonly licence: string
  readonly classes: number
  /** What the images must look like; as in `ArchInput`. */
  readonly size: number
  readonly crop: number
  readonly mean: ReadonlyArray<number>
  readonly std: ReadonlyArray<number>
}

/**
 * Structural equality: of choices, not of numbers.
 *
 * @since 0.1.0
 */
export const eqWeights: Eq<Weights> = eqValue()

/**
 * The step that makes it: `fromScratch`, `pretrained`, `pretrainedAs('tag')`, `withWeights('file')`.
 *
 * @since 0.1.0
 */
export const showWeights: Show<Weights> = {
  show: foldWeights({
    FromScratch: () => 'fromScratch',
    Pretrained: ({ tag }) => (tag === null ? 'pretrained' : `pretrainedAs(${showValue(tag)})`),
    FromFile: ({ file }) => `withWeights(${showValue(file)})`
  })
}
