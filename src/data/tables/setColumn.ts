/**
 * Columns of a table that give each image's set, by name or by yes and no.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { badTable, type DataError, someOf } from '../DataError.js'
import type { Row, Rows } from './csv.js'
import { everyIndexed, listOf } from '../Indexed.js'
import { fullNames, type SetName, setNamed, twoForOneSet } from '../holdouts/SetName.js'

const yes = /^(1|1\.0|true|t|yes|y|x)$/i
const no = /^(0|0\.0|false|f|no|n)$/i

/** What yes and no mean in a column of this name. */
interface Meaning {
  readonly header: RegExp
  readonly yes: SetName
  readonly no: O.Option<SetName>
}

const heldOut: Meaning = { header: /./, yes: 'valid', no: O.some('train') }

const meanings: ReadonlyArray<Meaning> = [
  { header: /^((is|in|for)[-_ ]?)?(train|training)([-_ ](set|image|img))?$/i, yes: 'train', no: O.some('valid') },
  { header: /^((is|in|for)[-_ ]?)?(test|testing)([-_ ](set|image|img))?$/i, yes: 'test', no: O.none }
]

const meaningOf = (name: string): Meaning => meanings.find(({ header }) => header.test(name.trim())) ?? heldOut

const named =
  /^((is|in|for)[-_ ]?)?(valid|val|validation|dev|eval|train|training|test|testing|held[-_ ]?out|holdout)([-_ ](set|image|img))?$|^(split|splits|set|sets|subset|partition|data_?set|data_?split|usage|phase|mode)$/i

/** Returns whether a column's name suggests that it gives sets. */
export const namesSets = (header: string): boolean => named.test(header.trim())

const divides =
  /^((is|in|for)[-_ ]?(valid|val|validation|train|training|test|testing|held[-_ ]?out)|splits?|subset|partition|data[-_ ]?split|(train|test)[-_ ]?(val|test)[-_ ]?split)$/i

/** Returns whether a column's name can mean nothing else, so that unknown words in it are an error. */
export const dividesSets = (header: string): boolean => divides.test(header.trim())

/** Abbreviations of sets that are not used for folders. */
const short: ReadonlyArray<readonly [RegExp, SetName]> = [
  [/^(tr|trn|trng)$/i, 'train'],
  [/^(va|vl|vd|vld|vali|devel)$/i, 'valid'],
  [/^(te|ts|tst)$/i, 'test']
]

/** The set that a word of a table names. */
const setOfWord = (word: string): O.Option<SetName> =>
  pipe(
    setNamed(word),
    O.alt(() => O.fromNullable(short.find(([pattern]) => pattern.test(word.trim()))?.[1]))
  )

/** The content of a cell: a set, no particular one, nothing (an empty cell), or an unknown word. */
type Said = { readonly set: O.Option<SetName> } | 'nothing' | 'unknown'

const saidIn =
  (header: string) =>
  (cell: string): Said => {
    const word = cell.trim()
    if (word === '') return 'nothing'
    if (yes.test(word)) return { set: O.some(meaningOf(header).yes) }
    if (no.test(word)) return { set: meaningOf(header).no }
    const set = setOfWord(word)
    return O.isSome(set) ? { set } : 'unknown'
  }

/** Returns whether any cell of a column names a set. */
export const saysSets = (header: string, cells: ReadonlyArray<string>): boolean =>
  cells.some((cell) => typeof saidIn(header)(cell) === 'object')

const wordsIn = (cells: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...new Set(cells.map((cell) => cell.trim().toLowerCase()).filter((word) => word !== ''))
]

/**
 * Returns whether the words of a column name sets, at least two different ones, whatever the column's name. Few others
 * among words for training and another set are taken for misspelt sets, so that they are an error.
 */
export const areSetWords = (cells: ReadonlyArray<string>): boolean => {
  const words = wordsIn(cells)
  const different = (of: (word: string) => O.Option<SetName>): ReadonlySet<SetName> =>
    new Set(words.flatMap((word) => O.toUndefined(of(word)) ?? []))
  if (words.every((word) => O.isSome(setOfWord(word)))) return different(setOfWord).size > 1
  const written = different(setNamed)
  return (
    written.has('train') &&
    written.size > 1 &&
    words.filter((word) => O.isNone(setNamed(word))).length * 2 < words.length
  )
}

/**
 * The set of each row. An empty cell means no if every other cell means yes. Errors: `BadTable` for an unknown word, for
 * an empty cell among words, and for two words for one set.
 */
export const setsOfColumn =
  (at: string, header: string, column: number) =>
  (rows: Rows): E.Either<DataError, ReadonlyArray<O.Option<SetName>>> => {
    // one answer for each word, however many rows have it
    const known = new Map<string, Said>()
    const said = listOf(({ cells }: Row) => {
      const cell = cells[column] ?? ''
      const its = known.get(cell) ?? saidIn(header)(cell)
      known.set(cell, its)
      return its
    })(rows)
    const marks = everyIndexed(rows, ({ cells }) => {
      const cell = (cells[column] ?? '').trim()
      return cell === '' || yes.test(cell)
    })
    const wrong = said.findIndex((one) => one === 'unknown' || (one === 'nothing' && !marks))
    const words = new Set([...known.keys()].map((cell) => cell.trim()))
    const twice = twoForOneSet(setOfWord)([...words])
    if (wrong === -1 && O.isSome(twice))
      return E.left(
        badTable(
          at,
          `one word for the ${fullNames[twice.value.set]} set in the column ${header || column}`,
          twice.value.names.map((word) => JSON.stringify(word)).join(' and '),
          'write one word for both, test for the rows to keep apart, or name another column: imageCsv(path, { validCol })'
        )
      )
    if (wrong === -1) return E.right(said.map((one) => (typeof one === 'object' ? one.set : meaningOf(header).no)))
    return E.left(
      badTable(
        `${at}: line ${rows.at(wrong).line}`,
        `train, valid, test, yes or no (or words like them) in the column ${header || column}`,
        said[wrong] === 'nothing' ? 'nothing' : JSON.stringify(rows.at(wrong).cells[column]),
        `correct it (the column contains ${someOf([...words].map((word) => JSON.stringify(word)))}), or name another column: imageCsv(path, { validCol })`
      )
    )
  }
