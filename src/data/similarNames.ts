/**
 * Names that a reader takes for one: the same letters in another Unicode form, another case, other spaces.
 *
 * @since 0.1.0
 */
import { type DataWarning, similarNames, someOf } from './DataError.js'

const groupsBy = (
  key: (name: string) => string,
  names: ReadonlyArray<string>
): ReadonlyArray<ReadonlyArray<string>> => {
  const groups = new Map<string, Array<string>>()
  for (const name of new Set(names)) {
    const group = groups.get(key(name))
    if (group === undefined) groups.set(key(name), [name])
    else group.push(name)
  }
  return [...groups.values()].filter((group) => group.length > 1)
}

const composed = (name: string): string => name.normalize('NFC')

/** Says once which names are written in several Unicode forms, and so are one class. */
export const unicodeForms =
  (root: string) =>
  (names: ReadonlyArray<string>): ReadonlyArray<DataWarning> => {
    const merged = groupsBy(composed, names).map(([name]) => composed(name!))
    return merged.length === 0
      ? []
      : [
          similarNames(
            root,
            'names in one Unicode form',
            `${someOf(merged)} in two forms (composed and decomposed), taken as one class`,
            'rename one of the two to be sure'
          )
        ]
  }

const plain = (name: string): string => composed(name).toLowerCase().trim().replace(/\s+/g, ' ')

/** Says which classes differ by nothing but case or spaces; they stay apart. */
export const lookAlikes =
  (root: string) =>
  (labels: ReadonlyArray<string>): ReadonlyArray<DataWarning> => {
    const alike = groupsBy(plain, labels).map((group) => group.map((name) => JSON.stringify(name)).join(' and '))
    return alike.length === 0
      ? []
      : [
          similarNames(
            root,
            'names that differ by more than case or spaces',
            `${someOf(alike)}, taken as different classes`,
            'rename them if they are one class'
          )
        ]
  }
