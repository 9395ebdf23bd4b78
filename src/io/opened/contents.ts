/** The contents of a data set's files: a hash, and duplicate images. */
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  dataWarning,
  someOf,
  wholeFiles,
  type DataItem,
  type DataSpec,
  type DataWarning,
  type PlaceOf,
  type Settled
} from '../../data/index.js'
import type { HasFiles } from '../Files.js'
import type { HasImages } from '../Images.js'
import type { IoError } from '../IoError.js'
import { verifyOf } from './look.js'
import { parallel } from '../workers/parallel.js'
import { readPlace } from './readPlace.js'

/** Number of bytes hashed at both ends of a file that was not read. */
const ends = 2 ** 16

interface Contents {
  /** A hash of the content of every file, in order. */
  readonly hash: string
  readonly warnings: ReadonlyArray<DataWarning>
}

/** Images with identical bytes, in groups ordered by their first image. */
const copiesAmong = (
  items: ReadonlyArray<DataItem>,
  hashOf: ReadonlyMap<string, string>
): ReadonlyArray<ReadonlyArray<DataItem>> => {
  const groups = new Map<string, Array<DataItem>>()
  for (const item of items) {
    const hash = hashOf.get(item.file)
    if (hash === undefined) continue
    const group = groups.get(hash)
    if (group === undefined) groups.set(hash, [item])
    else group.push(item)
  }
  return [...groups.values()].filter((group) => group.length > 1)
}

const inPairs = (pairs: ReadonlyArray<readonly [DataItem, DataItem]>): string =>
  someOf(
    pairs.map(([one, other]) => `${one.file} = ${other.file}`),
    3
  )

/** Warnings of copies that invalidate the validation, and of copies with different labels. */
const copyWarnings = (
  root: string,
  { task, train, valid }: Settled,
  hashOf: ReadonlyMap<string, string>
): ReadonlyArray<DataWarning> => {
  const groups = copiesAmong([...train, ...valid], hashOf)
  const held = new Set(valid)
  const across = groups.flatMap((group) => {
    const one = group.find((item) => !held.has(item))
    return one === undefined ? [] : group.filter((item) => held.has(item)).map((item) => [one, item] as const)
  })
  const paired = task._tag === 'Segmentation' || task._tag === 'ImageRegression'
  const contrary = paired
    ? []
    : groups.flatMap(([one, ...others]) =>
        others.filter(({ target }) => !isDeepStrictEqual(target, one!.target)).map((item) => [one!, item] as const)
      )
  return [
    ...(across.length === 0
      ? []
      : [
          dataWarning.repeatedImages(
            root,
            'validation images that are not trained on',
            `${across.length} of ${valid.length} validation images are copies of training images, so scores will be too good: ${inPairs(across)}`,
            'remove the copies from one of the two sets'
          )
        ]),
    ...(contrary.length === 0
      ? []
      : [
          dataWarning.repeatedImages(
            root,
            'one label for one image',
            `${contrary.length} with the bytes of an image of another label: ${inPairs(contrary)}`,
            'keep the one with the right label'
          )
        ])
  ]
}

/** How many images are enough to notice that other data are at the place of the first; of more, some are hashed. */
const enough = 20_000

/** Evenly spaced members of a long list. */
const sampled = <A>(all: ReadonlyArray<A>): ReadonlyArray<A> =>
  all.length <= enough ? all : Array.from({ length: enough }, (_, i) => all[Math.floor((i * all.length) / enough)]!)

/** A hash of an image's bytes, or of what its mask is drawn from; if not `whole`, of both ends of its file. */
const hashAt = (root: string, whole: boolean, placeOf: PlaceOf) => {
  const read = readPlace(root)
  const known = new Map<string, TE.TaskEither<unknown, string>>()
  /** Of a file that holds many images, once. */
  const ofEnds = (path: string, env: HasFiles): TE.TaskEither<unknown, string> => {
    const hash = known.get(path) ?? once(env.files.hash(resolve(root, path), ends))
    known.set(path, hash)
    return hash
  }
  return (file: string) =>
    (env: HasFiles): TE.TaskEither<unknown, string> => {
      const place = placeOf(file)
      const hash = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')
      if (place._tag === 'File') return env.files.hash(resolve(root, place.path), whole ? undefined : ends)
      if (place._tag === 'Drawn') return TE.right(hash(JSON.stringify(place.mask)))
      return whole ? TE.map(hash)(read(place)(env)) : ofEnds(place.path, env)
    }
}

/** Asks once, whoever asks again. */
const once = <E, A>(of: TE.TaskEither<E, A>): TE.TaskEither<E, A> => {
  let answer: ReturnType<typeof of> | undefined
  return () => (answer ??= of())
}

/**
 * A hash of the contents of all training and validation images, masks and targets, and warnings of duplicate images.
 * Images that were verified are read whole; of those that were not, a file's ends, and at most 20,000 images if `auto`
 * chose so. An unreadable image counts as empty; the error is reported where it is used.
 */
export const contentsOf =
  (spec: DataSpec, root: string, settled: Settled, placeOf: PlaceOf = wholeFiles) =>
  (env: HasFiles & HasImages): TE.TaskEither<IoError, Contents> =>
  async () => {
    const { task, train, valid } = settled
    const items = [...train, ...valid]
    const paired = task._tag === 'Segmentation' || task._tag === 'ImageRegression'
    const whole = verifyOf(spec, items.length) !== 'none'
    const asked = spec.verify === 'auto' && !whole ? sampled(items) : items
    const files = asked.flatMap(({ file, label }) => (paired ? [file, label] : [file]))
    const at = hashAt(root, whole, placeOf)
    const hashes = await parallel(2 * env.images.workers, (file: string) => at(file)(env))(files)()
    const all = createHash('sha256')
    for (const one of hashes) all.update(`${E.isRight(one) ? one.right : ''} `)
    // both ends of a file do not show whether it is a copy
    const known = whole ? hashes.flatMap((one, i) => (E.isRight(one) ? [[files[i]!, one.right] as const] : [])) : []
    return E.right({ hash: all.digest('hex'), warnings: copyWarnings(root, settled, new Map(known)) })
  }
