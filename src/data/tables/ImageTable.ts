/**
 * `ImageCsv`: images listed in a table with their labels: a class, several, or numbers.
 *
 * @since 0.1.0
 */
import * as O from 'fp-ts/lib/Option.js'
import { type DataSpec, defaultData } from '../DataSpec.js'
import { holdoutAuto, type Holdout } from '../holdouts/Holdout.js'
import type { NamePair } from '../points/NamePair.js'

// -------------------------------------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------------------------------------

/**
 * A column of a table: its index, from 0, or its name.
 *
 * @category data
 * @since 0.1.0
 */
export type Column = number | string

/**
 * The kind of labels: one class per image, any number of them, numbers, or points of the image; `auto` infers which of
 * the first three from the table.
 *
 * @category data
 * @since 0.1.0
 */
export type LabelKind = 'auto' | 'classes' | 'labels' | 'numbers' | 'points'

/**
 * The columns of a table, and what its labels are. Options that are none are inferred.
 *
 * @category data
 * @since 0.1.0
 */
export interface TableOptions {
  /** The column of file names. */
  readonly fnCol: O.Option<Column>
  /** The columns of labels. */
  readonly labelCol: O.Option<ReadonlyArray<Column>>
  /** A column with each image's set, or whether it is held out. */
  readonly validCol: O.Option<Column>
  /** A column with how much each image counts in the training loss. */
  readonly weightCol: O.Option<Column>
  /** The separator of several labels in one cell. */
  readonly labelDelim: O.Option<string>
  /** The folder of the image files, relative to the path. */
  readonly folder: string
  /** The suffix to append to file names. */
  readonly suffix: string
  readonly labels: LabelKind
  readonly holdout: Holdout
  /** The classes in order, or the points to predict. */
  readonly classes: O.Option<ReadonlyArray<string>>
  /** For points, the pairs of names that are exchanged in a mirrored image. */
  readonly swap: O.Option<ReadonlyArray<NamePair>>
}

/**
 * Images listed in a table.
 *
 * @category data
 * @since 0.1.0
 */
export interface ImageCsv extends TableOptions {
  readonly _tag: 'ImageCsv'
  readonly path: string
  /** The table's file, relative to the path: CSV, or JSON Lines if its name ends in `.jsonl` or `.ndjson`. */
  readonly csv: string
  /** The separator of columns. */
  readonly delimiter: O.Option<string>
  /** Whether the first row is a header. */
  readonly header: O.Option<boolean>
  /** The character encoding. */
  readonly encoding: O.Option<string>
}

/**
 * Options of every table: its columns, and what its labels are. Options left out are inferred from the table; an unusual
 * inference gives a warning.
 *
 * @category data
 * @since 0.1.0
 */
export interface TableChoices {
  /** The column of file names; default: the one whose values are existing files. */
  readonly fnCol?: Column
  /**
   * The column or columns of labels; default: the one named label, class, category or target, or else the one after the
   * file names.
   */
  readonly labelCol?: Column | ReadonlyArray<Column>
  /**
   * A column that marks held-out images (1, true, t, yes, y; 0, false, f, no, n) or names each image's set (train,
   * valid, val, validation, dev, test, ... in any case); overrides `holdout`, except folds. Default: a column
   * named is_valid, split, set, subset, partition or similar with such values.
   */
  readonly validCol?: Column
  /**
   * A column of numbers from 0: how much each image counts in the training loss, which is the weighted mean; the
   * validation loss and metrics are not weighted. Default: none.
   */
  readonly weightCol?: Column
  /** The separator of several labels in one cell; if given, each image may have any number of labels. */
  readonly labelDelim?: string
  /** The folder of the image files; default: the path itself. */
  readonly folder?: string
  /** The suffix to append to file names; default: none. */
  readonly suffix?: string
  /**
   * Default 'auto'. `labels` if there is a label delimiter, or several columns of only 0 and 1, whose names are then
   * the labels; `numbers` for several other columns, or one column of numbers that are not all integers; otherwise
   * `classes`. `points` is never inferred: see `pointsFrom`.
   */
  readonly labels?: LabelKind
  /** Default: the folders of the files if they name several sets, otherwise a random fifth. */
  readonly holdout?: Holdout
  /**
   * The classes in order; default: the labels of the training images, sorted. For points, the names of those to predict;
   * default: all.
   */
  readonly classes?: ReadonlyArray<string>
  /**
   * For points, the pairs of names that are exchanged in a mirrored image; default: names that differ only in left and
   * right.
   */
  readonly swap?: ReadonlyArray<NamePair>
}

/**
 * Options of `imageCsv`: fastai's arguments of `from_csv`, and `validCol`.
 *
 * @category data
 * @since 0.1.0
 */
export interface CsvOptions extends TableChoices {
  /** Default 'labels.csv'. A file that ends in `.jsonl` or `.ndjson` has a JSON object on each line. */
  readonly csv?: string
  /** The separator of columns; default: the one of comma, semicolon, tab and `|` that divides all rows alike. */
  readonly delimiter?: string
  /** Whether the first row is a header; default: yes, unless it names an image. */
  readonly header?: boolean
  /**
   * Any encoding of `TextDecoder`: 'latin1', 'utf-16le', 'shift_jis'. Default: UTF-8, or the one of the byte order
   * mark.
   */
  readonly encoding?: string
}

/** The place of a table in messages. */
export const tablePath = ({ path, csv }: Pick<ImageCsv, 'path' | 'csv'>): string =>
  path === '' ? csv : `${path}/${csv}`

// -------------------------------------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------------------------------------

/** The options of a table; those left out are none, or their defaults. */
export const tableOptions = (options: TableChoices): TableOptions => {
  const { labelCol } = options
  return {
    fnCol: O.fromNullable(options.fnCol),
    labelCol: labelCol === undefined ? O.none : O.some(typeof labelCol === 'object' ? labelCol : [labelCol]),
    validCol: O.fromNullable(options.validCol),
    weightCol: O.fromNullable(options.weightCol),
    labelDelim: O.fromNullable(options.labelDelim),
    folder: options.folder ?? '',
    suffix: options.suffix ?? '',
    labels: options.labels ?? 'auto',
    holdout: options.holdout ?? holdoutAuto,
    classes: O.fromNullable(options.classes),
    swap: O.fromNullable(options.swap)
  }
}

/** The source made by `imageCsv`. */
export const csvSource = (path: string, options: CsvOptions): ImageCsv => ({
  _tag: 'ImageCsv',
  path,
  csv: options.csv ?? 'labels.csv',
  delimiter: O.fromNullable(options.delimiter),
  header: O.fromNullable(options.header),
  encoding: O.fromNullable(options.encoding),
  ...tableOptions(options)
})

/**
 * Images listed in a table, CSV or JSON Lines, with their labels (fastai's `from_csv`): one class per image, any number of
 * them, or numbers to predict.
 *
 * @example
 * import { imageCsv } from 'graft-vision'
 *
 * const planet = imageCsv('planet', { folder: 'train', suffix: '.jpg', labelDelim: ' ' })
 * assert.strictEqual(planet.source._tag === 'ImageCsv' && planet.source.csv, 'labels.csv')
 *
 * @category data
 * @since 0.1.0
 */
export const imageCsv = (path: string, options: CsvOptions = {}): DataSpec => ({
  source: csvSource(path, options),
  ...defaultData
})
