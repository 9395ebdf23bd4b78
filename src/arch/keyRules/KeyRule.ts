/** Another name for keys: what `from` matches becomes `to`. It counts where it leads to a key of the architecture. */
export interface KeyRule {
  readonly from: RegExp
  readonly to: string
}
