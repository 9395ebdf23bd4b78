/** Options for the arrangement of data: sets and classes in folders, columns of a table, masks. */
import { Option } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  type ClassFrom,
  type Column,
  type CsvOptions,
  type FolderLayout,
  folderLayout,
  fromNameRe,
  type FolderOptions,
  imageCsv,
  imageMasks,
  kindOfSource,
  type ImageCsv,
  type LabelKind,
  type MaskOptions,
  masksIn,
  type NamePair,
  type Source
} from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import { settingError } from '../../learn/index.js'
import { given, oneOf, optional, refused, type Read } from './flags.js'
import type { DivisionFlags } from './holdoutFlag.js'

/** The flags as typed. */
export interface SourceFlags {
  readonly train?: string
  readonly valid?: string
  readonly test?: string
  readonly classFrom?: string
  readonly classes?: string
  readonly labelRe?: string
  readonly delimiter?: string
  readonly header?: boolean
  readonly encoding?: string
  readonly fnCol?: string
  readonly labelCol?: string
  readonly validCol?: string
  readonly weightCol?: string
  readonly labelDelim?: string
  readonly labels?: string
  readonly points?: boolean
  readonly swap?: string
  readonly folder?: string
  readonly suffix?: string
  readonly images?: string
  readonly masks?: string
  readonly codes?: string
}

/** The options for `--help`. */
export const folderOptions = (): ReadonlyArray<Option> => [
  new Option('--train <folder>', 'folder of training images (default: train or training)'),
  new Option('--valid <folder>', 'folder of validation images (default: valid, val, validation, dev or eval)'),
  new Option('--test <folder>', 'folder of test images, which are not trained on (default: test or testing)'),
  new Option('--class-from <which>', 'folder that names the class: top, parent, or its depth from 1'),
  new Option('--label-re <pattern>', "regular expression for an image's path; its first group is the class"),
  new Option('--classes <names>', 'the classes in order, separated by commas (default: as found, sorted)')
]

export const tableOptions = (): ReadonlyArray<Option> => [
  new Option('--delimiter <char>', "separator of columns; tab or '\\t' for a tab (default: detected)"),
  new Option('--header', 'the first row is a header (the default unless it names an image)'),
  new Option('--no-header', 'the first row is an image, not a header'),
  new Option('--encoding <name>', 'e.g. latin1, utf-16le (default: utf-8, or that of the byte order mark)'),
  new Option('--fn-col <column>', 'column of file names, by name or number from 0 (default: detected)'),
  new Option('--label-col <columns>', 'columns of labels, separated by commas (default: detected)'),
  new Option(
    '--valid-col <column>',
    'column with yes or no, or with train, valid and test (default: is_valid, split, ...)'
  ),
  new Option('--weight-col <column>', 'column of numbers: how much each image counts in the training loss'),
  new Option('--label-delim <text>', "separator of an image's labels in a cell"),
  new Option('--labels <kind>', 'kind of the labels: auto (default), classes, labels, numbers or points'),
  new Option('--points', 'the labels are points: columns such as nose_x and nose_y, in pixels'),
  new Option(
    '--swap <pairs>',
    'points whose names are exchanged in mirrored images: leftEye:rightEye,..., or none (default: by left and right)'
  ),
  new Option('--folder <folder>', "folder of the images, relative to the table's"),
  new Option('--suffix <text>', 'text to append to the file names, e.g. .jpg')
]

export const maskOptions = (): ReadonlyArray<Option> => [
  new Option('--masks <folder>', 'for segmentation: folder of the masks, which have the names of their images'),
  new Option('--images <folder>', 'folder of the images (default: images)'),
  new Option('--codes <file>', 'file with one class name per line (default: codes.txt)')
]

const sourceFlagNames: ReadonlyArray<keyof SourceFlags> = [
  ...([
    'train',
    'valid',
    'test',
    'classFrom',
    'classes',
    'labelRe',
    'delimiter',
    'header',
    'encoding',
    'fnCol'
  ] as const),
  ...([
    'labelCol',
    'validCol',
    'weightCol',
    'labelDelim',
    'labels',
    'points',
    'swap',
    'folder',
    'suffix',
    'images',
    'masks',
    'codes'
  ] as const)
]

/** The names of these options in commander. */
export const ofTheSource: ReadonlyArray<string> = sourceFlagNames

const classFromFlag: (text: string | undefined) => Read<ClassFrom | undefined> = optional((text): Read<ClassFrom> =>
  text === 'top' || text === 'parent'
    ? E.right(text)
    : /^[1-9]\d*$/.test(text)
      ? E.right(Number(text))
      : refused('--class-from', 'top, parent, or the depth of a folder, from 1', text, 'top')
)

const column = (text: string): Column => (/^\d+$/.test(text.trim()) ? Number(text) : text.trim())

const split = (text: string): ReadonlyArray<string> =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

const delimiterOf = (text: string): string => (/^(\\t|tab)$/i.test(text) ? '\t' : text)

const kinds: ReadonlyArray<LabelKind | 'masks'> = ['auto', 'classes', 'labels', 'numbers', 'points', 'masks']

/** `leftEye:rightEye,leftEar:rightEar`. */
const pairsFlag: (text: string | undefined) => Read<ReadonlyArray<NamePair> | undefined> = optional(
  (text): Read<ReadonlyArray<NamePair>> => {
    const pairs = text === 'none' ? [] : split(text).map((pair) => pair.split(':').map((name) => name.trim()))
    return pairs.every((pair) => pair.length === 2 && pair.every((name) => name !== ''))
      ? E.right(pairs.map(([one, other]): NamePair => [one!, other!]))
      : refused('--swap', 'pairs of names with a colon between them, or none', text, 'leftEye:rightEye')
  }
)

/** `--points` is `--labels points`. */
const labelsFlag = ({ labels, points }: SourceFlags): Read<LabelKind | 'masks' | undefined> =>
  points === true && labels !== undefined && labels !== 'points'
    ? E.left([settingError('--points', 'no other kind of labels', `--labels ${labels}`, 'leave out one of the two')])
    : oneOf('--labels', kinds)(points === true ? 'points' : labels)

/** Parsed together with the other flags, so that all mistakes are reported at once. */
export const readSourceFlags = (flags: SourceFlags) => ({
  classFrom: classFromFlag(flags.classFrom),
  labels: labelsFlag(flags),
  swap: pairsFlag(flags.swap)
})

interface SourceValues {
  readonly classFrom: ClassFrom | undefined
  readonly labels: LabelKind | 'masks' | undefined
  readonly swap: ReadonlyArray<NamePair> | undefined
}

const typed = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

/** The first given flag that does not apply to a source. */
const unused = (flags: SourceFlags, of: ReadonlyArray<keyof SourceFlags>, what: string): E.Either<GraftError, void> => {
  const name = sourceFlagNames.find((one) => flags[one] !== undefined && !of.includes(one))
  return name === undefined
    ? E.right(undefined)
    : E.left(settingError(typed(name), `a source of data that it applies to`, what, 'leave it out'))
}

/** Rejects all of them if no source is named: the data of a run are arranged already. */
export const withoutDataFlags = (flags: SourceFlags & DivisionFlags): E.Either<GraftError, void> => {
  const name = [...sourceFlagNames, 'validPct' as const, 'holdout' as const].find((one) => flags[one] !== undefined)
  return name === undefined
    ? E.right(undefined)
    : E.left(
        settingError(
          typed(name),
          'DATA that it applies to',
          'none; the data is that of the run',
          'name DATA, or leave it out'
        )
      )
}

const ofFolder = ['train', 'valid', 'test', 'classFrom', 'classes'] as const
const ofNames = ['train', 'valid', 'test', 'classes', 'labelRe'] as const
const ofTable = [
  ...([
    'classes',
    'delimiter',
    'header',
    'encoding',
    'fnCol',
    'labelCol',
    'validCol',
    'weightCol',
    'labelDelim',
    'labels',
    'points',
    'swap'
  ] as const),
  ...(['folder', 'suffix'] as const)
] as const
const ofPoints = ['points', 'swap'] as const
const ofMetadata = [
  'classes',
  'fnCol',
  'labelCol',
  'validCol',
  'weightCol',
  'labelDelim',
  'labels',
  ...ofPoints
] as const
const ofAnnotations = ['classes', 'labels', ...ofPoints] as const
const ofShards = ['classes', 'labelCol', 'validCol', 'labels', ...ofPoints] as const
const ofColumns = [...ofMetadata, 'folder', 'suffix'] as const
const ofMasks = ['images', 'masks', 'codes'] as const

/** The fields of a full record that were chosen. */
const chosenOf = <R extends object>(chosen: object, full: R): Partial<R> =>
  Object.fromEntries(Object.entries(full).filter(([key]) => key in chosen)) as Partial<R>

const classesOf = (flags: SourceFlags) =>
  given({ classes: flags.classes === undefined ? undefined : split(flags.classes) })

const foldersOf = (flags: SourceFlags, { classFrom }: SourceValues): Partial<FolderLayout> => {
  const { train, valid, test } = flags
  const chosen: FolderOptions = { ...given({ train, valid, test, classFrom }), ...classesOf(flags) }
  return chosenOf(chosen, folderLayout(chosen))
}

const tableOf = (flags: SourceFlags, { labels: of, swap }: SourceValues): Partial<Source> => {
  const labels = of === 'masks' ? undefined : of
  const { header, encoding, labelDelim, folder, suffix } = flags
  const chosen: CsvOptions = {
    ...given({ header, encoding, labelDelim, folder, suffix, labels, swap }),
    ...(flags.delimiter === undefined ? {} : { delimiter: delimiterOf(flags.delimiter) }),
    ...(flags.fnCol === undefined ? {} : { fnCol: column(flags.fnCol) }),
    ...(flags.labelCol === undefined ? {} : { labelCol: split(flags.labelCol).map(column) }),
    ...(flags.validCol === undefined ? {} : { validCol: column(flags.validCol) }),
    ...(flags.weightCol === undefined ? {} : { weightCol: column(flags.weightCol) }),
    ...classesOf(flags)
  }
  return chosenOf(chosen, imageCsv('', chosen).source)
}

const masksOf = ({ images, masks, codes }: SourceFlags): Pick<MaskOptions, 'images' | 'masks' | 'codes'> => ({
  ...given({ images, codes }),
  ...(masks === undefined ? {} : { masks: masksIn(masks) })
})

/** A source with the values of the flags; with `--masks`, a folder of images and masks. */
export const arrangedBy =
  (flags: SourceFlags, values: SourceValues) =>
  (source: Source): E.Either<GraftError, Source> => {
    const changed = (of: ReadonlyArray<keyof SourceFlags>, what: string, to: Source): E.Either<GraftError, Source> =>
      pipe(
        unused(flags, of, what),
        E.map(() => to)
      )
    const { what } = kindOfSource(source)
    if (values.labels === 'masks' && source._tag !== 'FromAnnotations')
      return E.left(settingError('--labels', 'annotations with masks', `masks, for ${what}`, 'leave it out'))
    switch (source._tag) {
      case 'FromNameRe':
        return changed(ofNames, what, {
          ...source,
          ...foldersOf(flags, values),
          pattern: flags.labelRe ?? source.pattern
        })
      case 'ImageFolder':
        if (flags.labelRe !== undefined)
          return changed(ofNames, 'a folder labelled by file names', {
            ...fromNameRe(source.path, flags.labelRe).source,
            holdout: source.holdout,
            ...foldersOf(flags, values)
          } as Source)
        return flags.masks === undefined
          ? changed(ofFolder, what, { ...source, ...foldersOf(flags, values) })
          : changed(
              ofMasks,
              'images with masks',
              imageMasks(source.path, { ...masksOf(flags), holdout: source.holdout }).source
            )
      case 'Archive':
        return changed(ofFolder, what, { ...source, layout: { ...source.layout, ...foldersOf(flags, values) } })
      case 'ImageCsv':
        return changed(ofTable, what, { ...source, ...tableOf(flags, values) } as ImageCsv)
      case 'ImageMasks':
        return changed(ofMasks, what, { ...source, ...masksOf(flags) })
      case 'FromMetadata':
        return changed(ofMetadata, what, { ...source, ...tableOf(flags, values) } as Source)
      case 'FromAnnotations':
        return changed(ofAnnotations, what, {
          ...source,
          ...(values.labels === undefined || values.labels === 'numbers' ? {} : { labels: values.labels }),
          ...(flags.classes === undefined ? {} : { classes: O.some(split(flags.classes)) }),
          ...(values.swap === undefined ? {} : { swap: O.some(values.swap) })
        })
      case 'FromShards':
        return changed(ofShards, what, { ...source, ...tableOf(flags, values) } as Source)
      case 'FromRows':
        return changed(ofColumns, what, { ...source, ...tableOf(flags, values) } as Source)
      case 'ImageImages':
      case 'Digits':
      case 'FromNameFunc':
      case 'PointsFromFunc':
        return changed([], what, source)
    }
  }
