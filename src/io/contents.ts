/**
 * What is in the files of a data set, as a hash.
 */
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { DataSpec, Settled } from '../data/index.js'
import type { HasFiles } from './Files.js'
import type { HasImages } from './Images.js'
import type { IoError } from './IoError.js'
import { parallel } from './parallel.js'

/** Of a file that was not read, so many bytes at both ends stand for the rest. */
const ends = 2 ** 16

/**
 * A hash of the content of every file to train and to validate on, and of every mask or target. Files that were verified are
 * read whole. What can't be read counts as empty: whoever needs it will say so.
 */
export const contentsOf =
  ({ verify }: DataSpec, root: string, { task, train, valid }: Settled) =>
  (env: HasFiles & HasImages): TE.TaskEither<IoError, string> =>
  async () => {
    const items = [...train, ...valid]
    const paired = task._tag === 'Segmentation' || task._tag === 'ImageRegression'
    const files = items.flatMap(({ file, label }) => (paired ? [file, label] : [file]))
    const whole = verify === 'none' ? ends : undefined
    const hashes = await parallel(2 * env.images.workers, (file: string) => env.files.hash(resolve(root, file), whole))(
      files
    )()
    const all = createHash('sha256')
    for (const one of hashes) all.update(`${E.isRight(one) ? one.right : ''} `)
    return E.right(all.digest('hex'))
  }
