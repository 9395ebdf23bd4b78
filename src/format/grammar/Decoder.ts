/**
 * `Decoder`: the interpretation of a grammar that validates unknown values. It collects all mistakes in io-ts's tree of
 * `DecodeError`s, each with what was expected and what to do.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as DE from 'io-ts/lib/DecodeError.js'
import * as FS from 'io-ts/lib/FreeSemigroup.js'
import { memoize } from 'io-ts/lib/Schemable.js'
import { explain, type Said, type Tree } from './explain.js'
import type { FormatErrors } from '../FormatError.js'
import { type Grammar1, interpretSchema, type Schema, type ValueMistake } from './Grammar.js'
import { tooDeepAt } from './json.js'
import { listed, nearest } from '../../nearest.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/**
 * Validates an unknown value; `expects` describes what it accepts.
 *
 * @category schemas
 * @since 0.1.0
 */
export interface Decoder<A> {
  readonly expects: string
  readonly decode: (u: unknown) => E.Either<Tree, A>
}

export const URI = 'graft-vision/Decoder'
export type URI = typeof URI

declare module 'fp-ts/HKT.js' {
  interface URItoKind<A> {
    readonly [URI]: Decoder<A>
  }
}

// -------------------------------------------------------------------------------------
// leaves
// -------------------------------------------------------------------------------------

const leaf = (actual: unknown, said: Said): Tree => FS.of(DE.leaf(actual, said))

const bad = (actual: unknown, expected: string, hint: string): E.Either<Tree, never> =>
  E.left(leaf(actual, { _tag: 'BadValue', expected, hint }))

const fromTest = <A>(expects: string, hint: string, test: (u: unknown) => u is A): Decoder<A> => ({
  expects,
  decode: (u) => (test(u) ? E.right(u) : bad(u, expects, hint))
})

const isNumber = (u: unknown): u is number => typeof u === 'number'
const isFinite = (u: unknown): u is number => Number.isFinite(u)

const finite = (expects: string, hint: string, test: (n: number) => boolean): Decoder<number> => ({
  expects,
  decode: (u) =>
    isFinite(u) && test(u)
      ? E.right(u === 0 ? 0 : u) // JSON text has no -0
      : bad(u, expects, isNumber(u) && !isFinite(u) ? `JSON has no ${u}: write a finite number` : hint)
})

const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === 'object' && u !== null && !Array.isArray(u)

const suggestion = (word: string, known: ReadonlyArray<string>, otherwise: string): string =>
  pipe(
    nearest(word, known),
    O.fold(
      () => otherwise,
      (name) => `write "${name}"`
    )
  )

const literal = (values: ReadonlyArray<unknown>): Decoder<unknown> => {
  const words = values.map((v) => JSON.stringify(v))
  const names = values.filter((v) => typeof v === 'string')
  const expects = `${words.length > 1 ? 'one of ' : ''}${listed(words)}`
  return {
    expects,
    decode: (u) =>
      values.includes(u)
        ? E.right(u)
        : bad(
            u,
            expects,
            suggestion(typeof u === 'string' ? u : '', names, `write ${words.length > 1 ? 'one of these' : expects}`)
          )
  }
}

// -------------------------------------------------------------------------------------
// combinations
// -------------------------------------------------------------------------------------

/** The decoded parts, or all their mistakes. */
const gather = <K, A>(parts: ReadonlyArray<readonly [K, E.Either<Tree, A>]>): E.Either<Tree, ReadonlyArray<[K, A]>> => {
  const wrong = parts.flatMap(([, part]) => (E.isLeft(part) ? [part.left] : []))
  return wrong.length > 0
    ? E.left(wrong.reduce((left, right) => FS.concat(left, right)))
    : E.right(parts.flatMap(([k, part]) => (E.isRight(part) ? [[k, part.right]] : [])))
}

const atKey = (key: string, kind: DE.Kind): (<A>(result: E.Either<Tree, A>) => E.Either<Tree, A>) =>
  E.mapLeft((errors) => FS.of(DE.key(key, kind, errors)))

const items =
  <A>(item: Decoder<A>) =>
  (u: ReadonlyArray<unknown>): E.Either<Tree, ReadonlyArray<A>> =>
    pipe(
      gather(
        u.map((v, i) => [
          i,
          pipe(
            item.decode(v),
            E.mapLeft((errors): Tree => FS.of(DE.index(i, 'required', errors)))
          )
        ])
      ),
      E.map((found) => found.map(([, a]) => a))
    )

const unknownAt = (key: string, actual: unknown, known: ReadonlyArray<string>): E.Either<Tree, never> =>
  pipe(
    E.left(
      leaf(actual, {
        _tag: 'UnknownKey',
        expected: known.length === 0 ? 'no keys' : `one of the keys ${listed(known)}`,
        hint: suggestion(key, known, 'remove it')
      })
    ),
    atKey(key, 'optional')
  )

type Fields = Readonly<Record<string, Decoder<unknown>>>

const objectExpected = 'an object'

const object = (required: Fields, optional: Fields): Decoder<unknown> => {
  const fields: Fields = { ...required, ...optional }
  const known = Object.keys(fields)
  const missing = (key: string, { expects }: Decoder<unknown>) =>
    pipe(
      E.left(leaf(undefined, { _tag: 'MissingKey', expected: expects, hint: `add "${key}": ${expects}` })),
      atKey(key, 'required')
    )
  return {
    expects: objectExpected,
    decode: (u) => {
      if (!isRecord(u))
        return bad(u, objectExpected, `write { ... }${known.length > 0 ? ` with ${listed(known)}` : ''}`)
      return pipe(
        gather<string, unknown>([
          ...Object.keys(u)
            .filter((key) => !Object.hasOwn(fields, key))
            .map((key) => [key, unknownAt(key, u[key], known)] as const),
          ...Object.entries(required)
            .filter(([key]) => !Object.hasOwn(u, key))
            .map(([key, field]) => [key, missing(key, field)] as const),
          ...Object.entries(fields)
            .filter(([key]) => Object.hasOwn(u, key))
            .map(([key, field]) => [key, pipe(field.decode(u[key]), atKey(key, 'required'))] as const)
        ]),
        E.map((found) => Object.fromEntries(found))
      )
    }
  }
}

const keyed = (members: Fields): Decoder<unknown> => {
  const known = Object.keys(members)
  const expects = `an object with one key of ${listed(known)}`
  return {
    expects,
    decode: (u) => {
      if (!isRecord(u)) return bad(u, expects, `write { "${known[0] ?? ''}": ... } or another of these`)
      const keys = Object.keys(u)
      const [key] = keys
      if (key === undefined || keys.length > 1) return bad(u, expects, 'write exactly one of these keys')
      const member = Object.hasOwn(members, key) ? members[key] : undefined
      return member === undefined
        ? unknownAt(key, u[key], known)
        : pipe(
            member.decode(u[key]),
            atKey(key, 'required'),
            E.map((value) => ({ [key]: value }))
          )
    }
  }
}

const tagged =
  (tag: string) =>
  (members: Fields): Decoder<unknown> => {
    const names = Object.keys(members)
    const name = literal(names)
    return {
      expects: objectExpected,
      decode: (u) => {
        const fields = { [tag]: name }
        if (!isRecord(u) || !Object.hasOwn(u, tag)) return object(fields, {}).decode(isRecord(u) ? {} : u)
        const { [tag]: kind, ...rest } = u
        return pipe(
          name.decode(kind),
          atKey(tag, 'required'),
          E.chain((known) => members[String(known)]!.decode(rest)),
          E.map((value) => ({ [tag]: kind, ...(value as object) }))
        )
      }
    }
  }

// -------------------------------------------------------------------------------------
// unions
// -------------------------------------------------------------------------------------

const flatten = (tree: Tree): ReadonlyArray<DE.DecodeError<Said>> => {
  const found: Array<DE.DecodeError<Said>> = []
  const open: Array<Tree> = [tree]
  for (let at = open.pop(); at !== undefined; at = open.pop())
    if (at._tag === 'Of') found.push(at.value)
    else open.push(at.right, at.left)
  return found
}

const isKeyError = (e: DE.DecodeError<Said>): boolean => e._tag === 'Leaf' && e.error._tag !== 'BadValue'

/** How badly a value fits a member of a union: another type, other keys, or wrong values inside. */
interface Misfit {
  readonly errors: Tree
  /** What to do about a value of another type. */
  readonly type: ReadonlyArray<string>
  readonly keys: number
  readonly all: number
}

const misfit = (errors: Tree): Misfit => {
  const tops = flatten(errors)
  return {
    errors,
    type: tops.flatMap((e) => (e._tag === 'Leaf' ? [e.error.hint] : [])),
    keys: tops.filter((e) => e._tag === 'Key' && flatten(e.errors).some(isKeyError)).length,
    all: tops.length
  }
}

/** The first member that fits; otherwise the mistakes of the member that was most likely meant. */
const union = (members: ReadonlyArray<Decoder<unknown>>): Decoder<unknown> => {
  const expects = members.map((m) => m.expects).join(' or ')
  return {
    expects,
    decode: (u) => {
      const wrong: Array<Misfit> = []
      for (const member of members) {
        const result = member.decode(u)
        if (E.isRight(result)) return result
        wrong.push(misfit(result.left))
      }
      const [meant] = wrong.filter((w) => w.type.length === 0).toSorted((a, b) => a.keys - b.keys || a.all - b.all)
      if (meant !== undefined) return E.left(meant.errors)
      const better = wrong.flatMap((w) => w.type).find((hint) => /^write "|^JSON has no/.test(hint))
      return bad(u, expects, better ?? 'write one of these')
    }
  }
}

// -------------------------------------------------------------------------------------
// instance
// -------------------------------------------------------------------------------------

const pairOf = (item: Decoder<unknown>): Decoder<unknown> => {
  const expects = `a list of two: ${item.expects} each`
  return {
    expects,
    decode: (u) => (Array.isArray(u) && u.length === 2 ? items(item)(u) : bad(u, expects, 'write [a, b]'))
  }
}

const listOf = (item: Decoder<unknown>): Decoder<unknown> => ({
  expects: 'a list',
  decode: (u) => (Array.isArray(u) ? items(item)(u) : bad(u, 'a list', 'write [ ... ]'))
})

const recordOf = (value: Decoder<unknown>): Decoder<unknown> => ({
  expects: objectExpected,
  decode: (u) =>
    isRecord(u)
      ? pipe(
          gather(Object.entries(u).map(([key, v]) => [key, pipe(value.decode(v), atKey(key, 'required'))] as const)),
          E.map((found) => Object.fromEntries(found))
        )
      : bad(u, objectExpected, `write { "...": ${value.expects} }`)
})

const childOf = (value: unknown, key: string | number): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string | number, unknown>>)[key] : undefined

const mistakeTree = (value: unknown, { at, expected, found, hint }: ValueMistake): Tree =>
  at.reduceRight<Tree>(
    (errors, key) =>
      FS.of(typeof key === 'number' ? DE.index(key, 'required', errors) : DE.key(key, 'required', errors)),
    leaf(at.reduce(childOf, value), { _tag: 'BadValue', expected, hint, ...(found === undefined ? {} : { found }) })
  )

const checked =
  (mistakes: (value: unknown) => ReadonlyArray<ValueMistake>) =>
  (of: Decoder<unknown>): Decoder<unknown> => ({
    expects: of.expects,
    decode: (u) =>
      pipe(
        of.decode(u),
        E.chain((value) =>
          pipe(
            gather(mistakes(value).map((mistake) => [null, E.left(mistakeTree(value, mistake))] as const)),
            E.map(() => value)
          )
        )
      )
  })

/**
 * The grammar's interpretation as decoders: reports all mistakes, and unknown keys with the nearest known one.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * assert.strictEqual(Format.decoderGrammar.object({}, { ps: Format.decoderGrammar.number }).decode({ sp: 0.5 })._tag, 'Left')
 *
 * @category schemas
 * @since 0.1.0
 */
export const decoderGrammar: Grammar1<URI> = {
  URI,
  literal: ((...values: ReadonlyArray<unknown>) => literal(values)) as Grammar1<URI>['literal'],
  string: fromTest('text', 'write it in double quotes', (u): u is string => typeof u === 'string'),
  boolean: fromTest('true or false', 'write true or false', (u): u is boolean => typeof u === 'boolean'),
  number: finite('a number', 'write a number', () => true),
  whole: memoize((min: number) => {
    const expects = `an integer${Number.isFinite(min) ? ` of at least ${min}` : ''}`
    return finite(expects, `write ${expects}`, (n) => Number.isSafeInteger(n) && n >= min)
  }),
  list: listOf as Grammar1<URI>['list'],
  pair: pairOf as Grammar1<URI>['pair'],
  record: recordOf as Grammar1<URI>['record'],
  object: object as Grammar1<URI>['object'],
  keyed: keyed as Grammar1<URI>['keyed'],
  tagged: tagged as Grammar1<URI>['tagged'],
  checked: checked as Grammar1<URI>['checked'],
  union: (...members: ReadonlyArray<Decoder<unknown>>) => union(members),
  lazy: (id, f) => {
    const get = memoize<void, ReturnType<typeof f>>(f)
    return { expects: id, decode: (u) => get().decode(u) }
  }
}

/**
 * Validates an unknown value against a schema; reports all mistakes with their paths. Rejects nesting deeper than 256.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * const schema = Format.makeSchema((g) => g.object({}, { linFtrs: g.list(g.whole(1)) }))
 * const decoded = Format.decodeWith(schema)({ linFtr: [512] })
 * assert.deepStrictEqual(decoded._tag === 'Left' && [decoded.left[0].path, decoded.left[0].hint], ['linFtr', 'write "linFtrs"'])
 *
 * @category schemas
 * @since 0.1.0
 */
export const decodeWith =
  <A>(schema: Schema<A>) =>
  (u: unknown): E.Either<FormatErrors, A> =>
    pipe(
      tooDeepAt(u),
      E.chain(() => pipe(interpretSchema(decoderGrammar)(schema).decode(u), E.mapLeft(explain)))
    )
