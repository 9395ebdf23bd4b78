/** The check of a curve that drives a hyperparameter. */
import { type RecipeError, recipeError } from './RecipeError.js'
import { boundsOf, foldSchedule, type Part, type Schedule } from './Schedule.js'

/** The values that a curve may take: from `min`, below `below`. */
export interface Allowed {
  readonly min: number
  readonly below: number
}

type At = (path: string) => ReadonlyArray<RecipeError>

const wrong = (path: string, expected: string, found: unknown): RecipeError =>
  recipeError(path, expected, String(found), `pass ${expected}`)

const numbers = (fields: Readonly<Record<string, number>>): At => {
  const bad = Object.entries(fields).filter(([, value]) => !Number.isFinite(value))
  return (path) => bad.map(([field, value]) => wrong(`${path}.${field}`, 'a finite number', value))
}

const ofParts =
  (parts: ReadonlyArray<Part>): At =>
  (path) => {
    const total = parts.reduce((sum, { length }) => sum + length, 0)
    const lengths = parts.flatMap(({ length }, i) =>
      length >= 0 && Number.isFinite(length)
        ? []
        : [wrong(`${path}.parts[${i}].length`, 'a finite length from 0', length)]
    )
    const none = !(total > 0) && lengths.length === 0
    return [
      ...lengths,
      ...(none ? [wrong(`${path}.parts`, 'parts with a length above 0', parts.length === 0 ? 'none' : total)] : []),
      ...parts.flatMap(({ schedule }, i) => mistakesIn(schedule)(`${path}.parts[${i}].schedule`))
    ]
  }

/** Every part of a curve that has no value. */
const mistakesIn: (s: Schedule) => At = foldSchedule<At>({
  Constant: ({ value }) => numbers({ value }),
  Linear: ({ from, to }) => numbers({ from, to }),
  Cosine: ({ from, to }) => numbers({ from, to }),
  Exponential:
    ({ from, to }) =>
    (path) => {
      const ratio = to / from
      return ratio > 0 && Number.isFinite(ratio)
        ? numbers({ from, to })(path)
        : [wrong(path, 'numbers of the same sign, neither 0', `${from} and ${to}`)]
    },
  Polynomial:
    ({ from, to, degree }) =>
    (path) => [
      ...numbers({ from, to })(path),
      ...(degree > 0 && Number.isFinite(degree) ? [] : [wrong(`${path}.degree`, 'a positive number', degree)])
    ],
  Concat: ({ parts }) => ofParts(parts),
  Scale:
    ({ factor, schedule }) =>
    (path) => [...numbers({ factor })(path), ...mistakesIn(schedule)(`${path}.schedule`)]
})

/** Every mistake in a curve whose values must be in [min, below). */
export const checkSchedule = (s: Schedule, path: string, { min, below }: Allowed): ReadonlyArray<RecipeError> => {
  const mistakes = mistakesIn(s)(path)
  if (mistakes.length > 0) return mistakes
  const [low, high] = boundsOf(s)
  const expected = below === Infinity ? `finite values from ${min}` : `values from ${min}, below ${below}`
  return low >= min && high < below ? [] : [wrong(path, expected, low >= min ? high : low)]
}
