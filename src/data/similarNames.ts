/**
 * Names that a reader takes for one: the same letters in another Unicode form, another case, other spaces, or characters that
 * look alike.
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

/** Cyrillic and Greek letters that are drawn as Latin ones are, each before its Latin letter. */
const drawnAlike = new Map(
  [...'аaеeоoрpсcуyхxіiјjѕsԁdһhкkмmтtвbнhαaοoρpνvιi'].flatMap((c, i, all) =>
    i % 2 === 0 ? [[c, all[i + 1]!] as const] : []
  )
)

const plain = (name: string): string => composed(name).toLowerCase().trim().replace(/\s+/g, ' ')

/** What is left of a name for the eye: nothing invisible, ligatures as their letters. */
const seen = (name: string): string =>
  [...plain(name.normalize('NFKC')).replaceAll(/[\p{Cf}\p{Cc}\u034f\ufe00-\ufe0f]/gu, '')]
    .map((c) => drawnAlike.get(c) ?? c)
    .join('')

/** Names in quotes; where they differ by what cannot be seen, as codes. */
const shown = (group: ReadonlyArray<string>): string => {
  const hidden = new Set(group.map(plain)).size > 1 ? /[^ -~]/gu : /[^\S ]/gu
  const coded = (c: string): string => `\\u${c.codePointAt(0)!.toString(16).padStart(4, '0')}`
  return group.map((name) => JSON.stringify(name).replaceAll(hidden, coded)).join(' and ')
}

/** Says which classes look the same, or differ by nothing but case or spaces; they stay apart. */
export const lookAlikes =
  (root: string) =>
  (labels: ReadonlyArray<string>): ReadonlyArray<DataWarning> => {
    const alike = groupsBy(seen, labels).map(shown)
    return alike.length === 0
      ? []
      : [
          similarNames(
            root,
            'names that differ by more than case, spaces or characters that look alike',
            `${someOf(alike)}, taken as different classes`,
            'rename them if they are one class'
          )
        ]
  }
