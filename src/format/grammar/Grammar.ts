/**
 * `Grammar`: the vocabulary in which a JSON form is described once, for every interpretation: the decoder here, the
 * generators of test data in the laws. It is io-ts's `Schemable` extended with objects that reject unknown keys,
 * objects with one of several keys, integers, and pairs.
 *
 * @since 0.1.0
 */
import type { HKT, Kind, URIS } from 'fp-ts/HKT.js'
import { memoize, type Schemable, type Schemable1, type WithUnion, type WithUnion1 } from 'io-ts/lib/Schemable.js'

/**
 * A mistake in a value of the right type: the keys that lead to it, what was expected, what was found (default: the value
 * there), and what to do.
 *
 * @category schemas
 * @since 0.1.0
 */
export interface ValueMistake {
  readonly at: ReadonlyArray<string | number>
  readonly expected: string
  readonly found?: string
  readonly hint: string
}

type Borrowed = 'URI' | 'literal' | 'string' | 'number' | 'boolean' | 'lazy'

/**
 * The vocabulary, for an interpreter of any type. `number` is a finite number.
 *
 * @category schemas
 * @since 0.1.0
 */
export interface Grammar<S> extends Pick<Schemable<S>, Borrowed>, WithUnion<S> {
  /** A safe integer of at least `min`. */
  readonly whole: (min: number) => HKT<S, number>
  readonly list: <A>(item: HKT<S, A>) => HKT<S, ReadonlyArray<A>>
  readonly pair: <A>(item: HKT<S, A>) => HKT<S, readonly [A, A]>
  /** An object with any keys. */
  readonly record: <A>(value: HKT<S, A>) => HKT<S, Readonly<Record<string, A>>>
  /** Required keys, optional keys, and no others. */
  readonly object: <R, O>(
    required: { readonly [K in keyof R]: HKT<S, R[K]> },
    optional: { readonly [K in keyof O]: HKT<S, O[K]> }
  ) => HKT<S, R & Partial<O>>
  /** An object with exactly one of these keys: `{ "conv2d": {...} }`. */
  readonly keyed: <A>(members: { readonly [K in keyof A]: HKT<S, A[K]> }) => HKT<
    S,
    { [K in keyof A]: Record<K, A[K]> }[keyof A]
  >
  /** Objects distinguished by the string at one key: `{ "step": "fit", ... }`. The members do not mention that key. */
  readonly tagged: <T extends string>(
    tag: T
  ) => <A>(members: { readonly [K in keyof A]: HKT<S, A[K]> }) => HKT<
    S,
    { [K in keyof A]: A[K] & Record<T, K> }[keyof A]
  >
  /** The values without mistakes, such as numbers in a range. */
  readonly checked: <A>(mistakes: (value: A) => ReadonlyArray<ValueMistake>) => (of: HKT<S, A>) => HKT<S, A>
}

/**
 * The vocabulary, for an interpreter of kind `* → *`.
 *
 * @category schemas
 * @since 0.1.0
 */
export interface Grammar1<S extends URIS> extends Pick<Schemable1<S>, Borrowed>, WithUnion1<S> {
  readonly whole: (min: number) => Kind<S, number>
  readonly list: <A>(item: Kind<S, A>) => Kind<S, ReadonlyArray<A>>
  readonly pair: <A>(item: Kind<S, A>) => Kind<S, readonly [A, A]>
  readonly record: <A>(value: Kind<S, A>) => Kind<S, Readonly<Record<string, A>>>
  readonly object: <R, O>(
    required: { readonly [K in keyof R]: Kind<S, R[K]> },
    optional: { readonly [K in keyof O]: Kind<S, O[K]> }
  ) => Kind<S, R & Partial<O>>
  readonly keyed: <A>(members: { readonly [K in keyof A]: Kind<S, A[K]> }) => Kind<
    S,
    { [K in keyof A]: Record<K, A[K]> }[keyof A]
  >
  readonly tagged: <T extends string>(
    tag: T
  ) => <A>(members: { readonly [K in keyof A]: Kind<S, A[K]> }) => Kind<
    S,
    { [K in keyof A]: A[K] & Record<T, K> }[keyof A]
  >
  readonly checked: <A>(mistakes: (value: A) => ReadonlyArray<ValueMistake>) => (of: Kind<S, A>) => Kind<S, A>
}

/**
 * A description of a JSON form, for any interpreter of the grammar.
 *
 * @category schemas
 * @since 0.1.0
 */
export interface Schema<A> {
  <S>(grammar: Grammar<S>): HKT<S, A>
}

/**
 * The type that a schema describes.
 *
 * @category schemas
 * @since 0.1.0
 */
export type TypeOf<T> = T extends Schema<infer A> ? A : never

/**
 * Makes a schema; each grammar interprets it once.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * const size = Format.makeSchema((g) => g.object({ height: g.whole(1) }, { width: g.whole(1) }))
 * assert.deepStrictEqual(Format.decodeWith(size)({ height: 2 }), { _tag: 'Right', right: { height: 2 } })
 *
 * @category schemas
 * @since 0.1.0
 */
export const makeSchema = <A>(schema: Schema<A>): Schema<A> => memoize(schema)

/**
 * Interprets a schema with a grammar.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * const decoder = Format.interpretSchema(Format.decoderGrammar)(Format.makeSchema((g) => g.list(g.boolean)))
 * assert.deepStrictEqual(decoder.decode([true]), { _tag: 'Right', right: [true] })
 *
 * @category schemas
 * @since 0.1.0
 */
export const interpretSchema =
  <S extends URIS>(grammar: Grammar1<S>) =>
  <A>(schema: Schema<A>): Kind<S, A> =>
    // two declarations of the same interface, which TypeScript cannot relate without higher-kinded types
    schema(grammar as unknown as Grammar<S>) as unknown as Kind<S, A>
