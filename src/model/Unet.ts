/**
 * `UnetOptions`: options of a U-Net decoder.
 *
 * @since 0.1.0
 */

/**
 * Normalisation of the decoder's convolutions: none; a batch norm after the activation; the same, with the last norm of
 * each residual block initialised to zero; weight norm; spectral norm.
 *
 * @category models
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
 * The arguments of fastai's `unet_learner` that concern the decoder.
 *
 * @category models
 * @since 0.1.0
 */
export interface UnetOptions {
  /** Blur after the pixel shuffle of each block. */
  readonly blur: boolean
  /** With `blur`: blur in the last block too. */
  readonly blurFinal: boolean
  readonly normType: NormType
  /** Add self-attention at the end of the third block from the last, if there are three. */
  readonly selfAttention: boolean
  /** Scale outputs into this range with a sigmoid; null: no range. */
  readonly yRange: readonly [low: number, high: number] | null
  /** Concatenate the network's input before a last residual block. */
  readonly lastCross: boolean
  /** Halve the channels inside that residual block. */
  readonly bottle: boolean
}

/**
 * The defaults of `unet_learner`: no blur (if enabled, in the last block too), no norm, no self-attention, no range,
 * the input concatenated, no bottleneck.
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
