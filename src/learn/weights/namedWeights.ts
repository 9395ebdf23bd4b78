/**
 * A file of weights as a user names it: a file, a folder with `model.safetensors`, or `FILE#KEY` for one of the state
 * dicts in it.
 */
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import type { Files, WeightsFile } from '../../io/index.js'
import { weightsError } from '../LearnError.js'

/** A file of weights and its bytes, and which of its state dicts is asked for. */
export interface NamedWeights extends WeightsFile {
  readonly key: string | null
}

const readable = (files: Files, file: string): TE.TaskEither<GraftError, boolean> =>
  pipe(
    files.exists(file),
    TE.mapLeft((e): GraftError => e)
  )

/** A folder's weights: graft's own, of a run that has ended or has not, or a repository's of the hub. */
const inFolder = (files: Files, folder: string): TE.TaskEither<GraftError, string> => {
  const names = ['model.safetensors', 'checkpoint.safetensors', 'pytorch_model.bin'].map((name) => join(folder, name))
  return pipe(
    names,
    TE.traverseArray((name) => readable(files, name)),
    TE.map((there) => names.find((_, i) => there[i])),
    TE.filterOrElseW(
      (file) => file !== undefined,
      () =>
        weightsError(
          folder,
          'a file of weights, or a folder with model.safetensors',
          'a folder without it',
          'name the file: safetensors, or what torch.save has written'
        )
    )
  )
}

/** `FILE`, or `FILE#KEY` where no file of that whole name is. */
const splitName = (
  files: Files,
  name: string
): TE.TaskEither<GraftError, readonly [file: string, key: string | null]> => {
  const at = name.lastIndexOf('#')
  return pipe(
    at <= 0 ? TE.right(true) : readable(files, name),
    TE.map((whole) => (whole ? [name, null] : [name.slice(0, at), name.slice(at + 1)]))
  )
}

/** The file that a user names. */
export const namedWeights = (files: Files, name: string): TE.TaskEither<GraftError, NamedWeights> =>
  pipe(
    splitName(files, name),
    TE.bindTo('split'),
    TE.bind('kind', ({ split: [path] }) =>
      pipe(
        files.stat(path),
        TE.mapLeft((e): GraftError => e),
        TE.map(({ kind }) => kind)
      )
    ),
    TE.bind('file', ({ split: [path], kind }) => (kind === 'folder' ? inFolder(files, path) : TE.right(path))),
    TE.bindW('bytes', ({ file }) => files.read(file)),
    TE.map(({ file, bytes, split: [, key] }) => ({ file, bytes, key }))
  )
