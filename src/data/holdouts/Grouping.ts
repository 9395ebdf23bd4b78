/**
 * `Grouping`: which images form a group that must not be divided between training and validation.
 *
 * @since 0.1.0
 */

/**
 * How images are grouped, for example by patient or by video: by a column of the table (its name, or its number from 0),
 * or by what the first capture group of a regular expression matches in their paths.
 *
 * @category data
 * @since 0.1.0
 */
export type Grouping = string | number | { readonly pattern: string }

/** A grouping as source code. */
export const showGrouping = (by: Grouping): string =>
  typeof by === 'object' ? `{ pattern: ${JSON.stringify(by.pattern)} }` : JSON.stringify(by)
