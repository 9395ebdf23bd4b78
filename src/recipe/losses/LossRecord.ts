/**
 * `LossRecord`: everything about a loss that does not need tensors. Its JSON form, its name for `--loss`, the tasks it
 * fits, the checks of its options, the laws' arbitrary and the documentation's table are derived from it; the engine
 * computes it.
 *
 * @since 0.1.0
 */

/**
 * The activation that turns raw outputs into predictions.
 *
 * @category losses
 * @since 0.1.0
 */
export type OutputActivation = 'softmax' | 'sigmoid' | 'exp' | 'identity'

/**
 * The targets of a loss: a class per sample (or pixel), a 0 or 1 for each class, or numbers.
 *
 * @since 0.1.0
 */
export type LossTargets = 'classes' | 'labels' | 'numbers'

/**
 * An option of a loss. `Share`: a number in [0, 1). `NonNegative`: a number of at least 0. `ClassWeights`: such a number
 * for each class. `ClassIndex`: an integer. `Positive`: a number above 0.
 *
 * @since 0.1.0
 */
export type LossOption =
  | { readonly _tag: 'Share'; readonly default: number }
  | { readonly _tag: 'NonNegative'; readonly default: number }
  | { readonly _tag: 'Positive'; readonly default: number }
  | { readonly _tag: 'ClassWeights'; readonly default: ReadonlyArray<number> | null }
  | { readonly _tag: 'ClassIndex'; readonly default: number | null }

export interface LossRecord {
  /** The constructor's name, also used in JSON and on the command line. */
  readonly name: string
  readonly options: Readonly<Record<string, LossOption>>
  readonly targets: LossTargets
  readonly activation: OutputActivation
  /** The call and its value, for the documentation. */
  readonly call: string
  readonly formula: string
}
