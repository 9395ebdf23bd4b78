/**
 * Names that look the same to a reader: another Unicode form, case, spaces, or characters that look alike.
 *
 * @since 0.1.0
 */
import { type DataWarning, similarNames, someOf } from '../DataError.js'

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

/** A warning for names that are written in several Unicode forms and are treated as one class. */
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
            `${someOf(merged)} in two forms (composed and decomposed), treated as one class`,
            'rename one of the two to avoid confusion'
          )
        ]
  }

/** Cyrillic and Greek letters that look like Latin ones, each before its Latin letter. */
const drawnAlike = new Map(
  [...'аaеeоoрpсcуyхxіiјjѕsԁdһhкkмmтtвbнhαaοoρpνvιi'].flatMap((c, i, all) =>
    i % 2 === 0 ? [[c, all[i + 1]!] as const] : []
  )
)

const plain = (name: string): string => composed(name).toLowerCase().trim().replace(/\s+/g, ' ')

/** A name as it looks: without invisible characters, ligatures expanded. */
const seen = (name: string): string =>
  [...plain(name.normalize('NFKC')).replaceAll(/[\p{Cf}\p{Cc}\u034f\ufe00-\ufe0f]/gu, '')]
    .map((c) => drawnAlike.get(c) ?? c)
    .join('')

/** Names in quotes; as code points if the difference is invisible. */
const shown = (group: ReadonlyArray<string>): string => {
  const hidden = new Set(group.map(plain)).size > 1 ? /[^ -~]/gu : /[^\S ]/gu
  const coded = (c: string): string => `\\u${c.codePointAt(0)!.toString(16).padStart(4, '0')}`
  return group.map((name) => JSON.stringify(name).replaceAll(hidden, coded)).join(' and ')
}

/** A warning for classes that look the same, or differ only in case or spaces; they stay separate. */
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
            `${someOf(alike)}, treated as different classes`,
            'rename them if they are one class'
          )
        ]
  }
