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
  /** The column of file names. */
  readonly fnCol: O.Option<Column>
  /** The columns of labels. */
  readonly labelCol: O.Option<ReadonlyArray<Column>>
  /** A column that says which set each image is in, or whether it is held out. */
  readonly validCol: O.Option<Column>
  /** What is between the labels of one image. */
  readonly labelDelim: O.Option<string>
  /** What is between columns. */
  readonly delimiter: O.Option<string>
  /** Whether the first row names the columns. */
  readonly header: O.Option<boolean>
  /** How its characters are written. */
  readonly encoding: O.Option<string>
  /** Where the files lie, below the path. */
  readonly folder: string
  /** What is missing at the end of their names. */
  readonly suffix: string
  readonly labels: LabelKind
  readonly holdout: Holdout
  readonly classes: O.Option<ReadonlyArray<string>>
}

/**
 * What `imageCsv` may be told; fastai's arguments of `from_csv`, and `validCol`. What is not told is found by looking at
 * the table; a finding that is not the usual one is among the data's warnings.
 *
 * @since 0.1.0
 */
export interface CsvOptions {
  /** Default 'labels.csv'. */
  readonly csv?: string
  /** The column of file names; default: the one that names files which are there. */
  readonly fnCol?: Column
  /** The column, or the columns, of labels; default: the one named label, class, category or target, else the one after the files. */
  readonly labelCol?: Column | ReadonlyArray<Column>
  /**
   * A column that says which images are held out (1, true, t, yes, y; 0, false, f, no, n), or which set each is in (train,
   * valid, val, validation, dev, test, ... in any case); takes the place of `holdout`. Default: a column named is_valid,
   * split, set, subset, partition or the like that holds such words.
   */
  readonly validCol?: Column
  /** What is between the labels of one image, in one column; with it, each image has any number of labels. */
  readonly labelDelim?: string
  /** Default: what divides every row alike: a comma, a semicolon, a tab or `|`. */
  readonly delimiter?: string
  /** Default: the first row names the columns unless it names an image. */
  readonly header?: boolean
  /** Any that `TextDecoder` knows: 'latin1', 'utf-16le', 'shift_jis'. Default: UTF-8, or what a byte order mark says. */
  readonly encoding?: string
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
  /** Default: by the folders where the files lie in those of several sets, else a fifth, drawn. */
  readonly holdout?: Holdout
  /** In that order; default: those of the training images, sorted. */
  readonly classes?: ReadonlyArray<string>
}

// -------------------------------------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------------------------------------

/** The source of `imageCsv`. */
export const csvSource = (path: string, options: CsvOptions): ImageCsv => {
  const { labelCol } = options
  return {
    _tag: 'ImageCsv',
    path,
    csv: options.csv ?? 'labels.csv',
    fnCol: O.fromNullable(options.fnCol),
    labelCol: labelCol === undefined ? O.none : O.some(typeof labelCol === 'object' ? labelCol : [labelCol]),
    validCol: O.fromNullable(options.validCol),
    labelDelim: O.fromNullable(options.labelDelim),
    delimiter: O.fromNullable(options.delimiter),
    header: O.fromNullable(options.header),
    encoding: O.fromNullable(options.encoding),
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
