/**
 * The table of sources. Opening data and the command read it, and do not name any source.
 *
 * @since 0.1.0
 */
import type { Source } from './Source.js'
import { archiveKind } from './archives.js'
import { digitsKind } from './drawnDigits.js'
import { imageFolderKind } from './folders.js'
import { fromAnnotationsKind } from './fromAnnotations.js'
import { fromMetadataKind } from './fromMetadata.js'
import { fromNameFuncKind } from './fromNameFunc.js'
import { fromNameReKind } from './fromNameRe.js'
import { fromRowsKind } from './fromRows.js'
import { fromShardsKind } from './fromShards.js'
import { imageImagesKind, imageMasksKind } from './pairs.js'
import { pointsFromFuncKind } from './pointsFrom.js'
import type { DataLayout, SourceKind } from './SourceKind.js'
import { imageCsvKind } from './tables.js'

type ByTag = { readonly [T in Source['_tag']]: Extract<Source, { readonly _tag: T }> }

const sourceKinds: { readonly [T in keyof ByTag]: SourceKind<ByTag[T]> } = {
  ImageFolder: imageFolderKind,
  FromNameRe: fromNameReKind,
  FromNameFunc: fromNameFuncKind,
  Digits: digitsKind,
  Archive: archiveKind,
  ImageMasks: imageMasksKind,
  ImageImages: imageImagesKind,
  ImageCsv: imageCsvKind,
  FromRows: fromRowsKind,
  FromMetadata: fromMetadataKind,
  FromShards: fromShardsKind,
  FromAnnotations: fromAnnotationsKind,
  PointsFromFunc: pointsFromFuncKind
}

/**
 * The record of a source's kind.
 *
 * @example
 * import { imageMasks } from 'graft-vision'
 * import { kindOfSource } from '../index.js'
 *
 * const { source } = imageMasks('scenes')
 * assert.deepStrictEqual([kindOfSource(source).what, kindOfSource(source).labels(source)], ['images with masks', 'masks'])
 *
 * @since 0.1.0
 */
export const kindOfSource = <T extends keyof ByTag>(source: ByTag[T]): SourceKind<ByTag[T]> => sourceKinds[source._tag]

/**
 * How a source is arranged and labelled.
 *
 * @example
 * import { imageMasks } from 'graft-vision'
 * import { dataLayout } from '../index.js'
 *
 * assert.deepStrictEqual(dataLayout(imageMasks('scenes').source).reads({ files: [], folders: [] }), ['codes.txt'])
 *
 * @since 0.1.0
 */
export const dataLayout = (source: Source): DataLayout => kindOfSource(source).layout(source)
