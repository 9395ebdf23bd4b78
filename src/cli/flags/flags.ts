/** Parsing of flags: each mistake names its flag, and all are reported at once. */
import { extname } from 'node:path'
import { sequenceS } from 'fp-ts/lib/Apply.js'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as NEA from 'fp-ts/lib/NonEmptyArray.js'
import * as O from 'fp-ts/lib/Option.js'
import { type EngineName, engineNames } from '../../engine/index.js'
import {
  decodeLoss,
  decodeMetric,
  decodeOptimiser,
  decodeWith,
  type FormatError,
  type FormatErrors,
  makeSchema,
  metricSchema,
  metricsWithOptions,
  metricWords,
  parseJson
} from '../../format/index.js'
import { type GraftError, type Mistake, mistakes } from '../../GraftError.js'
import type { Metric } from '../../interpret/index.js'
import { settingError } from '../../learn/index.js'
import { nearest } from '../../nearest.js'
import { type Loss, lossRecords, type Optimiser, optimiserRecords, type Rates, slice } from '../../recipe/index.js'

/** A flag's value, or its mistakes. */
export type Read<A> = E.Either<NEA.NonEmptyArray<Mistake>, A>

export const refused = (flag: string, expected: string, found: string, example: string): Read<never> =>
  E.left([settingError(flag, expected, JSON.stringify(found), `write e.g. ${flag} ${example}`)])

/** Reads a flag if it is given. */
export const optional =
  <A>(read: (text: string) => Read<A>) =>
  (text: string | undefined): Read<A | undefined> =>
    text === undefined ? E.right(undefined) : read(text)

const numeric = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

const numberOf = (text: string): number => (numeric.test(text.trim()) ? Number(text) : NaN)

export const whole = (
  flag: string,
  least: number,
  example: string,
  most = Infinity
): ((text: string | undefined) => Read<number | undefined>) =>
  optional((text) => {
    const n = numberOf(text)
    const expected = most === Infinity ? `an integer of at least ${least}` : `an integer from ${least} to ${most}`
    return Number.isSafeInteger(n) && n >= least && n <= most ? E.right(n) : refused(flag, expected, text, example)
  })

export const inRange = (
  flag: string,
  [least, below]: readonly [number, number],
  example: string
): ((text: string | undefined) => Read<number | undefined>) =>
  optional((text) => {
    const n = numberOf(text)
    return n >= least && n < below
      ? E.right(n)
      : refused(
          flag,
          below === Infinity ? `a number of at least ${least}` : `a number in [${least}, ${below})`,
          text,
          example
        )
  })

/** A number from 0 to 1, both included. */
export const probability = (flag: string, example: string): ((text: string | undefined) => Read<number | undefined>) =>
  optional((text) => {
    const p = numberOf(text)
    return p >= 0 && p <= 1 ? E.right(p) : refused(flag, 'a number in [0, 1]', text, example)
  })

export const positive = (flag: string, example: string): ((text: string | undefined) => Read<number | undefined>) =>
  optional((text) => {
    const n = numberOf(text)
    return n > 0 && n < Infinity ? E.right(n) : refused(flag, 'a positive number', text, example)
  })

/** An integer of any sign. */
export const integer = (flag: string, example: string): ((text: string | undefined) => Read<number | undefined>) =>
  optional((text) => {
    const n = numberOf(text)
    return Number.isSafeInteger(n) ? E.right(n) : refused(flag, 'an integer', text, example)
  })

/** One learning rate, or those of the first and the last group. */
export const rates = (flag: string): ((text: string | undefined) => Read<Rates | undefined>) =>
  optional((text) => {
    const [a, b, ...more] = text.split(',').map(numberOf)
    const fine = (n: number | undefined): boolean => n !== undefined && Number.isFinite(n) && n > 0
    return fine(a) && more.length === 0 && (b === undefined || fine(b))
      ? E.right(b === undefined ? a! : slice(a!, b))
      : refused(flag, 'a positive rate, or two: of the first and the last group', text, '1e-3 or 1e-5,1e-3')
  })

/** The sample values of black and white, separated by a comma. */
export const rangeFlag: (text: string | undefined) => Read<readonly [number, number] | undefined> = optional((text) => {
  const [black, white, ...more] = text.split(',').map(numberOf)
  return more.length === 0 &&
    black !== undefined &&
    white !== undefined &&
    black < white &&
    Number.isFinite(white - black)
    ? E.right([black, white] as const)
    : refused(
        '--range',
        'the sample values of black and white, separated by a comma, the first one smaller',
        text,
        '0,4095'
      )
})

export const oneOf = <A extends string>(
  flag: string,
  choices: ReadonlyArray<A>
): ((text: string | undefined) => Read<A | undefined>) =>
  optional((text) => {
    const chosen = choices.find((choice) => choice === text)
    return chosen === undefined
      ? refused(flag, `one of ${choices.join(', ')}`, text, choices[0] ?? '')
      : E.right(chosen)
  })

export const engineFlag: (text: string | undefined) => Read<EngineName | undefined> = oneOf('--engine', engineNames)

/** Mistakes in a flag's value, each with its position. */
const mistakesAfter =
  (flag: string) =>
  (errors: FormatErrors): NEA.NonEmptyArray<Mistake> =>
    pipe(
      NEA.fromReadonlyNonEmptyArray(errors),
      NEA.map(({ path, expected, found, hint }: FormatError) =>
        settingError(path === '$' ? flag : `${flag} ${path}`, expected, found, hint)
      )
    )

/** Abbreviations and other libraries' names. */
const alsoCalled: Readonly<Record<string, ReadonlyArray<string>>> = {
  acc: ['accuracy'],
  top5: ['topKAccuracy'],
  error: ['errorRate'],
  f1: ['fbeta', 'fbetaScore'],
  f1score: ['fbetaScore'],
  mse: ['meanSquaredError'],
  rmse: ['rootMeanSquaredError'],
  mae: ['meanAbsoluteError'],
  msle: ['meanSquaredLogarithmicError'],
  r2: ['r2Score'],
  auc: ['auroc'],
  rocauc: ['auroc'],
  mcc: ['matthewsCorrcoef'],
  kappa: ['kappaScore'],
  iou: ['dice'],
  jaccard: ['dice'],
  ce: ['crossEntropy'],
  nll: ['crossEntropy'],
  bce: ['bceWithLogits'],
  l2: ['mse'],
  momentum: ['sgd']
}

const unmarked = (word: string): string => word.toLowerCase().replaceAll(/[^a-z0-9]/g, '')

/** The known names that a word may mean, the likeliest first. */
const meant = (word: string, known: ReadonlyArray<string>): ReadonlyArray<string> => {
  const plain = unmarked(word)
  const close = O.toUndefined(nearest(word, known))
  const alike = plain.length < 3 ? [] : known.filter((name) => unmarked(name).includes(plain))
  const also = (alsoCalled[plain] ?? []).filter((name) => known.includes(name))
  return [...new Set([...also, ...(close === undefined ? [] : [close]), ...alike])].slice(0, 3)
}

/** An error that suggests the nearest names in place of listing them all. */
const unknownName = (flag: string, what: string, word: string, known: ReadonlyArray<string>): Read<never> => {
  const names = meant(word, known)
  const list = `graft train --help lists them`
  return E.left([
    settingError(
      flag,
      `${what} by name, or as JSON with options`,
      JSON.stringify(word),
      names.length === 0 ? list : `did you mean ${names.join(' or ')}? ${list}`
    )
  ])
}

/** A name, or JSON with options. */
const namedOrJson = <A>(
  flag: string,
  what: string,
  known: ReadonlyArray<string>,
  decode: (json: unknown) => E.Either<FormatErrors, A>
): ((text: string | undefined) => Read<A | undefined>) =>
  optional((text) => {
    const word = text.trim()
    const isJson = word.startsWith('{')
    if (!isJson && !known.includes(word)) return unknownName(flag, what, word, known)
    return pipe(
      isJson ? parseJson(text) : E.right<FormatErrors, unknown>(word),
      E.chain(decode),
      E.mapLeft(mistakesAfter(flag))
    )
  })

const namesOf = (records: Readonly<Record<string, { readonly name: string }>>): ReadonlyArray<string> =>
  Object.values(records).map(({ name }) => name)

export const optFlag: (text: string | undefined) => Read<Optimiser | undefined> = namedOrJson(
  '--opt',
  'an optimiser',
  namesOf(optimiserRecords),
  decodeOptimiser
)

export const lossFlag: (text: string | undefined) => Read<Loss | undefined> = namedOrJson(
  '--loss',
  'a loss',
  namesOf(lossRecords),
  decodeLoss
)

const metricList = makeSchema((g) => g.list(metricSchema(g)))

/** Names separated by commas, or JSON for a metric with options. */
const metricsJson = (text: string): ReadonlyArray<unknown> | undefined => {
  const list = text.trim()
  if (!/^[[{]/.test(list)) return list.split(',').map((word) => word.trim())
  const read = O.toUndefined(O.fromEither(parseJson(list)))
  return Array.isArray(read) ? read : read === undefined ? undefined : [read]
}

/** Examples for the metrics that need options. */
const optionsOfMetric: Readonly<Record<string, string>> = {
  foregroundAccuracy: '{ "voidCode": 30 }',
  meanIou: '{ "codes": ["sky", "road"] }'
}

export const metricsFlag: (text: string | undefined) => Read<ReadonlyArray<Metric> | undefined> = optional((text) => {
  const list = metricsJson(text)
  if (list === undefined)
    return refused('--metrics', 'metrics by name, or as JSON', text, `'["accuracy", { "topKAccuracy": { "k": 3 } }]'`)
  const named = list.map((one) => (typeof one === 'string' ? one : Object.keys(one ?? {}).join()))
  const known = [...metricWords, ...metricsWithOptions]
  const unknown = named.find((name) => name !== '' && !known.includes(name))
  if (unknown !== undefined) return unknownName('--metrics', 'metrics', unknown, known)
  const bare = list.find((one): one is string => typeof one === 'string' && metricsWithOptions.includes(one))
  if (bare !== undefined)
    return refused('--metrics', 'its options, as JSON', bare, `'[{ "${bare}": ${optionsOfMetric[bare] ?? '{}'} }]'`)
  return pipe(
    decodeWith(metricList)(list),
    E.chain(E.traverseArray(decodeMetric)),
    E.mapLeft(mistakesAfter('--metrics'))
  )
})

/** A file to write an image to. */
export const pictureFlag = (
  flag: string,
  forms: ReadonlyArray<string>,
  example: string
): ((text: string | undefined) => Read<string | undefined>) =>
  optional((text) =>
    forms.includes(extname(text).toLowerCase())
      ? E.right(text)
      : refused(flag, `a name ending in ${forms.join(', ')}`, text, example)
  )

/** All flags parsed, or every mistake in them. */
export const readFlags = <R extends Record<string, unknown>>(all: { readonly [K in keyof R]: Read<R[K]> }): E.Either<
  GraftError,
  { readonly [K in keyof R]: R[K] }
> =>
  pipe(
    sequenceS(E.getApplicativeValidation(NEA.getSemigroup<Mistake>()))(all as never) as Read<R>,
    E.mapLeft((errors) => mistakes('the command line', errors))
  )

/** An error that names the given flags that do not apply to `what`, so that none is silently ignored. */
export const refuseUnused = (
  what: string,
  flags: Readonly<Record<string, string | boolean | undefined>>
): E.Either<GraftError, void> => {
  const [first, ...rest] = Object.entries(flags).flatMap(([flag, value]) =>
    value === undefined ? [] : [settingError(flag, `no such flag for ${what}`, String(value), `leave ${flag} out`)]
  )
  return first === undefined ? E.right(undefined) : E.left(mistakes('the command line', [first, ...rest]))
}

/** Removes undefined fields, for records whose fields may be missing but not undefined. */
export const given = <R extends object>(record: R): { [K in keyof R]?: Exclude<R[K], undefined> } =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as never
