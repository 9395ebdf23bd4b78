/** The Python program of jobs, from the installed package. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { type JobFile, jobError } from '../../emit/torch/index.js'
import type { GraftError } from '../../GraftError.js'
import type { HasFiles } from '../../io/index.js'

/** The folder of `graft_torch` in the package. */
const folder = (): E.Either<GraftError, string> =>
  E.tryCatch(
    () => dirname(createRequire(import.meta.url).resolve('#graft-torch')),
    () => jobError('graft_torch', 'the Python program in the package', 'none', 'reinstall graft-vision, or build it')
  )

/** The program's files, sorted by path; paths begin with `graft_torch`. */
export const torchProgram: RTE.ReaderTaskEither<HasFiles, GraftError, ReadonlyArray<JobFile>> = ({ files }) =>
  pipe(
    TE.fromEither(folder()),
    TE.bindTo('root'),
    TE.bindW('found', ({ root }) => files.walk(root)),
    TE.chainW(({ root, found }) =>
      pipe(
        found.files.filter((path) => path.endsWith('.py')).toSorted((a, b) => (a < b ? -1 : 1)),
        TE.traverseArray((path) =>
          pipe(
            files.readText(join(root, path)),
            TE.map((content): JobFile => ({ path: `graft_torch/${path}`, content }))
          )
        )
      )
    )
  )
