/**
 * `readSaved`: reads a file that `writeSaved` wrote.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import type * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import {
  decodeResolvedModel,
  decodeWith,
  parseJson,
  readSafetensors,
  readStateDicts,
  type Safetensors
} from '../../format/index.js'
import type { GraftError, Mistake } from '../../GraftError.js'
import type { HasFiles } from '../../io/index.js'
import { stateTensors } from '../weights/adaptation.js'
import { checksum } from './checksum.js'
import { mistakesIn } from '../inFile.js'
import { savedError } from '../LearnError.js'
import { savedModel } from './savedModel.js'
import { type Saved, progressSchema } from './Saved.js'

interface Parts {
  readonly model: unknown
  readonly progress: unknown
  readonly sha256?: unknown
}

const partsOf = (u: unknown): E.Either<RNEA.ReadonlyNonEmptyArray<Mistake>, Parts> =>
  typeof u === 'object' && u !== null && 'model' in u && 'progress' in u
    ? E.right(u)
    : E.left([
        savedError('__metadata__.graft', 'a model and its progress', 'something else', 'pass a file saved by graft')
      ])

/** Files of format 1 have no checksum. */
const isIntact = ({ sha256, model, progress }: Parts, tensors: Saved['tensors']): boolean =>
  sha256 === undefined
    ? typeof model === 'object' && model !== null && 'format' in model && model.format === 1
    : sha256 === checksum({ model, progress }, tensors)

const weightsAlone = (file: string): GraftError =>
  savedError(
    file,
    'a file saved by graft',
    'weights alone',
    'name their architecture: --arch NAME; in a program, use archPredictor'
  )

/** A file of another kind is named in the error, as when reading weights. */
const contentOf = (file: string, bytes: Uint8Array): E.Either<GraftError, Safetensors> =>
  pipe(
    readSafetensors(bytes),
    E.orElse(() =>
      pipe(
        readStateDicts(bytes),
        E.mapLeft((errors) => mistakesIn(file, errors)),
        E.chain(() => E.left(weightsAlone(file)))
      )
    )
  )

const readBytes = (file: string, bytes: Uint8Array): E.Either<GraftError, Saved> => {
  const named = <A>(e: E.Either<RNEA.ReadonlyNonEmptyArray<Mistake>, A>): E.Either<GraftError, A> =>
    E.mapLeft((errors: RNEA.ReadonlyNonEmptyArray<Mistake>) => mistakesIn(file, errors))(e)
  return pipe(
    E.Do,
    E.bind('content', () => contentOf(file, bytes)),
    E.bindW('text', ({ content }) =>
      content.metadata['graft'] === undefined ? E.left(weightsAlone(file)) : E.right(content.metadata['graft'])
    ),
    E.bindW('json', ({ text }) => named(parseJson(text))),
    E.bindW('parts', ({ json }) => named(partsOf(json))),
    E.bindW('model', ({ parts }) => named(decodeResolvedModel(parts.model))),
    E.bindW('progress', ({ parts }) => named(decodeWith(progressSchema)(parts.progress))),
    E.map((read) => ({ ...read, tensors: stateTensors(read.content.tensors) })),
    E.filterOrElseW(
      ({ parts, tensors }) => isIntact(parts, tensors),
      () => savedError(file, 'content that matches its checksum', 'another', 'restore the file, or save it again')
    ),
    E.map(({ model, progress, tensors }) => ({ model: model.model, progress, tensors }))
  )
}

/**
 * Reads a file written by `writeSaved`, or the `model.safetensors` in the folder of a run or an export. Errors: a file
 * with only weights, a file that is not safetensors, a file that was changed since, and an unfinished run.
 *
 * @example
 * import { nodeIo, readSaved } from 'graft-vision/node'
 *
 * const result = await readSaved('nothing.safetensors')(nodeIo())()
 * assert.strictEqual(result._tag === 'Left' && result.left._tag, 'NotFound')
 *
 * @category saving
 * @since 0.1.0
 */
export const readSaved = (path: string): RTE.ReaderTaskEither<HasFiles, GraftError, Saved> =>
  pipe(
    savedModel(path),
    RTE.bindTo('file'),
    RTE.bindW(
      'bytes',
      ({ file }) =>
        (env: HasFiles) =>
          env.files.read(file)
    ),
    RTE.chainEitherKW(({ file, bytes }) => readBytes(file, bytes))
  )
