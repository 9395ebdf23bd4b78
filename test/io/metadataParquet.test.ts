// Hugging Face's imagefolder with its metadata in a Parquet file.
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { beforeAll, expect, it } from 'vitest'
import { recognisedFolder } from '../../src/cli/named/recognised.js'
import { fromMetadata } from '../../src/data/index.js'
import { nodeIo, openData } from '../../src/io/index.js'
import { grey, left, place, right, workplace } from './workplace.js'

const work = workplace()
const env = nodeIo({ cache: { home: join(work, 'cache'), assets: [] }, workers: 0 })

const metadata = (names: ReadonlyArray<string>, labels: ReadonlyArray<string | null>): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'file_name', data: [...names], type: 'STRING' },
        { name: 'label', data: [...labels], type: 'STRING' }
      ]
    })
  )

beforeAll(async () => {
  for (const [set, from, to] of [
    ['train', 0, 4],
    ['validation', 4, 6],
    ['test', 6, 7]
  ] as const) {
    const numbers = Array.from({ length: to - from }, (_, i) => from + i)
    for (const i of numbers) place(join(work, 'pets', set, `${i}.png`), await grey(8, 8, i))
    const labels = numbers.map((i) => (set === 'test' ? null : i % 2 === 0 ? 'cat' : 'dog'))
    place(
      join(work, 'pets', set, 'metadata.parquet'),
      metadata(
        numbers.map((i) => `${i}.png`),
        labels
      )
    )
  }
})

it('has the labels and sets of its rows', async () => {
  const spec = right(await recognisedFolder(join(work, 'pets'))())
  expect(spec).toEqual(fromMetadata(join(work, 'pets')))
  const data = right(await openData(spec)(env)())
  expect(data.train.items.map(({ file, label }) => [file, label])).toEqual([
    ['train/0.png', 'cat'],
    ['train/1.png', 'dog'],
    ['train/2.png', 'cat'],
    ['train/3.png', 'dog']
  ])
  expect([data.valid.length, data.test]).toEqual([2, ['test/6.png']])
})

it('names the row without a label', async () => {
  place(join(work, 'wrong', '0.png'), await grey(8, 8, 0))
  place(join(work, 'wrong', '1.png'), await grey(8, 8, 1))
  place(join(work, 'wrong', 'metadata.parquet'), metadata(['0.png', '1.png'], ['cat', null]))
  expect(left(await openData(fromMetadata(join(work, 'wrong')))(env)())).toMatchObject({
    path: `${join(work, 'wrong')}/metadata.parquet: row 2`,
    expected: 'a label'
  })
})
