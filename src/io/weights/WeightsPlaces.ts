/**
 * `WeightsPlaces`: where published weights are stored and downloaded from. The caches of Hugging Face's libraries and
 * torch are used, so that downloads are shared with them.
 *
 * @since 0.1.0
 */
import * as path from 'node:path'
import type { Cache } from '../../Cache.js'

/**
 * Folders, and the hub's URL.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface WeightsPlaces {
  /** Read-only folders that are searched first, with files under their published names. */
  readonly folders: ReadonlyArray<string>
  /** Hugging Face's cache: a folder for each repository, with blobs, refs and snapshots. */
  readonly hubCache: string
  /** torch hub's cache, for downloads from a `url`. */
  readonly checkpoints: string
  /** The hub's URL, without a trailing slash. */
  readonly endpoint: string
  /** Whether the network must not be used. */
  readonly offline: boolean
}

const yes = ['1', 'ON', 'YES', 'TRUE']

/**
 * The places given by environment variables, as Hugging Face's libraries and torch read them. `folders` are `weights`
 * in the cache's assets and home. The hub's cache is `HF_HUB_CACHE`, else `hub` in `HF_HOME`, else `huggingface/hub` in
 * the user's cache folder. torch's cache is `hub/checkpoints` in `TORCH_HOME`, else in `torch` in the user's cache
 * folder. The user's cache folder is `XDG_CACHE_HOME`, else `.cache` in the home folder. `HF_ENDPOINT` selects another
 * hub; `HF_HUB_OFFLINE=1` disables the network.
 *
 * @example
 * import { Io } from 'graft-vision/node'
 * import { join } from 'node:path'
 *
 * const cache = { home: 'kept', assets: ['assets'] }
 * const places = Io.weightsPlacesFrom({ HF_HOME: 'hf', HF_HUB_OFFLINE: '1' }, 'me', cache)
 * assert.deepStrictEqual(places.folders, [join('assets', 'weights'), join('kept', 'weights')])
 * assert.strictEqual(places.hubCache, join('hf', 'hub'))
 * assert.strictEqual(places.checkpoints, join('me', '.cache', 'torch', 'hub', 'checkpoints'))
 * assert.strictEqual(places.offline, true)
 *
 * @category capabilities
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
