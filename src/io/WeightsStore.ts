/**
 * `WeightsStore`: published weights by name, as a capability: from a folder, a cache that other programs share, or the
 * network.
 *
 * @since 0.1.0
 */
import * as path from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { defaultStubbornness, fileNameOf, type Stubbornness } from './download.js'
import { type FetchEnv, fetchVerified } from './fetchVerified.js'
import { inHubCache, intoHubCache, storageOf, type HubPath } from './hubCache.js'
import { type IoError, weightsNotFound } from './IoError.js'
import { orNone, verified, type WeightsFile } from './verified.js'
import type { WeightsPlaces } from './WeightsPlaces.js'

/**
 * What is looked for: an architecture's `WeightsRecord` under its full name, `resnet18.tv_in1k`.
 *
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
 * What graft asks a store of weights.
 *
 * @category model
 * @since 0.1.0
 */
export interface WeightsStore {
  /** The file and all that is in it, verified; otherwise `WeightsNotFound`. */
  readonly read: (published: PublishedWeights) => TE.TaskEither<IoError, WeightsFile>
}

/**
 * Wants published weights.
 *
 * @category model
 * @since 0.1.0
 */
export interface HasWeights {
  readonly weights: WeightsStore
}

/** Somewhere to look: null is not there. */
interface Place {
  readonly name: string
  readonly look: TE.TaskEither<IoError, WeightsFile | null>
}

const hubPathOf = ({ hub, hubFile = 'model.safetensors' }: PublishedWeights): HubPath | null =>
  hub === null ? null : { repo: hub, path: hubFile }

/** Places that need no network, nearest first. */
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

/** Places on the network: the hub, whose files are safetensors, then the url. */
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

/** The first that has it, or what each said. */
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

/** Where to put a file by hand: under its published name, or as Hugging Face's tools do. */
const remedy = (places: WeightsPlaces, { url, hub }: PublishedWeights): string =>
  url !== null
    ? `put ${fileNameOf(url, 'weights')} into ${places.checkpoints}`
    : `bring ${storageOf(places.hubCache, hub ?? '')} from a machine that could fetch it`

/**
 * A store over places. Kept files come first: `folders`, the hub's cache, torch's; what does not hash to what it should
 * is passed over. Then the network is asked, unless `offline`: the hub, into its cache; then the url, into torch's. A
 * broken download goes on where it stopped, and nothing gets its name before its hash is right.
 *
 * @example
 * import { nodeIo, weightsStore } from 'graft-vision/node'
 *
 * const places = { folders: [], hubCache: 'no-hub', checkpoints: 'no-torch', endpoint: '', offline: true }
 * const resnet18 = { name: 'resnet18.tv_in1k', url: 'https://a.b/resnet18-f37072fd.pth', sha256Prefix: 'f37072fd' }
 * const none = await weightsStore(places)(nodeIo()).read({ ...resnet18, hub: null })()
 * assert.ok(none._tag === 'Left' && none.left._tag === 'WeightsNotFound')
 * assert.ok(none.left.hint.includes('put resnet18-f37072fd.pth into no-torch'))
 *
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
            [...said, ...(places.offline ? ['HF_HUB_OFFLINE keeps from the network'] : [])].join('; '),
            'start from random weights (--no-pretrained; pretrained: false), or name a file of your own ' +
              `(--weights FILE; withWeights(file)), or ${remedy(places, published)}`
          )
        )
      )
  })
