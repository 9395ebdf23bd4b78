/**
 * Looking into the files of opened data: which can be read, and what sides they have.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { dataError, type DataError, type DataSpec } from '../data/index.js'
import type { HasFiles } from './Files.js'
import type { HasImages } from './Images.js'
import type { IoError } from './IoError.js'
import { parallel } from './parallel.js'
import type { Pictures } from './pictures.js'
import type { HasProgress } from './Progress.js'

type Env = HasFiles & HasImages & HasProgress

type Failure = DataError | IoError

type Sides = readonly [height: number, width: number]

export interface Looked {
  /** The sides of every file that was looked into and can be read. */
  readonly sides: ReadonlyMap<string, Sides>
  readonly unreadable: ReadonlyMap<string, Failure>
}

/** Up to how many files `auto` decodes. */
const manyFiles = 20_000

export const look =
  (spec: DataSpec, files: ReadonlyArray<string>, from: Pictures) =>
  (env: Env): TE.TaskEither<Failure, Looked> =>
  async () => {
    const verify = spec.verify === 'auto' ? (files.length <= manyFiles ? 'decode' : 'header') : spec.verify
    // Unverified files still have to tell how large they are, and one speaks for all.
    const asked = verify !== 'none' ? files : O.isSome(spec.size) ? [] : files.slice(0, 1)
    let done = 0
    const sidesOf = (file: string) => (verify === 'decode' ? from.verify(file) : from.header(file))(env)
    const answers = await parallel(2 * env.images.workers, (file: string) => async () => {
      const answer = await sidesOf(file)()
      done += 1
      if (done % 500 === 0 || done === asked.length)
        env.progress({ stage: 'verify', what: from.root, done, total: asked.length })()
      return answer
    })(asked)()
    const sides = new Map<string, Sides>()
    const unreadable = new Map<string, Failure>()
    answers.forEach((answer, i) => {
      if (E.isLeft(answer)) unreadable.set(asked[i]!, answer.left)
      else sides.set(asked[i]!, [answer.right.height, answer.right.width])
    })
    return E.right({ sides, unreadable })
  }

/** The sides every image has, or the two that differ. */
export const sidesOfAll = (spec: DataSpec, root: string, { sides }: Looked): E.Either<DataError, Sides> => {
  if (O.isSome(spec.size))
    return E.right(typeof spec.size.value === 'number' ? [spec.size.value, spec.size.value] : spec.size.value)
  const [first, ...others] = sides
  if (first === undefined)
    return E.left(dataError.missingFolder(root, 'an image that can be read', 'none', 'check the files'))
  const [name, [h, w]] = first
  const other = others.find(([, [oh, ow]]) => oh !== h || ow !== w)
  return other === undefined
    ? E.right([h, w])
    : E.left(
        dataError.mixedSizes(
          root,
          'images of one size, since none is given',
          `${h} x ${w} (${name}) and ${other[1][0]} x ${other[1][1]} (${other[0]})`,
          'give a size: withSize(224)'
        )
      )
}
