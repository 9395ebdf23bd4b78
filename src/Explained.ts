/**
 * The shape of every error of graft: where it is, what was expected, what was found, and what to do. Each room's errors
 * are variants of it, distinguished by `_tag`.
 *
 * @category errors
 * @since 0.1.0
 */
export interface Explained<Tag extends string> {
  readonly _tag: Tag
  /** The offending place: a layer's path, a file, a JSON path (`recipe[2].maxLr`), a flag. */
  readonly path: string
  readonly expected: string
  readonly found: string
  /** What to do, in the imperative. */
  readonly hint: string
}

/**
 * Makes the constructor of one kind of error.
 *
 * @example
 * import { explained } from './Explained.js'
 *
 * const cutError = explained('CutError')
 * assert.deepStrictEqual(cutError('alexnet', 'a layer to keep', 'none', 'use cutAt(-1)'), {
 *   _tag: 'CutError',
 *   path: 'alexnet',
 *   expected: 'a layer to keep',
 *   found: 'none',
 *   hint: 'use cutAt(-1)'
 * })
 *
 * @since 0.1.0
 */
export const explained =
  <Tag extends string>(tag: Tag) =>
  (path: string, expected: string, found: string, hint: string): Explained<Tag> => ({
    _tag: tag,
    path,
    expected,
    found,
    hint
  })
