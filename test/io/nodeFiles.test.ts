import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import * as path from 'node:path'
import { build } from 'esbuild'
import { constVoid, pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, it } from 'vitest'
import { fromSystem, nodeFiles } from '../../src/io/index.js'
import { left, place, right, workplace } from './workplace.js'

const work = workplace()
const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8)

describe('write', () => {
  it('makes missing folders and leaves nothing but the file', async () => {
    const file = path.join(work, 'new/folder/a.txt')
    right(await nodeFiles.write(file, 'one')())
    right(await nodeFiles.write(file, 'two')())
    expect(readFileSync(file, 'utf8')).toBe('two')
    expect(readdirSync(path.dirname(file))).toEqual(['a.txt'])
  })

  it('keeps the old file when the new one cannot replace it', async () => {
    const folder = path.join(work, 'in-the-way')
    place(path.join(folder, 'kept/inside.txt'), 'old')
    const error = left(await nodeFiles.write(path.join(folder, 'kept'), 'new')())
    expect(['NotAFile', 'AlreadyExists']).toContain(error._tag)
    expect(readdirSync(folder)).toEqual(['kept'])
    expect(readFileSync(path.join(folder, 'kept/inside.txt'), 'utf8')).toBe('old')
  })

  it('removes the temporary files of a killed writer, but not those of a running one', async () => {
    const folder = path.join(work, 'stale')
    const dead = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }))
    const living = `.a.bin.${machine}.${process.ppid}.00000001.tmp`
    place(path.join(folder, `.a.bin.${machine}.${dead}.00000000.tmp`), 'half')
    place(path.join(folder, living), 'half')
    right(await nodeFiles.write(path.join(folder, 'a.bin'), 'whole')())
    expect(readdirSync(folder).sort()).toEqual([living, 'a.bin'])
    place(path.join(folder, `.a.bin.${machine}.${dead}.00000000.tmp`), 'half')
    right(await nodeFiles.remove(path.join(folder, 'a.bin'))())
    expect(readdirSync(folder)).toEqual([living])
    right(await nodeFiles.remove(path.join(folder, 'none/there'))())
  })

  it('never leaves a partial file, however often the writer is killed', async () => {
    const folder = path.join(work, 'killed')
    mkdirSync(folder)
    const file = path.join(folder, 'a.bin')
    const writer = path.join(work, 'writer.mjs')
    await build({
      stdin: {
        contents: `import { nodeFiles } from './src/io/nodeFiles.ts'
          for (let n = 0; ; n++) {
            await nodeFiles.write(${JSON.stringify(file)}, String(n % 10).repeat(300000))()
            if (n === 0) console.log('writing')
          }`,
        resolveDir: process.cwd(),
        loader: 'ts'
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: writer
    })
    for (let i = 0; i < 8; i++) {
      const child = spawn(process.execPath, [writer])
      await new Promise((resolve) => child.stdout.once('data', resolve))
      await new Promise((resolve) => setTimeout(resolve, 13 * i))
      child.kill('SIGKILL')
      await new Promise((resolve) => child.on('exit', resolve))
      expect(readFileSync(file, 'utf8')).toMatch(/^(\d)\1{299999}$/)
    }
    right(await nodeFiles.write(file, 'ours')())
    expect(readdirSync(folder)).toEqual(['a.bin'])
  })
})

describe('append', () => {
  async function* chunks(...parts: ReadonlyArray<string>): AsyncGenerator<Uint8Array> {
    for (const part of parts) yield Buffer.from(part)
  }

  it('writes from a position, dropping what followed', async () => {
    const file = path.join(work, 'appended')
    expect(right(await nodeFiles.append(file, 0, chunks('abc', 'def'))())).toBe(6)
    expect(right(await nodeFiles.append(file, 2, chunks('X'))())).toBe(3)
    expect(readFileSync(file, 'utf8')).toBe('abX')
  })
})

describe('walk', () => {
  it('lists files and folders in code-point order, without hidden ones, through links but not in circles', async () => {
    const root = path.join(work, 'walked')
    for (const file of ['b/10.png', 'b/9.png', 'a/x.png', '.hidden/y.png', 'a/.z.png']) place(path.join(root, file), '')
    mkdirSync(path.join(root, 'empty'))
    symlinkSync(path.join(root, 'a'), path.join(root, 'c'))
    symlinkSync(root, path.join(root, 'a/up'))
    symlinkSync(path.join(root, 'nowhere'), path.join(root, 'b/broken.png'))
    expect(right(await nodeFiles.walk(root)())).toEqual({
      files: ['a/x.png', 'b/10.png', 'b/9.png', 'b/broken.png', 'c/x.png'],
      folders: ['a', 'b', 'c', 'empty'],
      links: [{ path: 'c', to: 'a' }],
      cycles: ['a/up', 'c/up']
    })
  })

  it('follows no link to a parent folder, even if two folders link to each other', async () => {
    const root = path.join(work, 'mutual')
    for (const file of ['a/x.png', 'b/y.png']) place(path.join(root, file), '')
    symlinkSync('../b', path.join(root, 'a/to-b'))
    symlinkSync('../a', path.join(root, 'b/to-a'))
    expect(right(await nodeFiles.walk(root)())).toEqual({
      files: ['a/to-b/y.png', 'a/x.png', 'b/to-a/x.png', 'b/y.png'],
      folders: ['a', 'a/to-b', 'b', 'b/to-a'],
      links: [
        { path: 'a/to-b', to: 'b' },
        { path: 'b/to-a', to: 'a' }
      ],
      cycles: ['a/to-b/to-a', 'b/to-a/to-b']
    })
  })
})

describe('an error', () => {
  it('names a missing file', async () => {
    expect(left(await nodeFiles.read(path.join(work, 'none'))())).toMatchObject({ _tag: 'NotFound' })
    expect(right(await nodeFiles.exists(path.join(work, 'none'))())).toBe(false)
  })

  it('tells a folder from a file', async () => {
    place(path.join(work, 'file'), '')
    expect(left(await nodeFiles.read(work)())._tag).toBe('NotAFile')
    expect(left(await nodeFiles.walk(path.join(work, 'file'))())._tag).toBe('NotAFolder')
  })

  it.skipIf(!existsSync('/sys/kernel'))('says that a folder may not be written to', async () => {
    // Linux lets nobody make a folder here, not even root.
    expect(left(await nodeFiles.write('/sys/graft/a', '')())._tag).toBe('NotAllowed')
  })

  it.skipIf(!existsSync('/proc/self'))('terminates when the system reports ENOENT for a new folder', async () => {
    // Linux answers ENOENT here, although /proc is there
    for (const attempt of [
      nodeFiles.makeDir('/proc/graft'),
      nodeFiles.write('/proc/graft/runs/first/graft.json', ''),
      nodeFiles.write('/proc/graft.json', ''),
      nodeFiles.put('/proc/graft/a', ''),
      pipe(nodeFiles.makeDirBeside('/proc/graft/a'), TE.map(constVoid))
    ])
      expect(left(await attempt())).toMatchObject({ _tag: 'NotAllowed', expected: 'a writable path' })
  })

  it('makes no folder below a file or a broken link', async () => {
    place(path.join(work, 'plain'), '')
    symlinkSync('nowhere', path.join(work, 'dangling'))
    expect(left(await nodeFiles.makeDir(path.join(work, 'plain/a/b'))())._tag).toBe('NotAFolder')
    expect(left(await nodeFiles.makeDir(path.join(work, 'plain'))())._tag).toBe('AlreadyExists')
    expect(left(await nodeFiles.makeDir(path.join(work, 'dangling/a'))())._tag).toBe('AlreadyExists')
  })

  it('says that the disk is full', async () => {
    // Linux has a device that is always full.
    if (existsSync('/dev/full')) expect(left(await nodeFiles.put('/dev/full', 'x')())._tag).toBe('DiskFull')
  })

  it.each([
    ['EROFS', 'NotAllowed'],
    ['EACCES', 'NotAllowed'],
    ['EPERM', 'NotAllowed'],
    ['ENOSPC', 'DiskFull'],
    ['EDQUOT', 'DiskFull'],
    ['ENOTEMPTY', 'AlreadyExists'],
    ['EMFILE', 'IoFailure'],
    ['EIO', 'IoFailure']
  ])('of code %s is %s, with a remedy', (code, tag) => {
    const error = fromSystem('a/file')(Object.assign(new Error(code), { code }))
    expect(error._tag).toBe(tag)
    expect(error.path).toBe('a/file')
    expect(error.hint).not.toBe('')
  })
})

describe('makeDirBeside', () => {
  it('returns a new hidden folder next to its target', async () => {
    const target = path.join(work, 'later/set')
    const beside = right(await nodeFiles.makeDirBeside(target)())
    expect(path.dirname(beside)).toBe(path.dirname(target))
    writeFileSync(path.join(beside, 'a'), '')
    right(await nodeFiles.rename(beside, target)())
    expect(readdirSync(path.dirname(target))).toEqual(['set'])
  })
})
