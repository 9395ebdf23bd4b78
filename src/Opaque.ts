/**
 * `Opaque<Label, F>`: a user's function with a label that names it in summaries and errors. It is the only way a
 * closure becomes part of one of graft's values; codecs reject it with a message that contains the label.
 *
 * @category values
 * @since 0.1.0
 */
export interface Opaque<Label extends string, F> {
  readonly _tag: 'Opaque'
  readonly label: Label
  readonly run: F
}

/**
 * Labels a function.
 *
 * @example
 * import { opaque } from './Opaque.js'
 *
 * const double = opaque('double', (n: number) => 2 * n)
 * assert.deepStrictEqual([double.label, double.run(4)], ['double', 8])
 *
 * @since 0.1.0
 */
export const opaque = <Label extends string, F>(label: Label, run: F): Opaque<Label, F> => ({
  _tag: 'Opaque',
  label,
  run
})
