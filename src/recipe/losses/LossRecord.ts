/**
 * `LossRecord`: what is known of a loss without tensors. Its JSON form, the name after `--loss`, the tasks that it fits,
 * the checks of its options, the laws' arbitrary and the table of the documentation are read from it; what it computes
 * is the engine's.
 *
 * @since 0.1.0
 */

/**
 * From raw outputs to predictions.
 *
 * @since 0.1.0
 */
export type OutputActivation = 'softmax' | 'sigmoid' | 'exp' | 'identity'

/**
 * What a loss compares outputs with: a class a sample (or a pixel), a 0 or 1 for each class, or numbers.
 *
 * @category model
 * @since 0.1.0
 */
export type LossTargets = 'classes' | 'labels' | 'numbers'

/**
 * An option of a loss. `Share`: a number from 0, below 1. `ClassWeights`: a number from 0 for each class. `ClassIndex`:
 * a whole number.
 *
 * @category model
 * @since 0.1.0
 */
export type LossOption =
  | { readonly _tag: 'Share'; readonly default: number }
  | { readonly _tag: 'ClassWeights'; readonly default: ReadonlyArray<number> | null }
  | { readonly _tag: 'ClassIndex'; readonly default: number | null }

export interface LossRecord {
  /** The constructor's name, which is the name in JSON and on the command line. */
  readonly name: string
  readonly options: Readonly<Record<string, LossOption>>
  readonly targets: LossTargets
  readonly activation: OutputActivation
  /** The call and the value as the documentation writes them. */
  readonly call: string
  readonly formula: string
}
