/**
 * `GraftError`: the sum of the rooms' errors, several at once, and the one function that prints them.
 *
 * @since 0.1.0
 */
import type { NonEmptyArray } from 'fp-ts/lib/NonEmptyArray.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import type { DataError } from './data/index.js'
import type { EngineError } from './engine/index.js'
import type { FormatError } from './format/index.js'
import type { IoError } from './io/index.js'
import type { LearnError } from './learn/LearnError.js'
import type { PlanError } from './plan/index.js'
import type { RecipeError } from './recipe/index.js'

/** One mistake. */
export type Mistake = DataError | EngineError | FormatError | IoError | LearnError | PlanError | RecipeError

/** Several mistakes in one thing, independent of each other. */
export interface Mistakes {
  readonly _tag: 'Mistakes'
  /** The thing: a model, a recipe, a file. */
  readonly what: string
  readonly errors: ReadonlyNonEmptyArray<Mistake>
}

export type GraftError = Mistake | Mistakes

/** @since 0.1.0 */
export const mistakes = (what: string, errors: ReadonlyNonEmptyArray<Mistake> | NonEmptyArray<Mistake>): GraftError =>
  errors.length === 1 ? errors[0] : { _tag: 'Mistakes', what, errors }

/**
 * Every single mistake of an error.
 *
 * @since 0.1.0
 */
export const mistakesOf = (error: GraftError): ReadonlyNonEmptyArray<Mistake> =>
  error._tag === 'Mistakes' ? error.errors : [error]

const drawOne = (m: Mistake): ReadonlyArray<string> => [
  `${m._tag} at ${m.path}`,
  `├─ expected ${m.expected}`,
  `├─ found ${m.found}`,
  `└─ ${m.hint}`
]

/**
 * Prints an error as a tree: where, what was expected, what was found, what to do.
 *
 * @example
 * import { drawError, plan, resnet18 } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const result = plan({ input: [1, 224, 224] })(resnet18)
 * if (E.isRight(result)) throw new Error('resnet18 wants three channels')
 * assert.strictEqual(
 *   drawError(result.left[0]),
 *   [
 *     'ShapeError at conv1',
 *     '├─ expected 3 channels',
 *     '├─ found 1 channels (1×224×224)',
 *     '└─ use conv2d(1, 64, ...)'
 *   ].join('\n')
 * )
 *
 * @since 0.1.0
 */
export const drawError = (error: GraftError): string => {
  if (error._tag !== 'Mistakes') return drawOne(error).join('\n')
  const blocks = error.errors.map(drawOne)
  return [
    `${error.errors.length} mistakes in ${error.what}`,
    ...blocks.flatMap(([first, ...rest], i) => {
      const last = i === blocks.length - 1
      return [`${last ? '└─' : '├─'} ${first ?? ''}`, ...rest.map((line) => `${last ? '   ' : '│  '}${line}`)]
    })
  ].join('\n')
}
