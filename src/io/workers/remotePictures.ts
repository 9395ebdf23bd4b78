/** Images loaded by worker threads. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { holdoutAuto, kindOfSource, sidesOf, type DataSpec, type Labelled, type PlaceOf } from '../../data/index.js'
import type { HasFiles } from '../Files.js'
import type { HasImages } from '../Images.js'
import { itemAt, pictures, type Pictures, type PictureSource } from '../opened/pictures.js'
import type { HasWorkers, PictureSet, Workers } from './Workers.js'

let sets = 0

/** Threads cache decoded images until they can no longer be requested. */
const abandoned = /*#__PURE__*/ new FinalizationRegistry(({ workers, id }: { workers: Workers; id: number }) =>
  workers.forget(id)
)

/** The same images, each always loaded by the same thread, which may have it cached. */
const remotePictures = (source: PictureSource, placeOf: PlaceOf | undefined, workers: Workers): Pictures => {
  const { spec } = source
  const share = Math.floor(spec.cacheBytes / workers.count)
  const set: PictureSet = { ...source, id: sets++, spec: { ...spec, cacheBytes: share } }
  abandoned.register(set, { workers, id: set.id })
  const homes = new Map<string, number>()
  const threadFor = (file: string): number => {
    const thread = homes.get(file) ?? workers.idlest()
    if (share > 0) homes.set(file, thread)
    return thread
  }
  const here = pictures(source)(placeOf)
  const paired = kindOfSource(spec.source).labels(spec.source) !== 'values'
  const placed = ({ file, label }: Labelled) =>
    placeOf === undefined ? {} : { places: { file: placeOf(file), ...(paired ? { label: placeOf(label) } : {}) } }
  return {
    ...here,
    facts: (files) => (env) => async () => {
      const places = placeOf === undefined ? {} : { places: files.map(placeOf) }
      const facts = await workers.ask(set, { _tag: 'Facts', files, ...places }, workers.idlest())()
      // a thread that ended, for example for lack of memory: its files are read here
      return E.isRight(facts) ? facts.right : here.facts(files)(env)()
    },
    verify: (item) => () => workers.ask(set, { _tag: 'Verify', item, ...placed(item) }, threadFor(item.file)),
    dataset: (items, sides, task) => ({
      length: items.length,
      items,
      atOnce: Infinity,
      item: (i, view) => () =>
        pipe(
          itemAt(items, i),
          TE.fromEither,
          TE.chainW((item) =>
            pipe(
              workers.ask(set, { _tag: 'Item', item, sides, task, view, ...placed(item) }, threadFor(item.file)),
              TE.map((loaded) => ({ ...item, ...loaded }))
            )
          )
        )
    })
  }
}

/** Smaller images are loaded faster than a request to a thread takes. */
const small = 64 * 64

const area = ([height, width]: readonly [number, number]): number => height * width

/** Whether images are small, judged by one of them. */
const areSmall =
  (spec: DataSpec, { header }: Pictures, file: string | undefined) =>
  (env: HasFiles & HasImages): TE.TaskEither<never, boolean> => {
    if (O.isSome(spec.size) && area(sidesOf(spec.size.value)) > small) return TE.right(false)
    return file === undefined
      ? TE.right(true)
      : pipe(
          header(file)(env),
          TE.map(({ height, width }) => area([height, width]) <= small),
          TE.orElse(() => TE.right(false))
        )
  }

/** Functions cannot be sent to threads; those of a source are no longer needed when images are loaded. */
const sendable = (spec: DataSpec): O.Option<DataSpec> => {
  const { source } = spec
  const loaded = kindOfSource(source).forLoading?.(source) ?? source
  const { withHoldout } = kindOfSource(loaded)
  const its = withHoldout === null ? loaded : withHoldout(holdoutAuto)(loaded)
  return O.tryCatch(() => structuredClone({ ...spec, exclude: [], source: its }))
}

/** Whether the environment's threads may load these images, and the description to send to them. */
const forThreads = (
  spec: DataSpec,
  { workers, files, images }: HasFiles & HasImages & HasWorkers
): O.Option<DataSpec> =>
  workers.count === 0 || workers.files !== files || workers.images !== images ? O.none : sendable(spec)

/** The images below a root, whatever their size: loaded by threads where that is possible. */
export const picturesInThreads =
  (source: PictureSource, placeOf: PlaceOf | undefined) =>
  (env: HasFiles & HasImages & HasWorkers): Pictures => {
    const plain = forThreads(source.spec, env)
    return O.isNone(plain)
      ? pictures(source)(placeOf)
      : remotePictures({ ...source, spec: plain.value }, placeOf, env.workers)
  }

/**
 * The images below a root: loaded by the environment's threads, or on the calling thread if there are none, if they use
 * other capabilities than the environment's, if the description contains a function, or if images are small.
 */
export const picturesFor =
  (source: PictureSource, placeOf: PlaceOf | undefined, first: string | undefined) =>
  (env: HasFiles & HasImages & HasWorkers): TE.TaskEither<never, Pictures> => {
    const here = pictures(source)(placeOf)
    const plain = forThreads(source.spec, env)
    return O.isNone(plain)
      ? TE.right(here)
      : TE.map((isSmall: boolean) =>
          isSmall ? here : remotePictures({ ...source, spec: plain.value }, placeOf, env.workers)
        )(areSmall(source.spec, here, first)(env))
  }
