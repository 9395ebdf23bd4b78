/** New folders where nothing may be written: Node says ENOENT of a folder whose parent it could not make. */
import type * as Fs from 'node:fs/promises'
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { left, right, workplace } from './workplace.js'

const refusal = vi.hoisted(() => ({ code: '', below: '' }))

vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof Fs>()
  const failed = (code: string, at: string): never => {
    throw Object.assign(new Error(`${code}: mkdir ${at}`), { code })
  }
  return {
    ...fs,
    mkdir: async (at: string, options?: { readonly recursive?: boolean }): Promise<unknown> => {
      if (refusal.below === '' || !at.startsWith(refusal.below)) return fs.mkdir(at, options)
      // as Node does: the reason is lost when folders are made recursively
      return failed(options?.recursive === true ? 'ENOENT' : refusal.code, at)
    }
  }
})

const { nodeFiles } = await import('../../src/io/index.js')

const work = workplace()

afterEach(() => {
  refusal.below = ''
})

describe('a new folder', () => {
  it.each(['EROFS', 'EACCES', 'EPERM'])('that the system refuses (%s) is an error that says so', async (code) => {
    Object.assign(refusal, { code, below: join(work, 'fixed') })
    const at = join(work, 'fixed', 'runs', 'first')
    for (const attempt of [
      nodeFiles.makeDir(at),
      nodeFiles.write(join(at, 'graft.json'), '{}'),
      nodeFiles.put(join(at, 'graft.json'), '{}'),
      pipe(
        nodeFiles.makeDirBeside(join(at, 'digits')),
        TE.map(() => undefined)
      )
    ])
      expect(left(await attempt())).toMatchObject({
        _tag: 'NotAllowed',
        found: code === 'EROFS' ? 'a read-only file system' : `none (${code})`
      })
  })

  it('is created with its parents', async () => {
    right(await nodeFiles.makeDir(join(work, 'a/b/c'))())
    expect(right(await nodeFiles.exists(join(work, 'a/b/c'))())).toBe(true)
  })
})
