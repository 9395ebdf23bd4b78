/** The images given to `graft predict`: files, folders, patterns, URLs, and `-` for standard input. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import * as E from 'fp-ts/lib/Either.js'
import { flow, pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as S from 'fp-ts/lib/string.js'
import * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { isImageName } from '../../data/index.js'
import { type GraftError, mistakes, mistakesOf } from '../../GraftError.js'
import { type HasHttp, nodeFiles, readUrl } from '../../io/index.js'
import { type Picture, settingError } from '../../learn/index.js'
import { isFolder } from './named.js'

export interface NamedPicture {
  readonly name: string
  readonly read: (env: HasHttp) => TE.TaskEither<GraftError, Picture>
}

const none = (found: string, hint: string): GraftError =>
  settingError('IMAGE', 'an image: a file, a folder, a pattern, a URL, or - for standard input', found, hint)

const ofFile = (name: string): NamedPicture => ({ name, read: () => TE.right(name) })

const standardInput: NamedPicture = {
  name: '-',
  read: () =>
    TE.tryCatch(
      () => buffer(process.stdin),
      (cause): GraftError =>
        none(`standard input, which could not be read: ${String(cause)}`, 'check what is piped into graft')
    )
}

const inFolder = (folder: string): TE.TaskEither<GraftError, ReadonlyArray<NamedPicture>> =>
  pipe(
    nodeFiles.walk(folder),
    TE.map(({ files }) => pipe(files, RA.filter(isImageName), RA.sort(S.Ord))),
    TE.filterOrElseW(RA.isNonEmpty, () =>
      none(
        `${folder}, a folder without images`,
        'check its name; images are recognised by their extension (.jpg, .png, ...)'
      )
    ),
    TE.map(RA.map((file) => ofFile(join(folder, file))))
  )

/** Expands patterns that the shell did not, because they were quoted or on Windows. */
const matching = (pattern: string): TE.TaskEither<GraftError, ReadonlyArray<NamedPicture>> =>
  pipe(
    TE.tryCatch(
      () => import('tinyglobby').then(({ glob }) => glob(pattern.replaceAll('\\', '/'), { expandDirectories: false })),
      (cause): GraftError => none(`${pattern}, which cannot be searched for: ${String(cause)}`, 'check the pattern')
    ),
    TE.map(flow(RA.filter(isImageName), RA.sort(S.Ord))),
    TE.filterOrElse(RA.isNonEmpty, () => none(`${pattern}, which matches no image`, 'check the pattern')),
    TE.map(RA.map(ofFile))
  )

const named = (argument: string): TE.TaskEither<GraftError, ReadonlyArray<NamedPicture>> => {
  if (argument === '-')
    return process.stdin.isTTY
      ? TE.left(none('- without anything piped into it', 'pipe an image: graft predict MODEL - < cat.jpg'))
      : TE.right([standardInput])
  if (/^https?:\/\//i.test(argument)) return TE.right([{ name: argument, read: readUrl(argument) }])
  if (isFolder(argument)) return inFolder(argument)
  return !existsSync(argument) && /[*?[{]/.test(argument) ? matching(argument) : TE.right([ofFile(argument)])
}

/** The images that the arguments name, in order, and what is wrong with arguments that name none. */
export interface NamedPictures {
  readonly pictures: ReadonlyArray<NamedPicture>
  readonly errors: ReadonlyArray<GraftError>
}

/**
 * Errors: `-` given twice, since standard input can be read only once; those of the arguments if none names an image.
 */
export const namedPictures = (args: ReadonlyArray<string>): TE.TaskEither<GraftError, NamedPictures> =>
  args.indexOf('-') !== args.lastIndexOf('-')
    ? TE.left(none('- more than once', 'write - once: standard input is one image'))
    : pipe(
        args,
        RA.wilt(T.ApplicativeSeq)(named),
        T.map(({ left: errors, right }): E.Either<GraftError, NamedPictures> => {
          const pictures = RA.flatten(right)
          const every = errors.flatMap(mistakesOf)
          return pictures.length === 0 && RA.isNonEmpty(every)
            ? E.left(mistakes('the command line', every))
            : E.right({ pictures, errors })
        })
      )
