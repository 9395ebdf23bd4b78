/**
 * `SetName`: the names of training, validation and test sets in folders and tables.
 *
 * @since 0.1.0
 */
import * as O from 'fp-ts/lib/Option.js'

/**
 * The sets that images are divided into.
 *
 * @category data
 * @since 0.1.0
 */
export type SetName = 'train' | 'valid' | 'test'

const words: Readonly<Record<SetName, string>> = {
  train: 'train|training|trn',
  valid: 'valid|val|validation|validate|dev|development|eval|evaluation|holdout|hold_out|heldout|held_out',
  test: 'test|tests|testing|tst'
}

const setNames = ['train', 'valid', 'test'] as const

const patternOf = (word: string): RegExp =>
  new RegExp(
    `^(?:(?:images?|imgs?|data|seg|sets?|splits?|\\d+)[-_ .=])?(?:${word})[-_ .]?(?:sets?|data|images?|imgs?|split)?[-_ .]?\\d*$`
  )

const patterns = setNames.map((set) => [set, patternOf(words[set])] as const)

/**
 * The set that a name means, in any case: `train`, `training`, `valid`, `val`, `validation`, `dev`, `eval`, `test`,
 * `testing`, also as `test_set`, `train2017`, `val-images`, `01_train` or `split=train`.
 *
 * @example
 * import { setNamed } from '../index.js'
 * import * as O from 'fp-ts/lib/Option.js'
 *
 * assert.deepStrictEqual(['Validation', 'test_set', '01_train'].map(setNamed), [O.some('valid'), O.some('test'), O.some('train')])
 * assert.deepStrictEqual(setNamed('contest'), O.none)
 *
 * @since 0.1.0
 */
export const setNamed = (name: string): O.Option<SetName> => {
  // trainA and testA, as in data sets of two domains
  const plain = name
    .normalize('NFKC')
    .trim()
    .replace(/(?<=[a-z])[A-D]$/, '')
    .toLowerCase()
  const found = patterns.find(([, pattern]) => pattern.test(plain))
  return found === undefined ? O.none : O.some(found[0])
}

/** The outermost folder on a path that names a set. */
export const setFolderOf = (file: string): O.Option<string> =>
  O.fromNullable(
    file
      .split('/')
      .slice(0, -1)
      .find((folder) => O.isSome(setNamed(folder)))
  )

/**
 * The set named by the outermost folder on a path that names one.
 *
 * @example
 * import { setOfPath } from '../index.js'
 * import * as O from 'fp-ts/lib/Option.js'
 *
 * assert.deepStrictEqual(setOfPath('images/Val/cat/1.png'), O.some('valid'))
 * assert.deepStrictEqual(setOfPath('images/val.png'), O.none)
 *
 * @since 0.1.0
 */
export const setOfPath = (file: string): O.Option<SetName> => O.chain(setNamed)(setFolderOf(file))

/** The names of the sets in messages. */
export const fullNames: Readonly<Record<SetName, string>> = { train: 'training', valid: 'validation', test: 'test' }

/** A set with several names. */
export interface Rivals {
  readonly set: 'train' | 'valid'
  readonly names: ReadonlyArray<string>
}

/** A training or validation set that several names stand for, ignoring case: one of them may be a test set. */
export const twoForOneSet =
  (setOf: (name: string) => O.Option<SetName>) =>
  (names: ReadonlyArray<string>): O.Option<Rivals> => {
    const different = [...new Map(names.map((name) => [name.trim().toLowerCase(), name])).values()]
    for (const set of ['train', 'valid'] as const) {
      const its = different.filter((name) => O.exists((one) => one === set)(setOf(name)))
      if (its.length > 1) return O.some({ set, names: its })
    }
    return O.none
  }
