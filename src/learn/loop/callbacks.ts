import { strongestVerdict, type Verdict } from '../../recipe/index.js'
import type { Callback } from '../learner/Learner.js'

/**
 * Combines callbacks: each receives every event, in order, and the strongest verdict is returned.
 *
 * @example
 * import { callbacks, settingError } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const all = callbacks([() => () => Promise.resolve('haltEpoch' as const), () => () => 'continue'])
 * const now = () => E.left(settingError('learner', 'a training', 'none', 'train'))
 * assert.strictEqual(await all({ _tag: 'Warning', message: 'x' }, now)(), 'haltEpoch')
 *
 * @category training
 * @since 0.1.0
 */
export const callbacks =
  (all: ReadonlyArray<Callback>): Callback =>
  (event, now) =>
  async () => {
    const verdicts: Array<Verdict> = []
    for (const callback of all) verdicts.push(await callback(event, now)())
    return strongestVerdict(verdicts)
  }
