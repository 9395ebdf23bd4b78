import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { dataLayout, fromMetadata } from '../../src/data/index.js'
import { left, right } from '../io/workplace.js'

type Tables = Readonly<Record<string, string>>

const opened = (tables: Tables, images: ReadonlyArray<string>, options: Parameters<typeof fromMetadata>[1] = {}) => {
  const layout = dataLayout(fromMetadata('photos', options).source)
  const listing = { files: [...images, ...Object.keys(tables)], folders: [] }
  return pipe(
    layout.arrange(
      'photos',
      layout.reads(listing).map((name) => new TextEncoder().encode(tables[name]))
    )(listing),
    E.bindTo('arranged'),
    E.bind('settled', ({ arranged }) => arranged.settle(() => true))
  )
}

const images = (folder: string, n = 4): ReadonlyArray<string> =>
  Array.from({ length: n }, (_, i) => `${folder}${i}.png`)

const csv = (n = 4): string =>
  `file_name,label\n${Array.from({ length: n }, (_, i) => `${i}.png,${i % 2 === 0 ? 'cat' : 'dog'}\n`).join('')}`

const jsonl = (n: number): string =>
  Array.from(
    { length: n },
    (_, i) => `${JSON.stringify({ file_name: `${i}.png`, label: i % 2 === 0 ? 'cat' : 'dog' })}\n`
  ).join('')

describe("Hugging Face's imagefolder", () => {
  it('has one table for all images', () => {
    const { settled } = right(opened({ 'metadata.csv': csv(10) }, images('', 10)))
    expect([settled.task, settled.train.length, settled.valid.length]).toEqual([
      { _tag: 'Classification', classes: ['cat', 'dog'] },
      8,
      2
    ])
  })

  it('has a table in the folder of each set, whose names are relative to it', () => {
    const tables = {
      'train/metadata.jsonl': jsonl(4),
      'validation/metadata.csv': csv(2),
      'test/metadata.jsonl': '{"file_name": "0.png"}\n'
    }
    const all = [...images('train/'), ...images('validation/', 2), ...images('test/', 1)]
    const { arranged, settled } = right(opened(tables, all))
    expect(settled.train.map(({ file }) => file)).toEqual(images('train/'))
    expect(settled.valid.map(({ file }) => file)).toEqual(images('validation/', 2))
    expect(arranged.test).toEqual(['test/0.png'])
  })

  it('leaves out images that no table names, with a warning', () => {
    const { arranged } = right(opened({ 'metadata.csv': csv(4) }, images('', 6)))
    expect(arranged.warnings.map(({ _tag, found }) => [_tag, found])).toContainEqual([
      'SkippedFiles',
      '2 that none does, left out: 4.png, 5.png'
    ])
  })

  it('names the table and the line of what is wrong', () => {
    const tables = { 'train/metadata.jsonl': jsonl(4), 'val/metadata.csv': `${csv(2)}1.png,\n` }
    expect(left(opened(tables, [...images('train/'), ...images('val/')]))).toMatchObject({
      _tag: 'BadTable',
      path: 'photos/val/metadata.csv: line 4',
      expected: 'a label'
    })
    expect(left(opened({ 'metadata.jsonl': `${jsonl(4)}{"label": "cat"}\n` }, images('')))).toMatchObject({
      path: 'photos/metadata.jsonl: line 5',
      expected: 'the name of a file'
    })
    expect(left(opened({ 'metadata.jsonl': `${jsonl(4)}oops\n` }, images('')))).toMatchObject({
      path: 'photos/metadata.jsonl: line 5',
      expected: 'a JSON object'
    })
    expect(left(opened({}, images('')))).toMatchObject({
      _tag: 'NoImages',
      expected: 'a table named metadata.jsonl, metadata.csv or metadata.parquet'
    })
  })
})
