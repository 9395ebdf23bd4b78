/** Tables of twelve images of pets, read as a source says. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  type Arranged,
  type CsvOptions,
  type DataError,
  dataLayout,
  imageCsv,
  type Settled
} from '../../src/data/index.js'

export const names = Array.from({ length: 12 }, (_, i) => `img/${i}.png`)
export const label = (i: number): string => (i % 2 === 0 ? 'cat' : 'dog')

/** A row for each image. */
export const table = (header: string, row: (name: string, i: number) => string, more = ''): string =>
  `${header === '' ? '' : `${header}\n`}${names.map((name, i) => `${row(name, i)}\n`).join('')}${more}`

export const plain = table('name,label', (name, i) => `${name},${label(i)}`)

export type Read = { readonly arranged: Arranged; readonly settled: Settled }

export const read = (
  text: string | Uint8Array,
  options: CsvOptions = {},
  files: ReadonlyArray<string> = names
): E.Either<DataError, Read> => {
  const { source } = imageCsv('/data/pets', options)
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  return pipe(
    dataLayout(source).arrange('/data/pets', [bytes])({ files, folders: [] }),
    E.bindTo('arranged'),
    E.bind('settled', ({ arranged }) => arranged.settle(() => true))
  )
}

export const right = (...args: Parameters<typeof read>) => {
  const result = read(...args)
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  const { arranged, settled } = result.right
  const all = [...settled.train, ...settled.valid]
  const sorted = all.map((item) => [item.file, item.label] as const).sort(([a], [b]) => (a < b ? -1 : 1))
  return { ...settled, test: arranged.test, all: sorted, files: sorted.map(([file]) => file) }
}

export const left = (...args: Parameters<typeof read>): DataError => {
  const result = read(...args)
  if (E.isRight(result)) throw new Error(JSON.stringify(result.right.settled.task))
  return result.left
}

export const expected = right(plain).all
export const pets = { _tag: 'Classification', classes: ['cat', 'dog'] }
