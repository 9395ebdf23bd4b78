/**
 * Division into training, validation and test sets, by folders, by a table's column, or at random.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  ambiguousFolders,
  type DataError,
  type DataWarning,
  holdoutDrawn,
  missingFolder,
  skippedFiles
} from '../DataError.js'
import type { Indexed } from '../Indexed.js'
import { type Holdable, heldOut, type OwnHoldout } from './heldOut.js'
import { defaultPct, defaultSeed, type Holdout, separateRandomly, type Separation } from './Holdout.js'
import { fullNames, setFolderOf, type SetName, setNamed, setOfPath, twoForOneSet } from './SetName.js'

/** An item and its assigned set; none: not assigned. */
export interface Assigned<A> {
  readonly item: A
  readonly set: O.Option<SetName>
}

/** Items by set. Those left out were not assigned although others were. */
export interface Sets<A> {
  readonly train: ReadonlyArray<A>
  readonly valid: ReadonlyArray<A>
  readonly test: ReadonlyArray<A>
  readonly leftOut: ReadonlyArray<A>
  /** Whether the validation items were drawn from a seed. */
  readonly drawn: boolean
  readonly warnings: ReadonlyArray<DataWarning>
}

/** The words for sets in messages. */
export interface SetWords {
  readonly root: string
  /** The names of the sets' places. */
  readonly names: Readonly<Record<SetName, string>>
  /** What separates the sets: folders, a column. */
  readonly by: string
  /** How a user could separate the images. */
  readonly hint: string
}

/** The set of each file by a folder on its path. Error: `AmbiguousFolders` if two names mean one set. */
export const setsOfPaths =
  (root: string) =>
  (files: ReadonlyArray<string>): E.Either<DataError, ReadonlyArray<O.Option<SetName>>> => {
    const names = [...new Set(files.flatMap((file) => O.toUndefined(setFolderOf(file)) ?? []))]
    const twice = twoForOneSet(setNamed)(names)
    return O.isNone(twice)
      ? E.right(files.map(setOfPath))
      : E.left(
          ambiguousFolders(
            root,
            `folders of one name for ${fullNames[twice.value.set]} images`,
            twice.value.names.join(', '),
            'rename one of them: to the same name, or to test if its images are to be kept apart'
          )
        )
  }

const isOwn = (holdout: Holdout): holdout is OwnHoldout => !['Auto', 'ByFolder', 'ByColumn'].includes(holdout._tag)

/** Holdouts by which users say of each item whether it is held out. */
const listed: ReadonlyArray<Holdout['_tag']> = ['ByFile', 'ByList', 'ByFunction']

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

/**
 * Divides items into sets. If training and validation sets are assigned, they are used; without a validation set, it is
 * drawn from the training set (or from the unassigned items); if only a validation set is assigned, the unassigned
 * items are the training set. A holdout that divides images by itself divides all but test items, which are never used.
 * Errors: `MissingFolder` for a required set or a listed file that is missing; those of `heldOut`.
 */
export const separated =
  (holdout: Holdout, { root, names, by, hint }: SetWords) =>
  <A extends Holdable>(items: Indexed<Assigned<A>>): E.Either<DataError, Sets<A>> => {
    const bySet = { train: [] as Array<A>, valid: [] as Array<A>, test: [] as Array<A>, none: [] as Array<A> }
    for (let i = 0; i < items.length; i++) {
      const { item, set } = items.at(i)
      bySet[O.isSome(set) ? set.value : 'none'].push(item)
    }
    const { train: named, valid, test, none: others } = bySet
    const [train, leftOut] = named.length > 0 ? [named, others] : [others, []]
    const apart =
      test.length > 0
        ? [`${counted(test.length, 'test image')} (${names.test}), which are not used for training or validation`]
        : []
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
    const divided = (from: ReadonlyArray<A>, positions: Separation): Sets<A> => {
      const at = (all: ReadonlyArray<number>): ReadonlyArray<A> => all.map((i) => from[i]!)
      const drawn = !listed.includes(holdout._tag)
      return { train: at(positions.train), valid: at(positions.valid), test, leftOut, drawn, warnings }
    }
    if (isOwn(holdout)) {
      // in their order
      const from: Array<A> = []
      for (let i = 0; i < items.length; i++) {
        const { item, set } = items.at(i)
        const its = O.isSome(set) ? set.value : 'none'
        if (its === 'valid' || its === (named.length > 0 ? 'train' : 'none')) from.push(item)
      }
      return E.map((positions: Separation) => divided(from, positions))(heldOut(holdout)(from))
    }
    // the usual case, or what was asked for, needs no warning
    if (valid.length > 0) return E.right({ train, valid, test, leftOut, drawn: false, warnings })
    if (holdout._tag === 'ByFolder') return missing('valid')
    const sets = divided(train, separateRandomly(defaultPct, defaultSeed)(train.length))
    const found = `${sets.valid.length} of ${train.length} images drawn at random for validation (seed ${defaultSeed})`
    return E.right({
      ...sets,
      warnings: [
        holdoutDrawn(root, 'a validation set', found, `to choose the part: holdoutByPct(${defaultPct}); or ${hint}`),
        ...warnings
      ]
    })
  }
