/**
 * `Grouping`: which images belong together and must not be divided between training and validation.
 *
 * @since 0.1.0
 */

/**
 * Which images belong together, such as those of a patient or a video: the ones with equal cells in a column of the
 * table, given by name or number from 0, or with equal first groups of a regular expression in their paths.
 *
 * @category data
 * @since 0.1.0
 */
export type Grouping = string | number | { readonly pattern: string }

/** As source code, or on the command line. */
export const showGrouping = (by: Grouping): string =>
  typeof by === 'object' ? `{ pattern: ${JSON.stringify(by.pattern)} }` : JSON.stringify(by)
