/**
 * `Weights`: which numbers a network starts from. A choice like any other: it is recorded here and carried out by the
 * runner.
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { eqValue, showValue } from '../Value.js'

export type Weights =
  /** Every parameter from the run's seed, as the layers' `Init` say. */
  | { readonly _tag: 'FromScratch' }
  /** The architecture's own published weights, by tag (`tv_in1k`); null: its first. */
  | { readonly _tag: 'Pretrained'; readonly tag: string | null }
  /** A safetensors file with the architecture's own keys (torchvision's). */
  | { readonly _tag: 'FromFile'; readonly file: string }

/** @since 0.1.0 */
export const fromScratchWeights: Weights = { _tag: 'FromScratch' }
/** @since 0.1.0 */
export const pretrainedWeights = (tag: string | null = null): Weights => ({ _tag: 'Pretrained', tag })
/** @since 0.1.0 */
export const fileWeights = (file: string): Weights => ({ _tag: 'FromFile', file })

/**
 * Where published weights are and what they expect: one flat record beside an architecture, licence included.
 *
 * @since 0.1.0
 */
export interface WeightsRecord {
  /** `arch.tag` names an architecture with its weights: `resnet18.tv_in1k`. */
  readonly tag: string
  /** Repository on the Hugging Face hub, or a url. */
  readonly source: string
  readonly licence: string
  readonly classes: number
}

/** @since 0.1.0 */
export const eqWeights: Eq<Weights> = eqValue()
/** @since 0.1.0 */
export const showWeights: Show<Weights> = {
  show: (w) =>
    w._tag === 'FromScratch'
      ? 'fromScratch'
      : w._tag === 'Pretrained'
        ? `pretrained${w.tag === null ? '' : ` (${w.tag})`}`
        : `withWeights(${showValue(w.file)})`
}
