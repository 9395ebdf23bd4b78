/**
 * Pictures that worker threads load.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { sidesOf, type DataSpec } from '../data/index.js'
import type { HasFiles } from './Files.js'
import type { HasImages } from './Images.js'
import { itemAt, pictures, type Pictures } from './pictures.js'
import type { HasWorkers, PictureSet, Workers } from './Workers.js'

let sets = 0

/** Threads remember what they decoded until nobody can ask for it any more. */
const abandoned = /*#__PURE__*/ new FinalizationRegistry(({ workers, id }: { workers: Workers; id: number }) =>
  workers.forget(id)
)

/** The same pictures, each loaded by the thread that loaded it first, since that one may remember it. */
const remotePictures = (spec: DataSpec, root: string, workers: Workers): Pictures => {
  const share = Math.floor(spec.cacheBytes / workers.count)
  const set: PictureSet = { id: sets++, spec: { ...spec, cacheBytes: share }, root }
  abandoned.register(set, { workers, id: set.id })
  const homes = new Map<string, number>()
  const threadFor = (file: string): number => {
    const thread = homes.get(file) ?? workers.idlest()
    if (share > 0) homes.set(file, thread)
    return thread
  }
  const here = pictures(spec, root)
  return {
    ...here,
    verify: (item) => () => workers.ask(set, { _tag: 'Verify', item }, threadFor(item.file)),
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
              workers.ask(set, { _tag: 'Item', item, sides, task, view }, threadFor(item.file)),
              TE.map((loaded) => ({ ...item, ...loaded }))
            )
          )
        )
    })
  }
}

/** Smaller pictures are loaded in less time than it takes to ask for them. */
const small = 64 * 64

const area = ([height, width]: readonly [number, number]): number => height * width

/** Whether pictures are small, as the first of some files says. */
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

/** Functions cannot be sent. Those that pair files have done their work when pictures are loaded. */
const sendable = (spec: DataSpec): O.Option<DataSpec> => {
  const { source } = spec
  const unpaired =
    source._tag === 'ImageMasks'
      ? { ...source, masks: { _tag: 'ByFunction' } }
      : source._tag === 'ImageImages'
        ? { ...source, targets: { _tag: 'ByFunction' } }
        : source
  return O.tryCatch(() => structuredClone({ ...spec, source: unpaired }) as DataSpec)
}

/**
 * The pictures below a root: loaded by the environment's threads, or on the calling thread where it has none, where its
 * threads read with other capabilities than its own, where the description holds a function, and where pictures are
 * small.
 */
export const picturesFor =
  (spec: DataSpec, root: string, files: ReadonlyArray<string>) =>
  (env: HasFiles & HasImages & HasWorkers): TE.TaskEither<never, Pictures> => {
    const { workers } = env
    const here = pictures(spec, root)
    const plain = sendable(spec)
    return workers.count === 0 || workers.files !== env.files || workers.images !== env.images || O.isNone(plain)
      ? TE.right(here)
      : TE.map((isSmall: boolean) => (isSmall ? here : remotePictures(plain.value, root, workers)))(
          areSmall(spec, here, files[0])(env)
        )
  }
