/**
 * Training, validation and test images apart: by the sets that their folders or their table name, or by a draw.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { type DataError, type DataWarning, holdoutDrawn, missingFolder, skippedFiles } from './DataError.js'
import { defaultPct, defaultSeed, type Holdout, separateRandomly } from './Holdout.js'
import type { SetName } from './SetName.js'

/** An item and the set that it is said to be in; none: nothing is said. */
export interface Assigned<A> {
  readonly item: A
  readonly set: O.Option<SetName>
}

/** Items by what they serve for. Those left out belong to no set although others do. */
export interface Sets<A> {
  readonly train: ReadonlyArray<A>
  readonly valid: ReadonlyArray<A>
  readonly test: ReadonlyArray<A>
  readonly leftOut: ReadonlyArray<A>
  readonly warnings: ReadonlyArray<DataWarning>
}

/** How messages speak of the sets. */
export interface SetWords {
  readonly root: string
  /** The places of the sets. */
  readonly names: Readonly<Record<SetName, string>>
  /** What separates them: folders, a column. */
  readonly by: string
  /** How a user would separate the images. */
  readonly hint: string
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

/**
 * Separates items. Both sets, where training and validation are named; a draw from the training set (or from all that
 * is in no set) without a validation set; what is in no set trains where only validation is named. Nothing is ever drawn from the test
 * set. Errors: `MissingFolder` for a set that has to be there and is not.
 */
export const separated =
  (holdout: Holdout, { root, names, by, hint }: SetWords) =>
  <A>(items: ReadonlyArray<Assigned<A>>): E.Either<DataError, Sets<A>> => {
    const of = (set: SetName): ReadonlyArray<A> =>
      items.filter((one) => O.isSome(one.set) && one.set.value === set).map(({ item }) => item)
    const [named, valid, test] = [of('train'), of('valid'), of('test')]
    const others = items.filter((one) => O.isNone(one.set)).map(({ item }) => item)
    const [train, leftOut] = named.length > 0 ? [named, others] : [others, []]
    const apart = test.length > 0 ? [`${counted(test.length, 'test image')} (${names.test}), which are kept apart`] : []
    const missing = (set: SetName): E.Either<DataError, never> =>
      E.left(
        missingFolder(
          `${root}/${names[set]}`,
          `images to ${set === 'train' ? 'train on' : 'validate on'}`,
          ['none', ...apart].join(' beside '),
          hint
        )
      )
    if (train.length === 0 && (valid.length > 0 || test.length > 0)) return missing('train')
    const warnings =
      leftOut.length === 0
        ? []
        : [skippedFiles(root, by, `${counted(leftOut.length, 'image')} outside ${by}, left out`, hint)]
    const drawn = (from: ReadonlyArray<A>, pct: number, seed: number): Sets<A> => {
      const positions = separateRandomly(pct, seed)(from.length)
      const at = (all: ReadonlyArray<number>): ReadonlyArray<A> => all.map((i) => from[i]!)
      return { train: at(positions.train), valid: at(positions.valid), test, leftOut, warnings }
    }
    if (holdout._tag === 'ByPct') {
      const pool = new Set([...train, ...valid])
      const from = items.map(({ item }) => item).filter((item) => pool.has(item))
      return E.right(drawn(from, holdout.pct, holdout.seed))
    }
    // what is usual, or was asked for, is not worth a warning
    if (valid.length > 0) return E.right({ train, valid, test, leftOut, warnings })
    if (holdout._tag === 'ByFolder') return missing('valid')
    const sets = drawn(train, defaultPct, defaultSeed)
    const found = `${sets.valid.length} of ${train.length} images drawn at random to validate on (seed ${defaultSeed})`
    return E.right({ ...sets, warnings: [holdoutDrawn(root, 'a validation set', found, hint), ...warnings] })
  }
