/**
 * A file of weights as a user names it: a file, a folder with `model.safetensors`, or `FILE#KEY` for one of the state
 * dicts in a file.
 */
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import type { Files, WeightsFile } from '../../io/index.js'
import { weightsError } from '../LearnError.js'

/** A file of weights with its bytes, and the state dict that was asked for. */
export interface NamedWeights extends WeightsFile {
  readonly key: string | null
}

const readable = (files: Files, file: string): TE.TaskEither<GraftError, boolean> =>
  pipe(
    files.exists(file),
    TE.mapLeft((e): GraftError => e)
  )

/** The weights in a folder: graft's own, of a complete or incomplete run, or those of a Hugging Face repository. */
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
          'a folder without model.safetensors',
          'name the file: safetensors, or one written by torch.save'
        )
    )
  )
}

/** `FILE`, or `FILE#KEY` if no file has the whole name. */
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

/** The file that a user named. */
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
