/**
 * Which of some images a holdout holds out.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { badSpec, type DataError, emptyClass, missingFolder, someOf, tooFewItems } from '../DataError.js'
import type { Grouping } from './Grouping.js'
import type { HeldFold, Holdout, Separation } from './Holdout.js'
import { separateRandomly } from './Holdout.js'
import { labelFromRegex } from '../Labelling.js'
import { folderOf } from '../folders/Listing.js'
import { foldsOf, separateByLabels, separateGroups, separateStratified } from './separation.js'

/** What a holdout may depend on. */
export interface Holdable {
  readonly file: string
  readonly label: string
  /** Its cell in the column of groups. */
  readonly group?: string
  /** Its labels, if images have any number of them. */
  readonly labels?: ReadonlyArray<string>
}

/** A holdout that depends on neither folders nor a column of sets. */
export type OwnHoldout = Exclude<Holdout, { readonly _tag: 'Auto' | 'ByFolder' | 'ByColumn' }>

type Items = ReadonlyArray<Holdable>

const areLabelled = (items: Items): items is ReadonlyArray<Holdable & Required<Pick<Holdable, 'labels'>>> =>
  items.length > 0 && items.every(({ labels }) => labels !== undefined)

const groupsOf =
  (by: Grouping) =>
  (items: Items): E.Either<DataError, ReadonlyArray<string>> =>
    typeof by === 'object'
      ? E.traverseArray(labelFromRegex(by.pattern))(items.map(({ file }) => file))
      : E.right(items.map(({ group }) => group ?? ''))

const where = 'data.source.holdout'

const grouped = (
  { by, pct, seed }: Extract<Holdout, { readonly _tag: 'ByGroup' }>,
  items: Items
): E.Either<DataError, Separation> =>
  pipe(
    groupsOf(by)(items),
    E.filterOrElseW(
      (groups) => new Set(groups).size > 1,
      (groups) =>
        tooFewItems(
          where,
          'at least 2 groups, one to train on and one to validate on',
          `${new Set(groups).size}: ${someOf([...new Set(groups)])}`,
          'group by another column or pattern'
        )
    ),
    E.map(separateGroups(pct, seed))
  )

/** The error for fewer images, groups or, if stratified, images of a class than folds. */
const tooFew = (
  { k, stratified }: HeldFold,
  items: Items,
  groups: ReadonlyArray<string> | null
): O.Option<DataError> => {
  const few = (what: string, n: number): DataError =>
    tooFewItems(where, `at least ${k} ${what} for ${k} folds`, String(n), 'make fewer folds')
  const n = groups === null ? items.length : new Set(groups).size
  if (n < k) return O.some(few(groups === null ? 'images' : 'groups', n))
  // a label may be rarer than there are folds
  if (!stratified || areLabelled(items)) return O.none
  const counts = new Map<string, number>()
  for (const { label } of items) counts.set(label, (counts.get(label) ?? 0) + 1)
  const rare = [...counts].filter(([, count]) => count < k)
  return rare.length === 0
    ? O.none
    : O.some(
        emptyClass(
          where,
          `at least ${k} images of each class for ${k} stratified folds`,
          someOf(rare.map(([label, count]) => `${count} of ${label}`)),
          'make fewer folds, or do not stratify them'
        )
      )
}

const foldHeld = (holdout: HeldFold, items: Items): E.Either<DataError, Separation> => {
  const { fold, k, stratified, group, seed } = holdout
  return pipe(
    O.isNone(group) ? E.right(null) : groupsOf(group.value)(items),
    E.chain((groups: ReadonlyArray<string> | null) => {
      const few = tooFew(holdout, items, groups)
      if (O.isSome(few)) return E.left(few.value)
      const strata =
        stratified && areLabelled(items)
          ? items.map(({ labels }) => labels)
          : items.map(({ label }) => (stratified ? label : ''))
      const folds = foldsOf({ k, strata, groups, seed })
      const all = items.map((_, i) => i)
      return E.right({ train: all.filter((i) => folds[i] !== fold), valid: all.filter((i) => folds[i] === fold) })
    })
  )
}

const tidyPath = (name: string): string => name.trim().replaceAll('\\', '/').replace(/^\.\//, '').normalize('NFC')

const baseOf = (file: string): string => (folderOf(file) === '' ? file : file.slice(folderOf(file).length + 1))

/** The listed images, by path or by name. */
const listed = (files: ReadonlyArray<string>, items: Items): E.Either<DataError, Separation> => {
  const wanted = new Set(files.map(tidyPath).filter((name) => name !== ''))
  const found = new Set<string>()
  const valid: Array<number> = []
  const train: Array<number> = []
  items.forEach(({ file }, i) => {
    const path = file.normalize('NFC')
    const names = [path, baseOf(path)].filter((name) => wanted.has(name))
    for (const name of names) found.add(name)
    ;(names.length > 0 ? valid : train).push(i)
  })
  const missing = [...wanted].filter((name) => !found.has(name))
  return missing.length === 0
    ? E.right({ train, valid })
    : E.left(
        missingFolder(
          missing[0]!,
          'every listed image among those to train and validate on',
          `${missing.length} of ${wanted.size} that are not: ${someOf(missing)}`,
          'correct the list: paths below the folder of the data, or names of files'
        )
      )
}

/** Returns whether a user's function holds out a file; it may throw. */
const asked = (
  { f }: Extract<Holdout, { readonly _tag: 'ByFunction' }>,
  items: Items
): E.Either<DataError, Separation> =>
  pipe(
    items,
    E.traverseArray(({ file }) =>
      E.tryCatch(
        () => f.run(file),
        (reason) =>
          badSpec(where, 'a function that does not throw', `${String(reason)}, for ${file}`, 'fix the function')
      )
    ),
    E.map((held) => {
      const all = items.map((_, i) => i)
      return { train: all.filter((i) => held[i] !== true), valid: all.filter((i) => held[i] === true) }
    })
  )

/** Returns the positions of the items of both sets. */
export const heldOut =
  (holdout: OwnHoldout) =>
  (items: Items): E.Either<DataError, Separation> => {
    switch (holdout._tag) {
      case 'ByPct':
        return E.right(separateRandomly(holdout.pct, holdout.seed)(items.length))
      case 'Stratified':
        return E.right(
          areLabelled(items)
            ? separateByLabels(holdout.pct, holdout.seed)(items.map(({ labels }) => labels))
            : separateStratified(holdout.pct, holdout.seed)(items.map(({ label }) => label))
        )
      case 'ByGroup':
        return grouped(holdout, items)
      case 'ByFile':
        return E.left(badSpec(where, 'the lines of the file', 'none', 'open it with openData, which reads them'))
      case 'ByList':
        return listed(holdout.files, items)
      case 'ByFunction':
        return asked(holdout, items)
      case 'Fold':
        return foldHeld(holdout, items)
    }
  }
