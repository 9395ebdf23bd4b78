/**
 * `WeightsPlaces`: where published weights are kept and where they are fetched from. The caches are those that Hugging
 * Face's libraries and torch keep, so that what one has fetched, all have.
 *
 * @since 0.1.0
 */
import * as path from 'node:path'
import type { Cache } from '../Cache.js'

/**
 * Folders, and the hub's address.
 *
 * @since 0.1.0
 */
export interface WeightsPlaces {
  /** Looked at first and never written to: files under the names that they are published by. */
  readonly folders: ReadonlyArray<string>
  /** Hugging Face's cache: a folder for each repository, with blobs, refs and snapshots. */
  readonly hubCache: string
  /** Where torch hub keeps what `url`s lead to. */
  readonly checkpoints: string
  /** The hub, without a slash at the end. */
  readonly endpoint: string
  /** Whether the network may not be asked. */
  readonly offline: boolean
}

const yes = ['1', 'ON', 'YES', 'TRUE']

/**
 * The places that the environment asks for, as Hugging Face's libraries and torch read it. `folders` are `weights` in
 * the cache's assets and home; the hub's cache is `HF_HUB_CACHE`, else `hub` in `HF_HOME`, else in `huggingface` in the
 * user's cache folder; torch's is `hub/checkpoints` in `TORCH_HOME`, else in `torch` in the user's cache folder; the
 * user's cache folder is `XDG_CACHE_HOME`, else `.cache` at home. `HF_ENDPOINT` is another hub; `HF_HUB_OFFLINE=1` keeps
 * from the network.
 *
 * @example
 * import { weightsPlacesFrom } from 'graft-vision/node'
 * import { join } from 'node:path'
 *
 * const cache = { home: 'kept', assets: ['assets'] }
 * const places = weightsPlacesFrom({ HF_HOME: 'hf', HF_HUB_OFFLINE: '1' }, 'me', cache)
 * assert.deepStrictEqual(places.folders, [join('assets', 'weights'), join('kept', 'weights')])
 * assert.strictEqual(places.hubCache, join('hf', 'hub'))
 * assert.strictEqual(places.checkpoints, join('me', '.cache', 'torch', 'hub', 'checkpoints'))
 * assert.strictEqual(places.offline, true)
 *
 * @since 0.1.0
 */
export const weightsPlacesFrom = (
  variables: Readonly<Record<string, string | undefined>>,
  userHome: string,
  cache: Cache
): WeightsPlaces => {
  const set = (name: string): string | undefined => variables[name]?.replace(/^~(?=$|[/\\])/, userHome) || undefined
  const user = set('XDG_CACHE_HOME') ?? path.join(userHome, '.cache')
  const hub = path.join(set('HF_HOME') ?? path.join(user, 'huggingface'), 'hub')
  return {
    folders: [...cache.assets, cache.home].map((folder) => path.join(folder, 'weights')),
    hubCache: set('HF_HUB_CACHE') ?? set('HUGGINGFACE_HUB_CACHE') ?? hub,
    checkpoints: path.join(set('TORCH_HOME') ?? path.join(user, 'torch'), 'hub', 'checkpoints'),
    endpoint: (set('HF_ENDPOINT') ?? 'https://huggingface.co').replace(/\/+$/, ''),
    offline: yes.includes((set('HF_HUB_OFFLINE') ?? '').toUpperCase())
  }
}
