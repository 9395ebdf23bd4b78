/**
 * `ImageCsv`: images that a table names, with their labels: a class, several, or numbers.
 *
 * @since 0.1.0
 */
import * as O from 'fp-ts/lib/Option.js'
import { type DataSpec, defaultData } from './DataSpec.js'
import { holdoutAuto, type Holdout } from './Holdout.js'

// -------------------------------------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------------------------------------

/**
 * A column of a table: its number, from 0, or its name.
 *
 * @category model
 * @since 0.1.0
 */
export type Column = number | string

/**
 * What the labels of a table are: one class an image, any number of them, or numbers; `auto` looks at them.
 *
 * @category model
 * @since 0.1.0
 */
export type LabelKind = 'auto' | 'classes' | 'labels' | 'numbers'

/**
 * Images that a table names.
 *
 * @category model
 * @since 0.1.0
 */
export interface ImageCsv {
  readonly _tag: 'ImageCsv'
  readonly path: string
  /** The table's file, below the path. */
  readonly csv: string
  readonly fnCol: Column
  readonly labelCol: ReadonlyArray<Column>
  /** A column that says of each image whether it is held out. */
  readonly validCol: O.Option<Column>
  /** What is between the labels of one image. */
  readonly labelDelim: O.Option<string>
  /** What is between columns. */
  readonly delimiter: string
  /** Whether the first row names the columns. */
  readonly header: boolean
  /** Where the files lie, below the path. */
  readonly folder: string
  /** What is missing at the end of their names. */
  readonly suffix: string
  readonly labels: LabelKind
  readonly holdout: Holdout
  readonly classes: O.Option<ReadonlyArray<string>>
}

/**
 * What `imageCsv` may be told; fastai's arguments of `from_csv`, and `validCol`.
 *
 * @since 0.1.0
 */
export interface CsvOptions {
  /** Default 'labels.csv'. */
  readonly csv?: string
  /** The column of file names; default 0. */
  readonly fnCol?: Column
  /** The column, or the columns, of labels; default 1. */
  readonly labelCol?: Column | ReadonlyArray<Column>
  /** A column of 1, 1.0, true, yes or valid for images that are held out; takes the place of `holdout`. Default none. */
  readonly validCol?: Column
  /** What is between the labels of one image, in one column; with it, each image has any number of labels. */
  readonly labelDelim?: string
  /** Default ','. */
  readonly delimiter?: string
  /** Default true. */
  readonly header?: boolean
  /** Default: the path itself. */
  readonly folder?: string
  /** Default none. */
  readonly suffix?: string
  /**
   * Default 'auto': `labels` with a delimiter, or with several columns of nothing but 0 and 1, which name the labels;
   * `numbers` for other columns of which there are several, and for one of nothing but numbers, of which one is not whole; `classes`
   * otherwise.
   */
  readonly labels?: LabelKind
  /** Default: a fifth, drawn; by folder: images with a folder `valid` in their path are held out. */
  readonly holdout?: Holdout
  /** In that order; default: those of the training images, sorted. */
  readonly classes?: ReadonlyArray<string>
}

// -------------------------------------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------------------------------------

/** The source of `imageCsv`. */
export const csvSource = (path: string, options: CsvOptions): ImageCsv => {
  const { labelCol = 1 } = options
  return {
    _tag: 'ImageCsv',
    path,
    csv: options.csv ?? 'labels.csv',
    fnCol: options.fnCol ?? 0,
    labelCol: typeof labelCol === 'object' ? labelCol : [labelCol],
    validCol: O.fromNullable(options.validCol),
    labelDelim: O.fromNullable(options.labelDelim),
    delimiter: options.delimiter ?? ',',
    header: options.header ?? true,
    folder: options.folder ?? '',
    suffix: options.suffix ?? '',
    labels: options.labels ?? 'auto',
    holdout: options.holdout ?? holdoutAuto,
    classes: O.fromNullable(options.classes)
  }
}

/**
 * Images that a table names, with their labels (fastai's `from_csv`): one class an image, any number of them, or numbers
 * to predict.
 *
 * @example
 * import { imageCsv } from 'graft-vision'
 *
 * const planet = imageCsv('planet', { folder: 'train', suffix: '.jpg', labelDelim: ' ' })
 * assert.strictEqual(planet.source._tag === 'ImageCsv' && planet.source.csv, 'labels.csv')
 *
 * @category constructors
 * @since 0.1.0
 */
export const imageCsv = (path: string, options: CsvOptions = {}): DataSpec => ({
  source: csvSource(path, options),
  ...defaultData
})
