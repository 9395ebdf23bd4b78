/**
 * `ImagePlace`: where the bytes of an image or a mask are: in a file of its own, in a file with many images, or drawn
 * from an annotation.
 *
 * @since 0.1.0
 */

/**
 * An outline: x and y of each of its corners in turn, in pixels.
 *
 * @category data
 * @since 0.1.0
 */
export type Polygon = ReadonlyArray<number>

/**
 * Lengths of runs of 0 and 1 in turn, beginning with 0: down the columns (COCO), or along the rows.
 *
 * @category data
 * @since 0.1.0
 */
export interface RunLengths {
  readonly runs: ReadonlyArray<number>
  readonly order: 'columns' | 'rows'
}

/**
 * A region of a mask: the value of its pixels, and what covers them. Later regions cover earlier ones.
 *
 * @category data
 * @since 0.1.0
 */
export interface Region {
  readonly value: number
  readonly polygons?: ReadonlyArray<Polygon>
  readonly runs?: RunLengths
}

/**
 * A mask to draw: regions over zeros.
 *
 * @category data
 * @since 0.1.0
 */
export interface DrawnMask {
  readonly height: number
  readonly width: number
  readonly regions: ReadonlyArray<Region>
}

/**
 * Where the bytes of an image or a mask are; paths are relative to the root of the data. `File`: a file of its own.
 * `Range`: bytes of a file. `Samples`: 8-bit samples of a file without a header, row by row, or channel by channel.
 * `Cell`: a row of a Parquet file. `Drawn`: a mask that an annotation describes.
 *
 * @category data
 * @since 0.1.0
 */
export type ImagePlace =
  | { readonly _tag: 'File'; readonly path: string }
  | { readonly _tag: 'Range'; readonly path: string; readonly from: number; readonly length: number }
  | {
      readonly _tag: 'Samples'
      readonly path: string
      readonly from: number
      readonly height: number
      readonly width: number
      readonly channels: number
      readonly planar: boolean
    }
  | { readonly _tag: 'Cell'; readonly path: string; readonly column: string; readonly row: number }
  | { readonly _tag: 'Drawn'; readonly mask: DrawnMask }

/**
 * Where the images of data are, by their names.
 *
 * @category data
 * @since 0.1.0
 */
export type PlaceOf = (file: string) => ImagePlace

/** Each image is the file with its name. */
export const wholeFiles: PlaceOf = (path) => ({ _tag: 'File', path })
