/**
 * The pictures that `graft predict` is given: files, folders, patterns, urls, and `-` for standard input.
 */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import * as E from 'fp-ts/lib/Either.js'
import { flow, pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as S from 'fp-ts/lib/string.js'
import * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { isImageName } from '../data/index.js'
import type { GraftError } from '../GraftError.js'
import { type HasHttp, nodeFiles, readUrl } from '../io/index.js'
import { type Picture, settingError } from '../learn/index.js'

export interface NamedPicture {
  readonly name: string
  readonly read: (env: HasHttp) => TE.TaskEither<GraftError, Picture>
}

const none = (what: string, found: string): GraftError =>
  settingError(
    'IMAGE',
    'a picture: a file, a folder, a pattern, a url, or - for standard input',
    found,
    `check ${what}`
  )

const ofFile = (name: string): NamedPicture => ({ name, read: () => TE.right(name) })

const standardInput: NamedPicture = {
  name: '-',
  read: () =>
    TE.tryCatch(
      () => buffer(process.stdin),
      (cause): GraftError => none('what is piped into it', String(cause))
    )
}

const inFolder = (folder: string): TE.TaskEither<GraftError, ReadonlyArray<NamedPicture>> =>
  pipe(
    nodeFiles.walk(folder),
    TE.map(({ files }) => pipe(files, RA.filter(isImageName), RA.sort(S.Ord))),
    TE.filterOrElseW(RA.isNonEmpty, () => none('its name', `${folder}, a folder without pictures`)),
    TE.map(RA.map((file) => ofFile(join(folder, file))))
  )

/** A shell expands patterns itself, but for those in quotes, and on Windows none. */
const matching = (pattern: string): TE.TaskEither<GraftError, ReadonlyArray<NamedPicture>> =>
  pipe(
    TE.tryCatch(
      () => import('tinyglobby').then(({ glob }) => glob(pattern.replaceAll('\\', '/'), { expandDirectories: false })),
      (cause): GraftError => none('the pattern', String(cause))
    ),
    TE.map(flow(RA.filter(isImageName), RA.sort(S.Ord))),
    TE.filterOrElse(RA.isNonEmpty, () => none('the pattern', `${pattern}, which matches no picture`)),
    TE.map(RA.map(ofFile))
  )

const named = (argument: string): TE.TaskEither<GraftError, ReadonlyArray<NamedPicture>> => {
  if (argument === '-') return TE.right([standardInput])
  if (/^https?:\/\//i.test(argument)) return TE.right([{ name: argument, read: readUrl(argument) }])
  if (existsSync(argument)) return statSync(argument).isDirectory() ? inFolder(argument) : TE.right([ofFile(argument)])
  return /[*?[{]/.test(argument) ? matching(argument) : TE.right([ofFile(argument)])
}

/** An argument that names nothing keeps no other from being predicted: its error comes in its turn. */
const orBroken = (argument: string, each: E.Either<GraftError, ReadonlyArray<NamedPicture>>) =>
  pipe(
    each,
    E.getOrElse((error): ReadonlyArray<NamedPicture> => [{ name: argument, read: () => TE.left(error) }])
  )

/** What the arguments name, in their order. Error: the first argument's, where none of them names a picture. */
export const namedPictures =
  (pictures: ReadonlyArray<string>): TE.TaskEither<GraftError, ReadonlyArray<NamedPicture>> =>
  async () => {
    const each = await pipe(
      pictures,
      RA.map((argument) =>
        pipe(
          argument,
          named,
          T.map((found) => [argument, found] as const)
        )
      ),
      T.sequenceArray
    )()
    const [first] = each
    return first !== undefined && each.every(([, found]) => E.isLeft(found))
      ? first[1]
      : E.right(each.flatMap(([argument, found]) => orBroken(argument, found)))
  }
