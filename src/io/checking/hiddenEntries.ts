/** Hidden files and folders, and those of operating systems, among images. */
import * as E from 'fp-ts/lib/Either.js'
import type { ReaderTask } from 'fp-ts/lib/ReaderTask.js'
import { isImageName, isSystems, type Listing } from '../../data/index.js'
import type { HasFiles } from '../Files.js'
import type { HasImages } from '../Images.js'
import { parallel } from '../workers/parallel.js'

type Env = HasFiles & HasImages

const above = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

/** Folders with images in or below them; '' is the root. */
const foldersOfImages = ({ files }: Listing): ReadonlySet<string> => {
  const found = new Set<string>()
  for (const file of files) {
    if (!isImageName(file) || isSystems(file)) continue
    for (let folder = above(file); !found.has(folder); folder = above(folder)) found.add(folder)
  }
  return found
}

/**
 * The hidden entries that other tools take for a class or an image: every one beside folders, and below them folders and
 * files named like images. A folder that cannot be listed has none.
 */
export const hiddenEntries =
  (root: string, listing: Listing): ReaderTask<Env, ReadonlyArray<string>> =>
  (env) =>
  async () => {
    const folders = foldersOfImages(listing)
    const parents = new Set([...folders].filter((folder) => folder !== '').map(above))
    const inFolder = (folder: string) => async (): Promise<ReadonlyArray<string>> => {
      const names = await env.files.list(folder === '' ? root : `${root}/${folder}`)()
      if (E.isLeft(names)) return []
      const hidden = names.right.filter(isSystems).map((name) => (folder === '' ? name : `${folder}/${name}`))
      if (parents.has(folder)) return hidden
      const kinds = await Promise.all(hidden.map((path) => env.files.stat(`${root}/${path}`)()))
      return hidden.filter((path, i) => {
        const kind = kinds[i]!
        return isImageName(path) || (E.isRight(kind) && kind.right.kind === 'folder')
      })
    }
    return (await parallel(2 * env.images.workers, inFolder)([...folders])()).flat()
  }
