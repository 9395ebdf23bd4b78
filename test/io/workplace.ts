/** A folder of its own for a test, pictures to put there, and what a test wants from an `Either`. */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as path from 'node:path'
import type { Either } from 'fp-ts/lib/Either.js'
import sharp from 'sharp'
import { afterAll } from 'vitest'

/** Removed when the test file is done. */
export const workplace = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'graft-test-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const right = <E, A>(either: Either<E, A>): A => {
  if (either._tag === 'Left') throw new Error(`expected an answer, got ${JSON.stringify(either.left)}`)
  return either.right
}

export const left = <E, A>(either: Either<E, A>): E => {
  if (either._tag === 'Right') throw new Error('expected an error')
  return either.left
}

export const place = (file: string, content: Uint8Array | string): void => {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, content)
}

/** A grey PNG whose pixels rise from `start`. */
export const grey = (height: number, width: number, start = 0): Promise<Buffer> =>
  sharp(Buffer.from(Array.from({ length: height * width }, (_, i) => (start + i) % 256)), {
    raw: { height, width, channels: 1 }
  })
    .toColourspace('b-w')
    .png()
    .toBuffer()

/** `{train,valid}/{a,b}/*.png`, `each` images a class and part, of 4 x 6. */
export const smallSet = async (
  root: string,
  each: number,
  sides: readonly [number, number] = [4, 6]
): Promise<void> => {
  for (const part of ['train', 'valid'])
    for (const name of ['a', 'b'])
      for (let i = 0; i < each; i++)
        place(path.join(root, part, name, `${i}.png`), await grey(...sides, 10 * i + (name === 'a' ? 0 : 100)))
}
