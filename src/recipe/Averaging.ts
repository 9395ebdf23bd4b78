/**
 * `Averaging`: how a training step averages its parameters, as data.
 *
 * @category recipes
 * @since 0.1.0
 */

/**
 * An exponential moving average: after every step of the optimiser, a ← decay·a + (1 − decay)·w, from the parameters at
 * the start of the training step.
 *
 * @category recipes
 * @since 0.1.0
 */
export interface Ema {
  readonly _tag: 'Ema'
  /** In [0, 1). */
  readonly decay: number
}

/**
 * Stochastic weight averaging (Izmailov et al. 2018): the mean of the parameters after each epoch from `from` on.
 *
 * @category recipes
 * @since 0.1.0
 */
export interface Swa {
  readonly _tag: 'Swa'
  /** The first epoch whose parameters count, from 0. */
  readonly from: number
}

/**
 * How a training step averages its parameters.
 *
 * @category recipes
 * @since 0.1.0
 */
export type Averaging = Ema | Swa
