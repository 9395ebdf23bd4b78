import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import { type Event, strongestVerdict, type Verdict } from '../../recipe/index.js'
import type { Callback, LearnerNow } from '../learner/Learner.js'

/**
 * Combines callbacks: each receives every event, in order, and the strongest verdict is returned, or the first error.
 *
 * @example
 * import { callbacks, settingError } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const all = callbacks([() => () => Promise.resolve('haltEpoch' as const), () => () => 'continue'])
 * const now = () => E.left(settingError('learner', 'a training', 'none', 'train'))
 * assert.deepStrictEqual(await all({ _tag: 'Warning', message: 'x' }, now)(), E.right('haltEpoch'))
 *
 * @category training
 * @since 0.1.0
 */
export const callbacks =
  (all: ReadonlyArray<Callback>) =>
  (event: Event, now: LearnerNow): TaskEither<GraftError, Verdict> =>
  async () => {
    const verdicts: Array<Verdict> = []
    for (const callback of all) {
      const answer = await callback(event, now)()
      if (typeof answer !== 'string' && E.isLeft(answer)) return answer
      verdicts.push(typeof answer === 'string' ? answer : answer.right)
    }
    return E.right(strongestVerdict(verdicts))
  }
