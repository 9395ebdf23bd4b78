/**
 * `ImageMasks`: images and, for each, a mask of the same size whose pixels are class indices.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { opaque, type Opaque } from '../Opaque.js'
import { isImageName, type Arrangement, type Listing } from './Arrangement.js'
import { holdoutDrawn, foldersUsed, missingFolder, noImages, noMatch, someOf, type DataError } from './DataError.js'
import { holdoutAuto, separateRandomly, defaultPct, type Holdout } from './Holdout.js'

// -------------------------------------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------------------------------------

/**
 * From an image's path to its mask's, both below the root: the same name in another folder, a pattern and what takes
 * its place (`$1` is its first group), or a function of one's own.
 *
 * @category model
 * @since 0.1.0
 */
export type MaskNaming =
  | { readonly _tag: 'InFolder'; readonly folder: string }
  | { readonly _tag: 'ByPattern'; readonly pattern: string; readonly replacement: string }
  | { readonly _tag: 'ByFunction'; readonly f: Opaque<string, (image: string) => string> }

/**
 * Images below a folder with their masks.
 *
 * @category model
 * @since 0.1.0
 */
export interface ImageMasks {
  readonly _tag: 'ImageMasks'
  readonly path: string
  /** The folder of the images, below the path. */
  readonly images: string
  readonly masks: MaskNaming
  /** The names of the classes, by index; or the file below the path that has one on each line. */
  readonly codes: ReadonlyArray<string> | string
  /** Pixels of these indices do not count, in losses or metrics. */
  readonly ignore: ReadonlyArray<number>
  readonly holdout: Holdout
}

/**
 * What `imageMasks` may be told.
 *
 * @since 0.1.0
 */
export interface MaskOptions {
  /** Default 'images'. */
  readonly images?: string
  /** Default: the same name in the folder 'labels'. */
  readonly masks?: MaskNaming
  /** Default the file 'codes.txt'. */
  readonly codes?: ReadonlyArray<string> | string
  /** Default none. */
  readonly ignore?: ReadonlyArray<number>
  /** Default: a fifth, drawn; by folder: images with a folder `valid` in their path are held out. */
  readonly holdout?: Holdout
}

// -------------------------------------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------------------------------------

/**
 * Masks of the same name in a folder.
 *
 * @example
 * import { maskOf, masksIn } from 'graft-vision'
 *
 * assert.deepStrictEqual(maskOf('images', masksIn('masks'))('images/a/1.jpg'), { _tag: 'Right', right: 'masks/a/1.png' })
 *
 * @since 0.1.0
 */
export const masksIn = (folder: string): MaskNaming => ({ _tag: 'InFolder', folder })

/**
 * Masks by a pattern searched for in the image's path and what takes its place.
 *
 * @example
 * import { maskOf, masksByPattern } from 'graft-vision'
 *
 * const naming = masksByPattern('^images/(.*)[.]png$', 'labels/$1_P.png')
 * assert.deepStrictEqual(maskOf('images', naming)('images/0016.png'), { _tag: 'Right', right: 'labels/0016_P.png' })
 *
 * @since 0.1.0
 */
export const masksByPattern = (pattern: string, replacement: string): MaskNaming => ({
  _tag: 'ByPattern',
  pattern,
  replacement
})

/**
 * Masks by a function of the image's path, named by its label (fastai's `get_y_fn`).
 *
 * @example
 * import { maskOf, masksBy } from 'graft-vision'
 *
 * const naming = masksBy('beside', (image) => image.replace('.jpg', '.mask.png'))
 * assert.deepStrictEqual(maskOf('images', naming)('images/1.jpg'), { _tag: 'Right', right: 'images/1.mask.png' })
 *
 * @since 0.1.0
 */
export const masksBy = (label: string, f: (image: string) => string): MaskNaming => ({
  _tag: 'ByFunction',
  f: opaque(label, f)
})

/** The source of `imageMasks`. */
export const maskSource = (path: string, options: MaskOptions): ImageMasks => ({
  _tag: 'ImageMasks',
  path,
  images: options.images ?? 'images',
  masks: options.masks ?? masksIn('labels'),
  codes: options.codes ?? 'codes.txt',
  ignore: options.ignore ?? [],
  holdout: options.holdout ?? holdoutAuto
})

// -------------------------------------------------------------------------------------------------------------------
// arranging
// -------------------------------------------------------------------------------------------------------------------

/**
 * The path of an image's mask; `images` is the folder of the images. Error: `NoMatch` for a path that the pattern is not
 * found in, and for a pattern or a function that fails.
 *
 * @example
 * import { maskOf, masksByPattern } from 'graft-vision'
 *
 * assert.strictEqual(maskOf('images', masksByPattern('jpg$', 'png'))('images/1.tif')._tag, 'Left')
 *
 * @since 0.1.0
 */
export const maskOf =
  (images: string, naming: MaskNaming) =>
  (image: string): E.Either<DataError, string> => {
    switch (naming._tag) {
      case 'InFolder':
        return E.right(`${naming.folder}${image.slice(images.length).replace(/\.[^./]+$/, '.png')}`)
      case 'ByPattern':
        return E.chain((pattern: RegExp) =>
          pattern.test(image)
            ? E.right(image.replace(pattern, naming.replacement))
            : E.left<DataError>(noMatch(image, `a match of ${naming.pattern}`, 'none', 'change the pattern'))
        )(
          E.tryCatch(
            () => new RegExp(naming.pattern),
            (e) => noMatch(naming.pattern, 'a regular expression', String(e), 'correct the pattern')
          )
        )
      case 'ByFunction':
        return E.chain((mask: unknown) =>
          typeof mask === 'string'
            ? E.right(mask)
            : E.left<DataError>(
                noMatch(image, "a mask's path", `a ${typeof mask}`, `mend masksBy('${naming.f.label}')`)
              )
        )(
          E.tryCatch(
            (): unknown => naming.f.run(image),
            (e) => noMatch(image, "a mask's path", `it threw: ${String(e)}`, `mend masksBy('${naming.f.label}')`)
          )
        )
    }
  }

const isHeldOut = (image: string): boolean => image.split('/').includes('valid')

/**
 * Images with their masks as labels, training and validation apart. Errors: `NoImages`, `NoMatch`, `MissingFolder` (masks
 * that are not there).
 *
 * @example
 * import { arrangeMasks, imageMasks } from 'graft-vision'
 *
 * const { source } = imageMasks('scenes')
 * if (source._tag !== 'ImageMasks') throw new Error('it is one')
 * assert.strictEqual(arrangeMasks(source, 'scenes')({ files: [], folders: [] })._tag, 'Left')
 *
 * @since 0.1.0
 */
export const arrangeMasks =
  (source: ImageMasks, root: string) =>
  (listing: Listing): E.Either<DataError, Arrangement> => {
    const below = `${source.images}/`
    const images = listing.files.filter((file) => file.startsWith(below) && isImageName(file))
    if (images.length === 0)
      return E.left(
        noImages(`${root}/${source.images}`, 'images', 'none', 'name their folder: imageMasks(path, { images })')
      )
    const masks = E.traverseArray(maskOf(source.images, source.masks))(images)
    if (E.isLeft(masks)) return masks
    const all = new Set(listing.files)
    const missing = masks.right.filter((mask) => !all.has(mask))
    if (missing.length > 0)
      return E.left(
        missingFolder(
          `${root}/${missing[0]!}`,
          'a mask for every image',
          `${missing.length} that are not there: ${someOf(missing)}`,
          'say how masks are named: imageMasks(path, { masks })'
        )
      )
    const pairs = images.map((file, i) => ({ file, label: masks.right[i]! }))
    const { holdout } = source
    if (holdout._tag === 'ByFolder') {
      const [train, valid] = [false, true].map((held) => pairs.filter(({ file }) => isHeldOut(file) === held))
      const said = foldersUsed(
        root,
        'folders named valid',
        `${valid!.length} images there`,
        'use holdoutByPct to draw instead'
      )
      return E.right({ train: train!, valid: valid!, test: [], warnings: [said] })
    }
    const { pct, seed } = holdout._tag === 'ByPct' ? holdout : { pct: defaultPct, seed: 42 }
    const { train, valid } = separateRandomly(pct, seed)(pairs.length)
    const at = (positions: ReadonlyArray<number>) => positions.map((i) => pairs[i]!)
    const said = holdoutDrawn(
      root,
      'a holdout',
      `${valid.length} of ${pairs.length} images drawn at random (seed ${seed})`,
      'put images below folders named valid and use holdoutByFolder'
    )
    return E.right({ train: at(train), valid: at(valid), test: [], warnings: [said] })
  }
