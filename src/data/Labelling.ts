/**
 * `Labelling`: labels from file names, classes from labels, targets from labels.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import * as Ord from 'fp-ts/lib/Ord.js'
import { noMatch, type DataError } from './DataError.js'

/**
 * Orders strings by code point, as Python does (JavaScript compares UTF-16 units, which puts emoji before U+FFFD).
 *
 * @example
 * import { ordCodePoint } from './index.js'
 *
 * assert.deepStrictEqual(['9', '10', '100', 'a', '_', 'B'].sort(ordCodePoint.compare), ['10', '100', '9', 'B', '_', 'a'])
 *
 * @since 0.1.0
 */
export const ordCodePoint: Ord.Ord<string> = /*#__PURE__*/ Ord.fromCompare((a, b) => {
  const shorter = Math.min(a.length, b.length)
  for (let i = 0; i < shorter; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) {
      // At the first difference, a surrogate stands for a code point above every single unit.
      const surrogateX = x >= 0xd800 && x <= 0xdfff
      const surrogateY = y >= 0xd800 && y <= 0xdfff
      if (surrogateX !== surrogateY) return surrogateX ? 1 : -1
      return x < y ? -1 : 1
    }
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1
})

/**
 * The distinct labels, sorted: strings by code point, numbers by value.
 *
 * @example
 * import { inferClasses } from './index.js'
 *
 * assert.deepStrictEqual(inferClasses(['10', '9', '100', '9']), ['10', '100', '9'])
 * assert.deepStrictEqual(inferClasses([3, 10, 2, 10]), [2, 3, 10])
 *
 * @since 0.1.0
 */
export const inferClasses = <L extends string | number>(labels: ReadonlyArray<L>): ReadonlyArray<L> =>
  [...new Set(labels)].sort((a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : ordCodePoint.compare(String(a), String(b))
  )

/**
 * Items with a known class, by position and class index, and the positions of the others.
 *
 * @since 0.1.0
 */
export interface Targets<T> {
  readonly kept: ReadonlyArray<{ readonly index: number; readonly target: T }>
  /** Positions of items whose label is not a class. */
  readonly dropped: ReadonlyArray<number>
}

/**
 * Class indices of labels. Items whose label is not a class are dropped, as in fastai.
 *
 * @example
 * import { targetsOf } from './index.js'
 *
 * assert.deepStrictEqual(targetsOf(['a', 'b'])(['b', 'zz']), { kept: [{ index: 0, target: 1 }], dropped: [1] })
 *
 * @since 0.1.0
 */
export const targetsOf =
  (classes: ReadonlyArray<string | number>) =>
  (labels: ReadonlyArray<string | number>): Targets<number> => {
    const indexOf = new Map(classes.map((name, i) => [name, i]))
    const kept: Array<{ index: number; target: number }> = []
    const dropped: Array<number> = []
    labels.forEach((label, index) => {
      const target = indexOf.get(label)
      if (target === undefined) dropped.push(index)
      else kept.push({ index, target })
    })
    return { kept, dropped }
  }

/**
 * Class indices of items with several labels. Unknown labels are dropped; the item stays.
 *
 * @example
 * import { multiTargetsOf } from './index.js'
 *
 * assert.deepStrictEqual(multiTargetsOf(['x', 'y'])([['x', 'y'], [], ['z', 'x']]), [[0, 1], [], [0]])
 *
 * @since 0.1.0
 */
export const multiTargetsOf =
  (classes: ReadonlyArray<string | number>) =>
  (labels: ReadonlyArray<ReadonlyArray<string | number>>): ReadonlyArray<ReadonlyArray<number>> => {
    const indexOf = new Map(classes.map((name, i) => [name, i]))
    return labels.map((item) => item.flatMap((label) => indexOf.get(label) ?? []))
  }

/**
 * The name of a file's folder; '.' without one.
 *
 * @example
 * import { labelFromFolder } from './index.js'
 *
 * assert.strictEqual(labelFromFolder('train/7/12.png'), '7')
 *
 * @since 0.1.0
 */
export const labelFromFolder = (file: string): string => file.split('/').at(-2) ?? '.'

/**
 * The first group of a regular expression searched for in a POSIX path (fastai's `from_name_re`). A path that does not
 * match, and an invalid pattern or one without a group, is an error that names both.
 *
 * @example
 * import { labelFromRegex } from 'graft-vision'
 *
 * const breed = labelFromRegex('/([^/]+)_\\d+.jpg$')
 * assert.deepStrictEqual(breed('images/great_pyrenees_173.jpg'), { _tag: 'Right', right: 'great_pyrenees' })
 * assert.strictEqual(breed('images/nolabel.jpg')._tag, 'Left')
 *
 * @category data
 * @since 0.1.0
 */
export const labelFromRegex =
  (pattern: string) =>
  (file: string): E.Either<DataError, string> => {
    const group = E.tryCatch(
      () => new RegExp(pattern).exec(file)?.[1],
      (reason) => noMatch(pattern, 'a regular expression', String(reason), 'correct the pattern')
    )
    return E.chain((label: string | undefined): E.Either<DataError, string> =>
      label === undefined
        ? E.left(
            noMatch(file, `a match of ${pattern} with a group`, 'none', 'change the pattern or leave the file out')
          )
        : E.right(label)
    )(group)
  }
