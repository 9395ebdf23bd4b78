/**
 * `NumberedRecord`: a record and where it is, for errors.
 *
 * @since 0.1.0
 */

/** A record and its number: its line in a file, or its index in an array. */
export interface NumberedRecord {
  readonly line: number
  readonly record: Readonly<Record<string, unknown>>
}
