/** Decodes the files of a run from the output of `graft_torch/print_files.py`. */
import * as E from 'fp-ts/lib/Either.js'
import { type JobError, type JobFile, jobError } from '../../emit/torch/index.js'

const lineOf = /^graft-(file|data|end) (\S+)(?: (.+))?$/

const damaged = (found: string): E.Either<JobError, never> =>
  E.left(jobError('the run', 'all files of the run in the log', found, 'fetch it again'))

/** Whether a relative path stays inside its folder. */
const isBelow = (path: string): boolean =>
  !path.startsWith('/') && !path.includes('\\') && !path.split('/').includes('..')

/** Returns all files, or an error if one is missing or incomplete. Other lines are skipped. */
export const printedFiles = (log: string): E.Either<JobError, ReadonlyArray<JobFile>> => {
  const files: Array<{ readonly path: string; readonly bytes: number; readonly parts: Array<Buffer> }> = []
  for (const line of log.split('\n')) {
    const [, kind, first = '', path = ''] = lineOf.exec(line.trimEnd()) ?? []
    if (kind === 'file') {
      if (!isBelow(path)) return damaged(`a file outside the run: ${path}`)
      files.push({ path, bytes: Number(first), parts: [] })
    }
    if (kind === 'data') files.at(-1)?.parts.push(Buffer.from(first, 'base64'))
    if (kind === 'end') {
      const whole = files.map(({ path: at, parts }): JobFile => ({ path: at, content: Buffer.concat(parts) }))
      const short = files.find(({ bytes }, i) => whole[i]!.content.length !== bytes)
      if (short !== undefined) return damaged(`only part of ${short.path}`)
      return Number(first) === files.length ? E.right(whole) : damaged(`${files.length} of ${first} files`)
    }
  }
  return damaged('a log that ends early')
}
