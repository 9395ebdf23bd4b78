/**
 * A rule that renames keys: the text that `from` matches becomes `to`. It applies only if the result is a key of the
 * architecture.
 */
export interface KeyRule {
  readonly from: RegExp
  readonly to: string
}
