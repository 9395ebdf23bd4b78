/**
 * `UnetOptions`: what may be chosen about the decoder of a U-Net.
 *
 * @since 0.1.0
 */

/**
 * What a convolution of the decoder is normalised by: nothing; a batch norm after its activation; the same, with the
 * norm that ends a residual block starting at zero; its weight's length; its weight's largest singular value.
 *
 * @since 0.1.0
 */
export type NormType = (typeof normTypes)[number]

/**
 * Every `NormType`; the first is the default.
 *
 * @since 0.1.0
 */
export const normTypes = ['none', 'batch', 'batchZero', 'weight', 'spectral'] as const

/**
 * fastai's arguments of `unet_learner` that concern the decoder.
 *
 * @since 0.1.0
 */
export interface UnetOptions {
  /** Blur after the pixel shuffles of the blocks. */
  readonly blur: boolean
  /** With `blur`: in the last block too. */
  readonly blurFinal: boolean
  readonly normType: NormType
  /** Self-attention at the end of the third block from the last, where there are so many. */
  readonly selfAttention: boolean
  /** Outputs between these two, by a sigmoid; null: as they are. */
  readonly yRange: readonly [low: number, high: number] | null
  /** Cross the network's input too, before a last residual block. */
  readonly lastCross: boolean
  /** Halve the channels inside that residual block. */
  readonly bottle: boolean
}

/**
 * `unet_learner`'s defaults: no blur (in the last block too, once there is some), no norm, no self-attention, no range,
 * the input crossed, no bottleneck.
 *
 * @since 0.1.0
 */
export const defaultUnet: UnetOptions = {
  blur: false,
  blurFinal: true,
  normType: 'none',
  selfAttention: false,
  yRange: null,
  lastCross: true,
  bottle: false
}
