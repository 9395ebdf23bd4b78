/**
 * `GraftError`: the union of all rooms' errors, one or several at once, and the function that prints them.
 *
 * @category errors
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { NonEmptyArray } from 'fp-ts/lib/NonEmptyArray.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import type { Show } from 'fp-ts/lib/Show.js'
import type { DataError } from './data/index.js'
import type { ExportError } from './emit/index.js'
import type { JobError } from './emit/torch/index.js'
import type { EngineError } from './engine/index.js'
import type { FormatError } from './format/index.js'
import type { InterpretError } from './interpret/index.js'
import type { IoError } from './io/index.js'
import type { LearnError } from './learn/LearnError.js'
import type { PlanError } from './plan/index.js'
import type { RecipeError } from './recipe/index.js'
import type { ServeError } from './serve/ServeError.js'
import { eqValue } from './Value.js'

/**
 * A single mistake, from any room.
 *
 * @category errors
 * @since 0.1.0
 */
export type Mistake =
  | DataError
  | EngineError
  | ExportError
  | FormatError
  | InterpretError
  | IoError
  | JobError
  | LearnError
  | PlanError
  | RecipeError
  | ServeError

/**
 * Several independent mistakes in one thing.
 *
 * @category errors
 * @since 0.1.0
 */
export interface Mistakes {
  readonly _tag: 'Mistakes'
  /** What contains the mistakes: a model, a recipe, a file. */
  readonly what: string
  readonly errors: ReadonlyNonEmptyArray<Mistake>
}

export type GraftError = Mistake | Mistakes

/**
 * Returns a single mistake unchanged, and wraps several as one error about `what` (a model, a recipe, a file).
 *
 * @example
 * import { mistakes } from 'graft-vision'
 * import { recipeError } from './recipe/index.js'
 *
 * const rate = recipeError('recipe[0].lr', 'a positive rate', '0', 'pass 1e-3')
 * const name = recipeError('recipe[1].name', 'a name', "''", 'pass a name')
 * assert.strictEqual(mistakes('the recipe', [rate]), rate)
 * assert.strictEqual(mistakes('the recipe', [rate, name])._tag, 'Mistakes')
 *
 * @category errors
 * @since 0.1.0
 */
export const mistakes = (what: string, errors: ReadonlyNonEmptyArray<Mistake> | NonEmptyArray<Mistake>): GraftError =>
  errors.length === 1 ? errors[0] : { _tag: 'Mistakes', what, errors }

/**
 * The single mistakes of an error, at least one.
 *
 * @example
 * import { mistakes, mistakesOf } from 'graft-vision'
 * import { recipeError } from './recipe/index.js'
 *
 * const rate = recipeError('recipe[0].lr', 'a positive rate', '0', 'pass 1e-3')
 * const name = recipeError('recipe[1].name', 'a name', "''", 'pass a name')
 * assert.deepStrictEqual(mistakesOf(mistakes('the recipe', [rate, name])), [rate, name])
 * assert.deepStrictEqual(mistakesOf(rate), [rate])
 *
 * @category errors
 * @since 0.1.0
 */
export const mistakesOf = (error: GraftError): ReadonlyNonEmptyArray<Mistake> =>
  error._tag === 'Mistakes' ? error.errors : [error]

/**
 * Folds an error: one mistake, or several in one thing.
 *
 * @example
 * import { Fold } from 'graft-vision'
 * import { recipeError } from './recipe/index.js'
 *
 * const where = Fold.graftError((mistake) => mistake.path, ({ what }) => what)
 * assert.strictEqual(where(recipeError('recipe[0].lr', 'a positive rate', '0', 'pass 1e-3')), 'recipe[0].lr')
 *
 * @category folds
 * @since 0.1.0
 */
export const foldGraftError =
  <B>(onMistake: (mistake: Mistake) => B, onMistakes: (mistakes: Mistakes) => B) =>
  (error: GraftError): B =>
    error._tag === 'Mistakes' ? onMistakes(error) : onMistake(error)

const drawOne = (m: Mistake): ReadonlyArray<string> => [
  `${m._tag} at ${m.path}`,
  `├─ expected ${m.expected}`,
  `├─ found ${m.found}`,
  `└─ ${m.hint}`
]

/** Maximum number of mistakes to print in full; if there are more, this many are printed on one line each. */
const mostDrawn = 10

/** Many mistakes: the first ones on one line each, the number of the others, and what to do about the first. */
const drawMany = (errors: Mistakes['errors']): ReadonlyArray<string> => [
  ...errors.slice(0, mostDrawn).map((m) => `├─ ${m._tag} at ${m.path}: expected ${m.expected}, found ${m.found}`),
  `├─ and ${errors.length - mostDrawn} more`,
  `└─ ${errors[0].hint}`
]

/**
 * Prints an error as a tree: where, what was expected, what was found, what to do. Of more than ten mistakes in one
 * thing, the first ten are printed, one line each, and the number of the others.
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
 * @category errors
 * @since 0.1.0
 */
export const drawError = (error: GraftError): string => {
  if (error._tag !== 'Mistakes') return drawOne(error).join('\n')
  const title = `${error.errors.length} mistakes in ${error.what}`
  if (error.errors.length > mostDrawn) return [title, ...drawMany(error.errors)].join('\n')
  const blocks = error.errors.map(drawOne)
  return [
    title,
    ...blocks.flatMap(([first, ...rest], i) => {
      const last = i === blocks.length - 1
      return [`${last ? '└─' : '├─'} ${first ?? ''}`, ...rest.map((line) => `${last ? '   ' : '│  '}${line}`)]
    })
  ].join('\n')
}

/**
 * Equality of errors of any room.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqGraftError: Eq<GraftError> = eqValue()
/**
 * Shows an error as `drawError` prints it.
 *
 * @category instances
 * @since 0.1.0
 */
export const showGraftError: Show<GraftError> = { show: drawError }
