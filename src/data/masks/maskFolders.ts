/**
 * Detects folders of images beside folders of masks, which are not classes.
 *
 * @since 0.1.0
 */
import * as O from 'fp-ts/lib/Option.js'
import { ambiguousFolders, type DataError } from '../DataError.js'
import { folderOf, isImageName } from '../folders/Listing.js'

const ofMasks =
  /^(labels?|masks?|annotations?|annots?|trainannot|segmentations?|segmentation(class|object)(aug)?|seg|gt|gts|ground[-_ ]?truths?|targets?|codes|(images?|train|training|val|valid|test)[-_ ](labels?|masks?|annotations?|gt))$/i
const ofImages = /^(images?|imgs?|jpegimages|pictures?|photos?|inputs?|frames?|rgb|train|training|x)$/i

const stem = (file: string): string =>
  file
    .slice(folderOf(file).length)
    .replace(/^\//, '')
    .replace(/\.[^.]*$/, '')

/** Returns whether most images have a file in the other folder whose name begins with theirs. */
const arePaired = (images: ReadonlyArray<string>, masks: ReadonlyArray<string>): boolean => {
  const names = masks.map(stem).sort()
  const from = (name: string): string | undefined => {
    let [low, high] = [0, names.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (names[middle]! < name) low = middle + 1
      else high = middle
    }
    return names[low]
  }
  return images.filter((image) => from(stem(image))?.startsWith(stem(image)) === true).length * 2 > images.length
}

/** With a `codes.txt`, folders of any name may contain masks, if there are at most this many. */
const few = 12

const last = (folder: string): string => folder.split('/').at(-1)!

/** The files below each folder whose name, at any depth, satisfies `counts`. */
const filesBelow = (
  files: ReadonlyArray<string>,
  counts: (name: string) => boolean
): ReadonlyMap<string, ReadonlyArray<string>> => {
  const folders = new Map<string, Array<string>>()
  for (const file of files)
    for (const [i, part] of file.split('/').slice(0, -1).entries())
      if (counts(part)) {
        const folder = file.split('/', i + 1).join('/')
        const held = folders.get(folder)
        if (held === undefined) folders.set(folder, [file])
        else held.push(file)
      }
  return folders
}

/**
 * The error for a folder that contains images in one folder and masks of the same names in another; labelled by folder,
 * its classes would be "images" and "labels". With a `codes.txt`, folders of any name are considered.
 */
export const masksBeside =
  (root: string) =>
  (files: ReadonlyArray<string>): O.Option<DataError> => {
    const images = files.filter(isImageName)
    const all = new Set(filesBelow(images, () => true).keys())
    const codes = files.some((file) => /(^|\/)codes\.txt$/i.test(file))
    const anyName = codes && all.size <= few
    const folders = filesBelow(images, (part) => anyName || ofMasks.test(part) || ofImages.test(part))
    const names = [...folders.keys()]
    /** Returns whether a folder has only siblings with matching names. */
    const alone = (folder: string): boolean =>
      [...all].every(
        (other) => folderOf(other) !== folderOf(folder) || ofMasks.test(last(other)) || ofImages.test(last(other))
      )
    for (const masks of names.filter((folder) => anyName || ofMasks.test(last(folder)))) {
      const beside = names.find(
        (folder) =>
          folder !== masks &&
          folderOf(folder) === folderOf(masks) &&
          !ofMasks.test(last(folder)) &&
          (anyName || ofImages.test(last(folder))) &&
          ((ofMasks.test(last(masks)) && alone(masks)) || arePaired(folders.get(folder)!, folders.get(masks)!))
      )
      if (beside !== undefined)
        return O.some(
          ambiguousFolders(
            root,
            'a folder for each class',
            `images (${beside}) beside masks (${masks})${codes ? ' and codes.txt' : ''}`,
            `use imageMasks(path, { images: '${beside}', masks: masksIn('${masks}') }); if they are classes, name them: imageFolder(path, { classes })`
          )
        )
    }
    return O.none
  }
