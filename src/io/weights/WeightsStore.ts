/**
 * `WeightsStore`: published weights by name, as a capability: from a folder, a shared cache, or the network.
 *
 * @since 0.1.0
 */
import * as path from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { defaultStubbornness, fileNameOf, type Stubbornness } from '../network/download.js'
import { type FetchEnv, fetchVerified } from './fetchVerified.js'
import { inHubCache, intoHubCache, storageOf, type HubPath } from './hubCache.js'
import { type IoError, weightsNotFound } from '../IoError.js'
import { orNone, verified, type WeightsFile } from './verified.js'
import type { WeightsPlaces } from './WeightsPlaces.js'

/**
 * An architecture's `WeightsRecord` with its full name, `resnet18.tv_in1k`.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface PublishedWeights {
  readonly name: string
  readonly url: string | null
  readonly sha256Prefix: string | null
  readonly hub: string | null
  readonly hubFile?: string
}

/**
 * Operations of a store of weights.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface WeightsStore {
  /** Reads and verifies a file; `WeightsNotFound` if there is none. */
  readonly read: (published: PublishedWeights) => TE.TaskEither<IoError, WeightsFile>
}

/**
 * Requires published weights.
 *
 * @category environment
 * @since 0.1.0
 */
export interface HasWeights {
  readonly weights: WeightsStore
}

/** A place to search; null: not there. */
interface Place {
  readonly name: string
  readonly look: TE.TaskEither<IoError, WeightsFile | null>
}

const hubPathOf = ({ hub, hubFile = 'model.safetensors' }: PublishedWeights): HubPath | null =>
  hub === null ? null : { repo: hub, path: hubFile }

/** The local places, nearest first. */
const kept = (places: WeightsPlaces, published: PublishedWeights, env: FetchEnv): ReadonlyArray<Place> => {
  const hubPath = hubPathOf(published)
  const { url, sha256Prefix } = published
  const fileIn = (folder: string): ReadonlyArray<Place> =>
    url === null
      ? []
      : [{ name: folder, look: orNone(verified(path.join(folder, fileNameOf(url, 'weights')), sha256Prefix)(env)) }]
  return [
    ...places.folders.flatMap(fileIn),
    ...(hubPath === null
      ? []
      : [{ name: storageOf(places.hubCache, hubPath.repo), look: inHubCache(places.hubCache, hubPath)(env) }]),
    ...fileIn(places.checkpoints)
  ]
}

/** The network places: the hub, with safetensors files, then the URL. */
const remote = (
  places: WeightsPlaces,
  published: PublishedWeights,
  how: Stubbornness,
  env: FetchEnv
): ReadonlyArray<Place> => {
  const hubPath = hubPathOf(published)
  const { url, sha256Prefix } = published
  const target = path.join(places.checkpoints, fileNameOf(url ?? '', 'weights'))
  return [
    ...(hubPath === null
      ? []
      : [{ name: `${places.endpoint}/${hubPath.repo}`, look: intoHubCache(places, hubPath, how)(env) }]),
    ...(url === null
      ? []
      : [{ name: url, look: fetchVerified(url, { target, part: `${target}.part`, wanted: sha256Prefix }, how)(env) }])
  ]
}

/** The first place that has it, or what each reported. */
const firstIn = (
  places: ReadonlyArray<Place>,
  said: ReadonlyArray<string> = []
): TE.TaskEither<ReadonlyArray<string>, WeightsFile> => {
  const [place, ...others] = places
  return place === undefined
    ? TE.left(said)
    : pipe(
        place.look,
        TE.fold(
          (error) => firstIn(others, [...said, `${error.path}: ${error.found}`]),
          (found) => (found === null ? firstIn(others, [...said, `nothing in ${place.name}`]) : TE.right(found))
        )
      )
}

/** Where to put a file manually: under its published name, or with Hugging Face's tools. */
const remedy = (places: WeightsPlaces, { url, hub }: PublishedWeights): string =>
  url !== null
    ? `put ${fileNameOf(url, 'weights')} into ${places.checkpoints}`
    : `copy ${storageOf(places.hubCache, hub ?? '')} from a machine that has downloaded it`

/**
 * A store that searches places in order: `folders`, the hub's cache and torch's cache, skipping files with a wrong
 * hash; then, unless `offline`, the hub (stored in its cache) and the URL (stored in torch's). Interrupted downloads
 * are resumed, and a file gets its name only after its hash has been verified.
 *
 * @example
 * import { Io, nodeIo } from 'graft-vision/node'
 *
 * const places = { folders: [], hubCache: 'no-hub', checkpoints: 'no-torch', endpoint: '', offline: true }
 * const resnet18 = { name: 'resnet18.tv_in1k', url: 'https://a.b/resnet18-f37072fd.pth', sha256Prefix: 'f37072fd' }
 * const none = await Io.weightsStore(places)(nodeIo()).read({ ...resnet18, hub: null })()
 * assert.ok(none._tag === 'Left' && none.left._tag === 'WeightsNotFound')
 * assert.ok(none.left.hint.includes('put resnet18-f37072fd.pth into no-torch'))
 *
 * @category capabilities
 * @since 0.1.0
 */
export const weightsStore =
  (places: WeightsPlaces, how: Stubbornness = defaultStubbornness) =>
  (env: FetchEnv): WeightsStore => ({
    read: (published) =>
      pipe(
        firstIn([...kept(places, published, env), ...(places.offline ? [] : remote(places, published, how, env))]),
        TE.mapLeft((said) =>
          weightsNotFound(
            published.name,
            'its published weights, in a cache or on the network',
            [...said, ...(places.offline ? ['HF_HUB_OFFLINE forbids downloads'] : [])].join('; '),
            'start from random weights (--no-pretrained; pretrained: false), or name a file of your own ' +
              `(--weights FILE; withWeights(file)), or ${remedy(places, published)}`
          )
        )
      )
  })
