/** The flags by which an export is calibrated. */
import * as E from 'fp-ts/lib/Either.js'
import type { AbstainOptions } from '../../learn/index.js'
import type { GraftError } from '../../GraftError.js'
import { settingError } from '../../learn/index.js'

/** `energy:0.9`, `energy`, or nothing. */
export const abstainFlag = (text: string | true | undefined): E.Either<GraftError, AbstainOptions | undefined> => {
  if (text === undefined) return E.right(undefined)
  if (text === true) return E.right({})
  const [, by, coverage] = /^(probability|energy|knn)(?::(\d*\.?\d+))?$/.exec(text.trim()) ?? []
  return by === undefined
    ? E.left(
        settingError(
          '--abstain',
          'probability, energy or knn, and the share of images to answer',
          JSON.stringify(text),
          'write e.g. --abstain energy:0.95'
        )
      )
    : E.right({
        by: by as 'probability' | 'energy' | 'knn',
        ...(coverage === undefined ? {} : { coverage: Number(coverage) })
      })
}
