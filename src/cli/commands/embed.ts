/** `graft embed`: writes the features of images to a file. An unreadable image does not prevent the others. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type DataSpec, isImageName, withBatchSize, withValidBatchSize } from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import {
  type Data,
  type EmbeddedImage,
  embeddingsFile,
  type EmbeddingsFile,
  nodeFiles,
  openData,
  withImagesOf
} from '../../io/index.js'
import {
  embedBatches,
  type Embedder,
  embedEach,
  type GraftEnv,
  type Picture,
  preparedFor,
  settingError,
  withNodeEnv
} from '../../learn/index.js'
import { engineFlag, given, readFlags, whole } from '../flags/flags.js'
import { arrangedBy, readSourceFlags, type SourceFlags, withoutDataFlags } from '../flags/sourceFlags.js'
import { isFolder, namedData } from '../named/named.js'
import { namedEmbedder } from '../named/namedEmbedder.js'
import { namedPictures, type NamedPictures } from '../named/pictures.js'
import { complain } from '../output/complain.js'
import { exitCodes } from '../output/exit.js'
import { watcher } from '../output/progress.js'
import type { Terminal } from '../output/Terminal.js'

export interface EmbedFlags extends SourceFlags {
  readonly model?: string
  readonly weights?: string
  readonly out?: string
  readonly bs?: string
  readonly engine?: string
  readonly threads?: string
  readonly workers?: string
  readonly json?: boolean
}

/** What is embedded: data as for training, or images as for predicting. */
type Subject =
  { readonly _tag: 'Data'; readonly spec: DataSpec } | { readonly _tag: 'Images'; readonly named: NamedPictures }

/** A folder that has only images holds no data to train on. */
const isFlat = (folder: string): TE.TaskEither<GraftError, boolean> =>
  pipe(
    nodeFiles.list(folder),
    TE.map((names) => names.filter((name) => !name.startsWith('.'))),
    TE.map((names) => names.length > 0 && names.every(isImageName)),
    TE.mapLeft((error): GraftError => error)
  )

const subjectOf = (args: ReadonlyArray<string>): TE.TaskEither<GraftError, Subject> => {
  const [only] = args
  const images = pipe(
    namedPictures(args),
    TE.map((named): Subject => ({ _tag: 'Images', named }))
  )
  const data = (name: string): TE.TaskEither<GraftError, Subject> =>
    TE.map((spec: DataSpec): Subject => ({ _tag: 'Data', spec }))(namedData(name))
  if (args.length !== 1 || only === undefined || only === '-' || isImageName(only) || /[*?[{]/.test(only)) return images
  return isFolder(only) ? TE.chain((flat: boolean) => (flat ? images : data(only)))(isFlat(only)) : data(only)
}

interface Counts {
  readonly images: number
  readonly left: number
}

type Embedding = (file: EmbeddingsFile) => RTE.ReaderTaskEither<GraftEnv, GraftError, Counts>

/** Reports how many of the images are done. */
const telling = ({ progress }: GraftEnv, total: number): ((n: number) => void) => {
  let done = 0
  return (n) => {
    done += n
    progress({ stage: 'embed', what: 'images', done, total })()
  }
}

/** Embeds images that may be unreadable, in batches; each of those has an error of its own. */
const pictures =
  (p: Embedder, bs: number, say: (error: GraftError) => void, told: (n: number) => void) =>
  (
    group: ReadonlyArray<{ readonly image: EmbeddedImage; readonly read: TE.TaskEither<GraftError, Picture> }>,
    file: EmbeddingsFile
  ): RTE.ReaderTaskEither<GraftEnv, GraftError, Counts> =>
  (env) =>
  async () => {
    let left = 0
    for (const part of RA.chunksOf(bs)(group)) {
      const read = await Promise.all(part.map((one) => one.read()))
      const rows = await embedEach(p, { bs })(RA.rights(read))(env)()
      if (E.isLeft(rows)) return rows
      const next = rows.right.values()
      const each = read.map(E.chain(() => next.next().value as E.Either<GraftError, Float32Array>))
      each.filter(E.isLeft).forEach((error) => say(error.left))
      left += each.filter(E.isLeft).length
      const images = part.filter((_, i) => E.isRight(each[i]!)).map(({ image }) => image)
      const added = await file.add(RA.rights(each), images)()
      if (E.isLeft(added)) return added
      told(part.length)
    }
    return E.right({ images: group.length - left, left })
  }

const ofImages =
  (p: Embedder, { pictures: named, errors }: NamedPictures, bs: number, say: (error: GraftError) => void): Embedding =>
  (file) =>
  (env) => {
    errors.forEach(say)
    const group = named.map(({ name, read }) => ({ image: { path: name, label: '', set: '' }, read: read(env) }))
    return pipe(
      pictures(p, bs, say, telling(env, named.length))(group, file)(env),
      TE.map(({ images, left }) => ({ images, left: left + errors.length }))
    )
  }

const ofData =
  (
    p: Embedder,
    spec: DataSpec,
    bs: number,
    say: (error: GraftError) => void,
    note: (message: string) => void
  ): Embedding =>
  (file) =>
    pipe(
      openData(pipe(spec, preparedFor(p), withBatchSize(bs), withValidBatchSize(bs))),
      RTE.chainFirstIOK(({ skipped }) => () => {
        for (const { file: name, reason } of skipped) note(`left out ${name}: ${reason}`)
      }),
      RTE.chainW((data: Data) => (env: GraftEnv) => {
        const told = telling(env, data.train.length + data.valid.length + data.test.length)
        const labelled = (set: 'train' | 'valid') =>
          embedBatches(data, set, (rows, { indices }) => {
            told(indices.length)
            const images = indices.map((i): EmbeddedImage => {
              const { file: path, label } = data[set].items[i]!
              return { path, label, set }
            })
            return file.add(rows, images)
          })(p)
        const test = data.test.map((path) => ({
          image: { path, label: '', set: 'test' },
          read: TE.right<GraftError, Picture>(`${data.root}/${path}`)
        }))
        return pipe(
          labelled('train'),
          RTE.chain(() => labelled('valid')),
          RTE.chain(() => RTE.local((e: GraftEnv) => withImagesOf(data)(e))(pictures(p, bs, say, told)(test, file))),
          RTE.map(({ images, left }) => ({ images: images + data.train.length + data.valid.length, left }))
        )(env)
      })
    )

/** Writes the file, or discards it after an error. */
const written = (out: string, embedding: Embedding): RTE.ReaderTaskEither<GraftEnv, GraftError, Counts> =>
  pipe(
    embeddingsFile(out),
    RTE.mapLeft((error): GraftError =>
      error._tag === 'IoFailure' && error.path === out ? { ...error, path: '--out' } : error
    ),
    RTE.chain((file) =>
      pipe(
        embedding(file),
        RTE.filterOrElseW(
          ({ images }) => images > 0,
          (): GraftError => settingError('DATA', 'an image that can be read', 'none', 'check the images')
        ),
        RTE.chainFirstW(() => RTE.fromTaskEither(file.finish)),
        RTE.orElse((error) =>
          pipe(
            RTE.fromTaskEither<GraftError, void, GraftEnv>(file.discard),
            RTE.chain(() => RTE.left(error))
          )
        )
      )
    )
  )

/** `graft embed DATA|IMAGE... --model MODEL --out FILE`: the exit code. */
export const embedCommand =
  (args: ReadonlyArray<string>, flags: EmbedFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> => {
    const { onEvent, progress, note } = watcher({ json: flags.json === true, quiet: false }, terminal)
    const say = complain(terminal, flags.json === true)
    const out = flags.out ?? 'features.npz'
    return pipe(
      TE.fromEither(
        readFlags({
          bs: whole('--bs', 1, '64')(flags.bs),
          engine: engineFlag(flags.engine),
          threads: whole('--threads', 1, '2', 512)(flags.threads),
          workers: whole('--workers', 0, '2', 512)(flags.workers),
          ...readSourceFlags(flags)
        })
      ),
      TE.bindTo('n'),
      TE.bind('subject', ({ n }) =>
        pipe(
          subjectOf(args),
          TE.chainEitherK((subject): E.Either<GraftError, Subject> =>
            subject._tag === 'Data'
              ? E.map((source: DataSpec['source']): Subject => ({ ...subject, spec: { ...subject.spec, source } }))(
                  arrangedBy(flags, n)(subject.spec.source)
                )
              : E.map(() => subject)(withoutDataFlags(flags))
          )
        )
      ),
      TE.chain(({ n: { bs = 64, engine, threads, workers }, subject }) =>
        withNodeEnv({ ...given({ engine, threads, workers }), onEvent, progress })(
          pipe(
            namedEmbedder(flags.model ?? 'resnet18', flags.weights),
            RTE.chain((p) =>
              written(
                out,
                subject._tag === 'Data' ? ofData(p, subject.spec, bs, say, note) : ofImages(p, subject.named, bs, say)
              )
            )
          )
        )
      ),
      TE.map(({ images, left }) => {
        terminal.result(flags.json === true ? JSON.stringify({ file: out, images }) : out)
        return left > 0 ? exitCodes.failed : exitCodes.done
      })
    )
  }
