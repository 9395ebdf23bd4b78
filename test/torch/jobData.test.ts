/** The data of a job: which images are packed into it, and with which bytes. */
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import {
  type DataSpec,
  fromRows,
  fromShards,
  holdoutByPct,
  imageMasks,
  masksIn,
  withBatchSize,
  withSize
} from '../../src/data/index.js'
import { nodeIo, openData } from '../../src/io/index.js'
import { jobData } from '../../src/learn/jobs/jobData.js'
import { pictureSchema } from '../io/pictureSchema.js'
import { grey, place, right, workplace } from '../io/workplace.js'

const folder = workplace()
const env = nodeIo({ cache: { home: join(folder, 'cache'), assets: [] }, workers: 0 })
const holdout = { holdout: holdoutByPct(0.25, 1) }
const n = 8

const madeOf = async (spec: DataSpec) => {
  const data = right(await pipe(spec, withBatchSize(2), withSize(8), openData)(env)())
  return right(await jobData(data)(env)())
}

type Made = Awaited<ReturnType<typeof madeOf>>

/** The packed bytes of an image; undefined if it is read in place. */
const packedIn = ({ packed }: Made, item: Made['data']['train'][number]): Uint8Array | undefined =>
  item.place._tag === 'Packed' ? packed.subarray(item.place.from, item.place.from + item.place.length) : undefined

describe('images that Python cannot read in place', () => {
  const pictures = Promise.all(Array.from({ length: n }, (_, i) => grey(9 + i, 12, i)))

  it('are packed from the cells of a Parquet file, with sizes and checksums', async () => {
    const bytes = await pictures
    const table = parquetWriteBuffer({
      columnData: [
        { name: 'image', data: bytes.map((data, i) => ({ bytes: data, path: `${i}.png` })) },
        { name: 'label', data: bytes.map((_, i) => BigInt(i % 2)) }
      ],
      schema: pictureSchema
    })
    place(join(folder, 'cells', 'pets.parquet'), new Uint8Array(table))
    const made = await madeOf(fromShards(join(folder, 'cells'), holdout))
    const items = [...made.data.train, ...made.data.valid]
    expect(items).toHaveLength(n)
    const found = items.map((item) => {
      const own = packedIn(made, item)!
      expect([item.bytes, item.read?.crc32]).toEqual([own.length, crc32(own)])
      return Buffer.from(own).toString('base64')
    })
    expect(found.sort()).toEqual(bytes.map((data) => data.toString('base64')).sort())
  })

  it('are packed from outside the data folder, next to those that are read in place', async () => {
    const bytes = await pictures
    bytes.forEach((data, i) => place(join(folder, i < 3 ? 'elsewhere' : 'rows', `${i}.png`), data))
    const rows = bytes.map((_, i) => ({ image: i < 3 ? `../elsewhere/${i}.png` : `${i}.png`, label: i % 2 }))
    const made = await madeOf(fromRows(rows, { path: join(folder, 'rows'), ...holdout }))
    for (const item of [...made.data.train, ...made.data.valid]) {
      const own = packedIn(made, item)
      expect(own !== undefined, item.file).toBe(item.file.includes('elsewhere'))
      const i = Number(/(\d+)\.png$/.exec(item.file)?.[1])
      if (own !== undefined) expect(Buffer.from(own)).toEqual(bytes[i])
    }
    const lengths = bytes.slice(0, 3).reduce((sum, { length }) => sum + length, 0)
    expect(made.packed.length).toBe(lengths)
  })
})

it('nothing is packed if Python can read every image and mask in place', async () => {
  const bytes = await Promise.all([1, 2, 3, 4].map((i) => grey(10, 12, i)))
  bytes.forEach((data, i) => {
    place(join(folder, 'pairs', 'images', `${i}.png`), data)
    place(join(folder, 'pairs', 'masks', `${i}.png`), data)
  })
  const codes = Array.from({ length: 256 }, (_, i) => `c${i}`)
  const made = await madeOf(
    imageMasks(join(folder, 'pairs'), { images: 'images', masks: masksIn('masks'), codes, ...holdout })
  )
  expect(made.packed).toHaveLength(0)
  expect(made.data.train.map(({ place: its, targetPlace }) => [its._tag, targetPlace?._tag])).toContainEqual([
    'File',
    'File'
  ])
})
