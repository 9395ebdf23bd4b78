/**
 * The types of an environment's options, checked before they are used: plain JavaScript can pass what no compiler has
 * checked. The engine checks its own.
 */
import { type GraftError, mistakes } from '../GraftError.js'
import { type LearnError, settingError } from './LearnError.js'

type Check = readonly [is: (u: unknown) => boolean, expected: string, hint: string]

const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> => typeof u === 'object' && u !== null
const isFunction = (u: unknown): boolean => typeof u === 'function'

const options: Readonly<Record<string, Check>> = {
  workers: [(u) => Number.isInteger(u) && Number(u) >= 0, 'an integer of at least 0', 'pass e.g. 2, or leave it out'],
  onEvent: [isFunction, 'a function of events', "write onEvent: (event) => () => 'continue'"],
  signal: [isRecord, 'an AbortSignal', 'pass the signal of an AbortController'],
  cache: [isRecord, 'a cache', 'make it with cacheFrom or nodeCache'],
  places: [isRecord, 'places of weights', 'make them with weightsPlacesFrom'],
  progress: [isFunction, 'a function of progress', 'write progress: (report) => () => undefined']
}

const shown = (u: unknown): string => (isRecord(u) ? 'an object' : (JSON.stringify(u) ?? String(u)))

const mistakesIn = (given: unknown): ReadonlyArray<LearnError> =>
  isRecord(given)
    ? Object.entries(options).flatMap(([name, [is, expected, hint]]) =>
        given[name] === undefined || is(given[name]) ? [] : [settingError(name, expected, shown(given[name]), hint)]
      )
    : [settingError('options', 'an object', shown(given), "leave them out, or write e.g. { engine: 'cpu' }")]

/** Every option of another type, as one error; null: none. */
export const wrongEnvOptions = (given: unknown): GraftError | null => {
  const [first, ...rest] = mistakesIn(given)
  return first === undefined ? null : mistakes('the environment', [first, ...rest])
}
