/**
 * `NamePair`: two points whose names are exchanged in a mirrored image, such as the left and the right eye.
 *
 * @since 0.1.0
 */
import { badSpec, type DataError, someOf } from '../DataError.js'

/**
 * Two names of points that are exchanged in a mirrored image.
 *
 * @category tasks
 * @since 0.1.0
 */
export type NamePair = readonly [string, string]

/** The words of `leftEye`, `left_eye` or `left eye`, in lower case. */
const wordsOf = (name: string): ReadonlyArray<string> =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .split(/[^\p{L}\d]+/u)
    .map((word) => word.toLowerCase())

const rightOf: Readonly<Record<string, string>> = { left: 'right', l: 'r' }

/** The pairs of names that differ only in left and right: `leftEye` and `rightEye`, `eye_l` and `eye_r`. */
export const sidePairs = (names: ReadonlyArray<string>): ReadonlyArray<NamePair> => {
  const byWords = new Map(names.map((name) => [wordsOf(name).join(' '), name]))
  return names.flatMap((name): ReadonlyArray<NamePair> => {
    const words = wordsOf(name)
    const other = byWords.get(words.map((word) => rightOf[word] ?? word).join(' '))
    return other === undefined || other === name ? [] : [[name, other]]
  })
}

/** The first mistake in pairs of names, or undefined. */
export const swapMistake = (
  path: string,
  names: ReadonlyArray<string>,
  swap: ReadonlyArray<NamePair>
): DataError | undefined => {
  const all = swap.flat()
  const unknown = all.find((name) => !names.includes(name))
  const twice = all.find((name, i) => all.indexOf(name) !== i)
  if (unknown !== undefined)
    return badSpec(path, `pairs of the points ${someOf(names)}`, unknown, 'correct the name, or leave out the pair')
  if (twice !== undefined) return badSpec(path, 'each point in one pair', `${twice} twice`, 'leave out one of the two')
  return undefined
}

/** For each point, the index of its partner, or its own if it has none. */
export const mirroredOrder = ({
  names,
  swap
}: {
  readonly names: ReadonlyArray<string>
  readonly swap: ReadonlyArray<NamePair>
}): ReadonlyArray<number> =>
  names.map((name, i) => {
    const pair = swap.find((both) => both.includes(name))
    return pair === undefined ? i : names.indexOf(pair[0] === name ? pair[1] : pair[0])
  })
