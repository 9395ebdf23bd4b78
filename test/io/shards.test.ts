// Images in files that hold many: each format has the same twelve images, read one at a time.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type DataSpec,
  fromShards,
  holdoutByPct,
  type ShardOptions,
  withSize,
  withVerify
} from '../../src/data/index.js'
import { type Data, type DataEnv, type Files, nodeIo, openData } from '../../src/io/index.js'
import { plainTarball } from './tarball.js'
import { left, place, right, workplace } from './workplace.js'
import { pictureSchema } from './pictureSchema.js'
import { npy, zip } from './zip.js'

const work = workplace()
const env = nodeIo({ cache: { home: join(work, 'cache'), assets: [] }, workers: 0 })

const all = Array.from({ length: 12 }, (_, i) => i)
const side = 8
const classOf = (i: number): number => i % 2
const whole = { holdout: holdoutByPct(0) }

const greys = (numbers: ReadonlyArray<number>): Buffer =>
  Buffer.concat(numbers.map((i) => Buffer.alloc(side * side, 20 * i)))

let pngs: ReadonlyArray<Buffer> = []

const int32 = (...values: ReadonlyArray<number>): Buffer => {
  const bytes = Buffer.alloc(4 * values.length)
  values.forEach((value, i) => bytes.writeInt32BE(value, 4 * i))
  return bytes
}

const int64 = (values: ReadonlyArray<number>): Buffer => Buffer.from(BigInt64Array.from(values.map(BigInt)).buffer)

const samples = (numbers: ReadonlyArray<number>) =>
  numbers.flatMap((i) => [
    { name: `${String(i).padStart(4, '0')}.png`, content: pngs[i]! },
    { name: `${String(i).padStart(4, '0')}.cls`, content: String(classOf(i)) }
  ])

const huggingFace = {
  info: { features: { image: { _type: 'Image' }, label: { _type: 'ClassLabel', names: ['cat', 'dog'] } } }
}

const parquet = (numbers: ReadonlyArray<number>, rowGroupSize = 5, offsetIndex = true): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'image', data: numbers.map((i) => ({ bytes: pngs[i]!, path: `${i}.png` })), offsetIndex },
        { name: 'label', data: numbers.map((i) => BigInt(classOf(i))), offsetIndex }
      ],
      schema: pictureSchema,
      rowGroupSize,
      kvMetadata: [{ key: 'huggingface', value: JSON.stringify(huggingFace) }]
    })
  )

beforeAll(async () => {
  pngs = await Promise.all(
    all.map((i) =>
      sharp(greys([i]), { raw: { width: side, height: side, channels: 1 } })
        .toColourspace('b-w')
        .png()
        .toBuffer()
    )
  )
  const at = (name: string, content: Uint8Array) => place(join(work, name), content)
  const images = Buffer.concat([int32(0x803, 12, side, side), greys(all)])
  const labels = Buffer.concat([int32(0x801, 12), Buffer.from(all.map(classOf))])
  at('idx/train-images-idx3-ubyte', images)
  at('idx/train-labels-idx1-ubyte', labels)
  at('idx.gz/train-images-idx3-ubyte.gz', gzipSync(images))
  at('idx.gz/train-labels-idx1-ubyte.gz', gzipSync(labels))
  const arrays = {
    'x_train.npy': npy('|u1', [12, side, side], greys(all)),
    'y_train.npy': npy('<i8', [12], int64(all.map(classOf)))
  }
  at('npz/digits.npz', zip(arrays))
  at('npz-deflated/digits.npz', zip(arrays, true))
  at('tar/pets-000000.tar', plainTarball(samples(all.slice(0, 5))))
  at('tar/pets-000001.tar', plainTarball(samples(all.slice(5))))
  at('tar.gz/pets-000000.tar.gz', gzipSync(plainTarball(samples(all.slice(0, 5)))))
  at('tar.gz/pets-000001.tgz', gzipSync(plainTarball(samples(all.slice(5)))))
  at('parquet/pets.parquet', parquet(all))
  at('parquet-plain/pets.parquet', parquet(all, 5, false))
})

const open = async (spec: DataSpec, its: DataEnv = env): Promise<Data> => right(await openData(spec)(its)())

const shards = (name: string, options: ShardOptions = whole) => fromShards(join(work, name), options)

/** The value of an image's first pixel. */
const valueOf = async (data: Data, i: number, its: DataEnv = env): Promise<number> =>
  right(await data.train.item(i)(its)()).pixels.data[0]!

describe.each([
  ['idx', ['0', '1']],
  ['idx.gz', ['0', '1']],
  ['npz', ['0', '1']],
  ['npz-deflated', ['0', '1']],
  ['tar', ['0', '1']],
  ['tar.gz', ['0', '1']],
  ['parquet', ['cat', 'dog']],
  ['parquet-plain', ['cat', 'dog']]
])('images in %s', (name, classes) => {
  it('have their own pixels and labels, in any order', async () => {
    const data = await open(shards(name))
    expect(data.task).toEqual({ _tag: 'Classification', classes })
    expect(data.shape).toEqual([3, side, side])
    expect(data.train.items.map(({ target }) => target)).toEqual(all.map(classOf))
    for (const i of [11, 0, 5, 4]) expect(await valueOf(data, i)).toBe(20 * i)
  })

  it('are loaded by threads as on the calling thread', async () => {
    const threads = nodeIo({ cache: env.cache, workers: 2 })
    const data = await open(withSize(72)(shards(name)), threads)
    for (const i of [7, 3]) expect(await valueOf(data, i, threads)).toBe(20 * i)
    await threads.workers.close()
  })
})

describe('opening large files', () => {
  const [n, big] = [40, 200]
  const noise = (i: number): Buffer => {
    const bytes = Buffer.alloc(big * big)
    let state = i + 1
    for (let k = 0; k < bytes.length; k++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      bytes[k] = state >>> 24
    }
    return bytes
  }
  const numbers = Array.from({ length: n }, (_, i) => i)

  beforeAll(async () => {
    const images = await Promise.all(
      numbers.map((i) =>
        sharp(noise(i), { raw: { width: big, height: big, channels: 1 } })
          .png()
          .toBuffer()
      )
    )
    const raw = Buffer.concat(numbers.map(noise))
    const labels = int64(numbers.map(classOf))
    place(
      join(work, 'big-npz/x.npz'),
      zip({ 'x.npy': npy('|u1', [n, big, big], raw), 'y.npy': npy('<i8', [n], labels) })
    )
    place(
      join(work, 'big-tar/x.tar'),
      plainTarball(
        numbers.flatMap((i) => [
          { name: `${i}.png`, content: images[i]! },
          { name: `${i}.cls`, content: String(classOf(i)) }
        ])
      )
    )
    const columns = [
      { name: 'image', data: images.map((bytes) => new Uint8Array(bytes)), type: 'BYTE_ARRAY' as const },
      { name: 'label', data: numbers.map(classOf), type: 'INT32' as const }
    ]
    place(
      join(work, 'big-parquet/x.parquet'),
      new Uint8Array(parquetWriteBuffer({ columnData: columns, pageSize: 2 ** 16 }))
    )
  })

  it.each(['npz', 'tar', 'parquet'])(
    'reads labels and positions of %s, and of an image only its bytes',
    async (format) => {
      let bytes = 0
      const files: DataEnv['files'] = {
        ...env.files,
        read: (path) => {
          throw new Error(`${path} was read whole`)
        },
        hash: (path, ends) => {
          if (ends === undefined) throw new Error(`${path} was read whole`)
          return env.files.hash(path, ends)
        },
        readRange: (path, from, length) => {
          bytes += length
          return env.files.readRange(path, from, length)
        }
      }
      const counted = { ...env, files }
      const data = await open(withVerify('none')(withSize(big)(shards(`big-${format}`))), counted)
      // a Parquet file's metadata is read with the half megabyte at its end
      expect(bytes).toBeLessThan(format === 'parquet' ? 2 ** 19 + 2 ** 16 : 2 ** 18 + 2 ** 16)
      const before = bytes
      const { pixels } = right(await data.train.item(17)(counted)())
      expect([...pixels.data.subarray(0, 3 * big)].filter((_, i) => i % 3 === 0)).toEqual([
        ...noise(17).subarray(0, big)
      ])
      expect(bytes - before).toBeLessThan(2 ** 19 + 3 * 2 ** 16)
    }
  )
})

describe('a folder of shards', () => {
  it('has the sets in the names of its files; test images need no label', async () => {
    place(join(work, 'sets/data/train-00000-of-00001.parquet'), parquet(all.slice(0, 6)))
    place(join(work, 'sets/data/validation-00000-of-00001.parquet'), parquet(all.slice(6, 9)))
    place(
      join(work, 'sets/test-0.tar'),
      plainTarball(all.slice(9).map((i) => ({ name: `${i}.png`, content: pngs[i]! })))
    )
    const data = await open(shards('sets', {}))
    expect([data.train.length, data.valid.length, data.test]).toEqual([
      6,
      3,
      ['test-0.tar/9.png', 'test-0.tar/10.png', 'test-0.tar/11.png']
    ])
  })

  it('finds the sets and labels of an .npz file by the names of its arrays', async () => {
    place(
      join(work, 'medical/med.npz'),
      zip({
        'train_images.npy': npy(
          '|u1',
          [6, 3, side, side],
          Buffer.concat(Array.from({ length: 3 }, () => greys(all.slice(0, 6))))
        ),
        'train_labels.npy': npy('|u1', [6, 1], Buffer.from([0, 1, 2, 0, 1, 2])),
        'val_images.npy': npy('|u1', [2, 3, side, side], Buffer.concat(Array.from({ length: 3 }, () => greys([8, 9])))),
        'val_labels.npy': npy('|u1', [2, 1], Buffer.from([0, 1])),
        'test_images.npy': npy('|u1', [1, 3, side, side], Buffer.alloc(3 * side * side))
      })
    )
    const data = await open(shards('medical', {}))
    expect([data.task, data.train.length, data.valid.length, data.test.length]).toEqual([
      { _tag: 'Classification', classes: ['0', '1', '2'] },
      6,
      2,
      1
    ])
  })

  it('reads the columns of JSON in a tar archive, and long names', async () => {
    const name = `${'deep/'.repeat(30)}7`
    const long = [
      { name: '././@LongLink', kind: 'L', content: `${name}.png\0` },
      { name: name.slice(0, 99), content: pngs[7]! },
      { name: '././@LongLink', kind: 'L', content: `${name}.json\0` },
      { name: name.slice(0, 99), content: '{"species": "dog", "size": 2.5}' }
    ]
    const others = all.slice(0, 6).flatMap((i) => [
      { name: `./${i}.png`, content: pngs[i]! },
      { name: `./${i}.json`, content: JSON.stringify({ species: i < 3 ? 'cat' : 'dog', size: i + 0.5 }) }
    ])
    place(join(work, 'json/pets.tar'), plainTarball([...others, ...long]))
    const data = await open(shards('json', { labelCol: 'species', ...whole }))
    expect(data.train.items.at(-1)).toMatchObject({ file: `pets.tar/${name}.png`, label: 'dog' })
    expect(await valueOf(data, 6)).toBe(140)
    expect((await open(shards('json', { labelCol: 'size', ...whole }))).task).toEqual({
      _tag: 'Regression',
      outputs: 1
    })
  })
})

describe('a shard that is wrong', () => {
  const error = async (name: string, content: Uint8Array, options: ShardOptions = whole) => {
    place(join(work, 'wrong', name, name), content)
    return left(await openData(fromShards(join(work, 'wrong', name), options))(env)())
  }

  it('is named, with what is expected of it', async () => {
    const parquetFile = readFileSync(join(work, 'parquet/pets.parquet'))
    expect(await error('cut.parquet', parquetFile.subarray(0, 300))).toMatchObject({
      _tag: 'BadTable',
      path: expect.stringContaining('cut.parquet'),
      expected: 'a Parquet file'
    })
    expect(await error('other.npz', Buffer.from('no archive'))).toMatchObject({ expected: 'a zip archive (.npz)' })
    expect(await error('floats.npz', zip({ 'x.npy': npy('<f4', [1, 8, 8], Buffer.alloc(256)) }))).toMatchObject({
      expected: 'an array of 8-bit images (n, height, width) or with channels',
      found: 'x <f4 (1, 8, 8)'
    })
    const tar = plainTarball(samples([0, 1]))
    tar[4 * 512 + 3] = 1
    expect(await error('bits.tar', tar)).toMatchObject({ path: expect.stringMatching(/bits.tar: byte \d+$/) })
    expect(await error('bits.tar.gz', gzipSync(tar))).toMatchObject({
      path: expect.stringMatching(/wrong.bits.tar.gz.bits.tar.gz: byte \d+$/)
    })
    expect(await error('none.tgz', Buffer.alloc(64))).toMatchObject({ expected: 'gzip data' })
    expect(await error('x-images-idx3-ubyte', Buffer.alloc(64))).toMatchObject({
      expected: 'an idx file of unsigned bytes'
    })
    expect(await error('x-images-idx3-ubyte.gz', Buffer.alloc(64))).toMatchObject({ expected: 'gzip data' })
  })

  it('is named even if the damage is found before the unpacked file is open', async () => {
    const append: Files['append'] = (path, from, chunks) => async () => {
      await setTimeout(20)
      return env.files.append(path, from, chunks)()
    }
    place(join(work, 'slow', 'x-images-idx3-ubyte.gz'), Buffer.alloc(64))
    const opened = openData(fromShards(join(work, 'slow'), whole))({ ...env, files: { ...env.files, append } })
    expect(left(await opened())).toMatchObject({ expected: 'gzip data' })
  })

  it('names the image without a label', async () => {
    const tar = plainTarball([...samples([0, 1]), { name: 'x/9.png', content: pngs[2]! }])
    const at = join(work, 'wrong', 'missing.tar')
    expect(await error('missing.tar', tar)).toMatchObject({ path: `${at}/missing.tar/x/9.png`, expected: 'a label' })
  })

  it('leaves out truncated images, with the reason', async () => {
    const broken = plainTarball([
      ...samples([0, 1]),
      { name: '2.cls', content: '1' },
      { name: '2.png', content: 'oops' }
    ])
    place(join(work, 'damaged', 'pets.tar'), broken)
    expect((await open(shards('damaged'))).skipped).toMatchObject([{ file: 'pets.tar/2.png' }])
  })
})
