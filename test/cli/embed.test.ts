import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetReadObjects } from 'hyparquet'
import { unzipSync } from 'fflate'
import { beforeAll, describe, expect, it } from 'vitest'
import { placeForRuns, tiny } from './graft.js'

const { folder, graft, file } = placeForRuns()

beforeAll(async () => {
  const { code, stderr } = await graft(...tiny, '--no-pretrained', '--epochs', '1', '--out', 'run')
  expect(code, stderr).toBe(0)
})

/** The text and the bytes of an array in an archive. */
const arrayOf = (archive: string, name: string) => {
  const bytes = unzipSync(readFileSync(join(folder, archive)))[`${name}.npy`]!
  const length = 10 + bytes[8]! + 256 * bytes[9]!
  expect(length % 64).toBe(0)
  return { header: Buffer.from(bytes.subarray(10, length)).toString('latin1').trim(), data: bytes.slice(length) }
}

const textsOf = (archive: string, name: string): ReadonlyArray<string> => {
  const { header, data } = arrayOf(archive, name)
  const width = Number(/<U(\d+)/.exec(header)?.[1])
  const codes = [...new Uint32Array(data.buffer)]
  return Array.from({ length: codes.length / width }, (_, i) =>
    String.fromCodePoint(...codes.slice(i * width, (i + 1) * width).filter((code) => code !== 0))
  )
}

interface Row {
  readonly path: string
  readonly label: string
  readonly set: string
  readonly features: ReadonlyArray<number>
}

describe('graft embed', () => {
  it('writes the same features of data to an archive of arrays and to a Parquet file', async () => {
    const outcomes = [
      await graft('embed', 'data.json', '--model', 'run', '--bs', '16', '--out', 'all.npz'),
      await graft('embed', 'data.json', '--model', 'run', '--bs', '16', '--out', 'all.parquet', '--json')
    ]
    expect(outcomes.map(({ code, lines }) => [code, lines])).toEqual([
      [0, ['all.npz']],
      [0, ['{"file":"all.parquet","images":88}']]
    ])
    const { header, data } = arrayOf('all.npz', 'features')
    expect(header).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (88, 8), }")
    const file = readFileSync(join(folder, 'all.parquet'))
    const buffer = file.buffer.slice(file.byteOffset, file.byteOffset + file.length)
    const rows = (await parquetReadObjects({ file: buffer })) as unknown as ReadonlyArray<Row>
    expect(rows.flatMap(({ features }) => features)).toEqual([...new Float32Array(data.buffer)])
    expect(rows.map(({ path }) => path)).toEqual(textsOf('all.npz', 'paths'))
    expect(rows.map(({ label }) => label)).toEqual(textsOf('all.npz', 'labels'))
    expect(textsOf('all.npz', 'sets')).toEqual([...Array<string>(64).fill('train'), ...Array<string>(24).fill('valid')])
    expect(rows[0]).toMatchObject({
      path: expect.stringMatching(/^train\/[37]\//),
      label: expect.stringMatching(/^[37]$/)
    })
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('writes images that can be read and names the others', async () => {
    mkdirSync(join(folder, 'flat'))
    const [first] = readdirSync(join(folder, 'digits/valid/3'))
    file('flat/a.png', '')
    const outcome = await graft('embed', 'flat/a.png', `digits/valid/3/${first}`, '--model', 'run', '--out', 'some.npz')
    expect([outcome.code, outcome.lines]).toEqual([1, ['some.npz']])
    expect(outcome.stderr).toContain('flat/a.png')
    expect(textsOf('some.npz', 'paths')).toEqual([`digits/valid/3/${first}`])
    const none = await graft('embed', 'flat', '--model', 'run', '--out', 'none.npz')
    expect([none.code, existsSync(join(folder, 'none.npz'))]).toEqual([2, false])
  })

  it('embeds with the body of an architecture', async () => {
    const { code, stderr } = await graft('embed', 'digits/valid/7', '--model', './mine.mjs#net', '--out', 'own.npz')
    expect(code, stderr).toBe(0)
    expect(arrayOf('own.npz', 'features').header).toContain("'shape': (12, 8)")
  })

  it('refuses another kind of file before it reads anything', async () => {
    const { code, stderr } = await graft('embed', 'data.json', '--model', 'run', '--out', 'all.csv')
    expect(code).toBe(2)
    expect(stderr).toContain('a name that ends in .npz or .parquet')
  })
})
