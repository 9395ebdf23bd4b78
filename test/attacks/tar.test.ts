import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import * as path from 'node:path'
import { fc, it } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { nodeIo, untarData } from '../../src/io/index.js'
import { tarball, type Entry } from '../io/tarball.js'
import { left, place, right, workplace } from '../io/workplace.js'

const work = workplace()
const home = path.join(work, 'cache')
const env = nodeIo({ cache: { home, assets: [] } })
const seed = 20_240_617

let count = 0

/** Unpacks a cached archive of these bytes. */
const unpack = async (bytes: Uint8Array, limits?: { entries: number; bytes: number }) => {
  const name = `attack-${count++}`
  place(path.join(home, 'data', `${name}.tgz`), bytes)
  const options = { download: false, ...(limits === undefined ? {} : { limits }) }
  const result = await untarData(`https://example.org/${name}`, options)(env)()
  return { name, result, dest: path.join(home, 'data', name) }
}

/** Nothing but the archives themselves may be left. */
const nothingLeft = (dest: string): void => {
  expect(existsSync(dest)).toBe(false)
  expect(readdirSync(path.join(home, 'data')).filter((name) => !name.endsWith('.tgz'))).toEqual([])
  expect(readdirSync(work)).toEqual(['cache'])
}

const honest: Entry = { name: 'set/a.txt', content: 'fine' }

describe('an archive', () => {
  it.each<[string, Entry]>([
    ['an absolute path', { name: '/tmp/graft-escaped.txt', content: 'x' }],
    ['a path that leads up', { name: '../../escaped.txt', content: 'x' }],
    ['a path that leads up from inside', { name: 'set/a/../../../escaped.txt', content: 'x' }],
    ['a backslash', { name: '..\\escaped.txt', content: 'x' }],
    ['a drive letter', { name: 'C:/escaped.txt', content: 'x' }],
    ['a symbolic link', { name: 'set/link', kind: '2', link: '../../..' }],
    ['a hard link', { name: 'set/link', kind: '1', link: '/etc/passwd' }],
    ['a character device', { name: 'set/null', kind: '3' }],
    ['a block device', { name: 'set/disk', kind: '4' }],
    ['a pipe', { name: 'set/pipe', kind: '6' }]
  ])('with %s is refused as a whole', async (_, entry) => {
    const { name, result, dest } = await unpack(tarball([honest, entry]))
    const error = left(result)
    expect(error._tag).toBe('UnsafeArchive')
    expect(error.path).toContain(`${name}.tgz`)
    nothingLeft(dest)
  })

  it('whose link would redirect a later file is refused before that file', async () => {
    const entries: ReadonlyArray<Entry> = [
      { name: 'set/way', kind: '2', link: work },
      { name: 'set/way/escaped.txt', content: 'x' }
    ]
    const { result, dest } = await unpack(tarball(entries))
    expect(left(result)._tag).toBe('UnsafeArchive')
    nothingLeft(dest)
  })

  it('with more entries or bytes than allowed is refused', async () => {
    const many = await unpack(tarball([honest, honest, honest]), { entries: 2, bytes: 1000 })
    expect(left(many.result)).toMatchObject({ _tag: 'UnsafeArchive', found: 'more than 2 entries' })
    const large = await unpack(tarball([{ name: 'a', content: 'x'.repeat(2000) }]), { entries: 2, bytes: 1000 })
    expect(left(large.result)).toMatchObject({ _tag: 'UnsafeArchive', found: 'more than 1000 bytes' })
    nothingLeft(large.dest)
  })

  it('that claims more than it holds is damaged', async () => {
    const { result, dest } = await unpack(tarball([honest, { name: 'set/b', content: 'x', size: 100_000 }]))
    expect(left(result)._tag).toBe('BadArchive')
    nothingLeft(dest)
  })

  it.each<[string, Uint8Array]>([
    ['that is a text file', Buffer.from('name,label\n1,3\n'.repeat(200))],
    ['that is empty', Buffer.alloc(0)],
    ['without entries', tarball([])]
  ])('%s is damaged', async (_, bytes) => {
    const { result, dest } = await unpack(bytes)
    expect(left(result)._tag).toBe('BadArchive')
    nothingLeft(dest)
  })

  const whole = tarball([
    honest,
    { name: 'set/b.bin', content: Uint8Array.from({ length: 3000 }, (_, i) => (i * 7919) % 251) }
  ])

  it.prop([fc.integer({ min: 0, max: whole.length - 1 })], { seed, numRuns: 40 })(
    'cut off anywhere is damaged and leaves nothing',
    async (length) => {
      const { result, dest } = await unpack(whole.subarray(0, length))
      expect(left(result)._tag).toBe('BadArchive')
      nothingLeft(dest)
    }
  )

  it('without any of these is unpacked', async () => {
    mkdirSync(home, { recursive: true })
    const { result, dest } = await unpack(whole)
    expect(right(result)).toBe(dest)
    expect(readFileSync(path.join(dest, 'a.txt'), 'utf8')).toBe('fine')
  })
})
