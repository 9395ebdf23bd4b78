/**
 * `settle`: classes and targets of the labelled files that can be read.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Arrangement, Labelled } from './folders/Arrangement.js'
import {
  type DataError,
  type DataWarning,
  droppedLabels,
  emptyClass,
  noImages,
  oneClass,
  someOf,
  unknownLabel
} from './DataError.js'
import { inferClasses } from './Labelling.js'
import { lookAlikes } from './folders/similarNames.js'
import { classification, type Task } from './Task.js'

/**
 * The target of an image: its class index; a 0 or 1 for each class (multi-label); numbers; or a class index per pixel,
 * row by row.
 *
 * @category data
 * @since 0.1.0
 */
export type Target = number | ReadonlyArray<number>

/**
 * A labelled file with its target.
 *
 * @category data
 * @since 0.1.0
 */
export interface DataItem extends Labelled {
  readonly target: Target
}

/**
 * The result, given which files can be read.
 *
 * @since 0.1.0
 */
export interface Settled {
  readonly task: Task
  readonly train: ReadonlyArray<DataItem>
  readonly valid: ReadonlyArray<DataItem>
  readonly warnings: ReadonlyArray<DataWarning>
}

/** The calls that label images, for hints. */
export type LabelledBy =
  'imageFolder(path)' | 'imageCsv(path)' | 'fromNameRe(path, pattern)' | 'fromNameFunc(path, label, f)'

const moreClasses: Readonly<Record<LabelledBy, string>> = {
  'imageFolder(path)': 'put the images of each class into a folder with the name of the class',
  'imageCsv(path)': 'complete the labels, or name their column: imageCsv(path, { labelCol })',
  'fromNameRe(path, pattern)':
    "correct the pattern, whose first group is the class: fromNameRe(path, '([^/]+)_[0-9]+[.]jpg$')",
  'fromNameFunc(path, label, f)': 'correct the function, which returns the class of a file'
}

const withClasses = (by: LabelledBy): string => by.replace(')', ', { classes })')

/** A file with its target. */
export const targetedAs = ({ file, label, weight }: Labelled, target: Target): DataItem =>
  weight === undefined ? { file, label, target } : { file, label, weight, target }

const targeted =
  (classes: ReadonlyArray<string>, root: string, part: string, by: LabelledBy) =>
  (items: ReadonlyArray<Labelled>): readonly [ReadonlyArray<DataItem>, ReadonlyArray<DataWarning>] => {
    const indexOf = new Map(classes.map((name, i) => [name, i]))
    const dropped: Array<string> = []
    const kept: Array<DataItem> = []
    for (const item of items) {
      const target = indexOf.get(item.label)
      if (target === undefined) dropped.push(item.label)
      else kept.push(targetedAs(item, target))
    }
    const unknown = inferClasses(dropped)
    return [
      kept,
      unknown.length === 0
        ? []
        : [
            droppedLabels(
              root,
              `${part} labels among the classes ${someOf(classes)}`,
              `${dropped.length} images of ${someOf(unknown)}, which were left out and do not count in metrics`,
              `name the classes, ${withClasses(by)}, or add images of them to train on`
            )
          ]
    ]
  }

/**
 * The error for validation images of classes without training images, where their set was assigned: a name may be
 * misspelt, and metrics over the other images would be too good.
 */
const strangers =
  (classes: ReadonlyArray<string>, root: string, by: LabelledBy) =>
  (valid: ReadonlyArray<Labelled>): DataError | undefined => {
    const known = new Set(classes)
    const unknown = valid.filter(({ label }) => !known.has(label))
    return unknown.length === 0
      ? undefined
      : unknownLabel(
          `${root}: ${unknown[0]!.label}`,
          `validation images of the classes to train on: ${someOf(classes)}`,
          `${unknown.length} of ${someOf(inferClasses(unknown.map(({ label }) => label)))}, such as ${unknown[0]!.file}`,
          `correct the name, add images of the class to train on, or name the classes, ${withClasses(by)}, which leaves out images of others`
        )
  }

/**
 * Infers the classes from the labels of readable training files and gives every item its target. Errors: `NoImages`,
 * `OneClass`, `EmptyClass` (a class without readable training images), `UnknownLabel` (a validation image of a class
 * without training images, unless classes are given or the set was drawn at random; those are left out, with a warning).
 *
 * @example
 * import { none } from 'fp-ts/lib/Option.js'
 * import { settle } from './index.js'
 *
 * const items = (...labels: ReadonlyArray<string>) => labels.map((label, i) => ({ file: `${label}/${i}.png`, label }))
 * const arranged = { train: items('7', '3'), valid: items('3', '9'), test: [], drawn: true, warnings: [] }
 * const settled = settle(none, 'digits', () => true)(arranged)
 * if (settled._tag === 'Left') throw new Error(settled.left.hint)
 * assert.deepStrictEqual(settled.right.train.map((item) => item.target), [1, 0])
 * assert.deepStrictEqual(settled.right.warnings.map((w) => w._tag), ['DroppedLabels'])
 *
 * @since 0.1.0
 */
export const settle =
  (
    given: O.Option<ReadonlyArray<string>>,
    root: string,
    readable: (file: string) => boolean,
    by: LabelledBy = 'imageFolder(path)',
    classesAmong: (labels: ReadonlyArray<string>) => ReadonlyArray<string> = inferClasses
  ) =>
  (arranged: Arrangement): E.Either<DataError, Settled> => {
    const ok = (item: Labelled): boolean => readable(item.file)
    const [train, valid] = [arranged.train.filter(ok), arranged.valid.filter(ok)]
    if (train.length === 0)
      return E.left(
        noImages(root, 'images to train on', `none that can be read (of ${arranged.train.length})`, 'check the files')
      )
    const classes = O.fold(
      () => classesAmong(arranged.train.map((item) => item.label)),
      (names: ReadonlyArray<string>) => names.map((name) => name.normalize('NFC'))
    )(given)
    if (classes.length < 2)
      return E.left(oneClass(root, 'at least two classes', `one: ${classes.join(', ')}`, moreClasses[by]))
    const present = new Set(train.map((item) => item.label))
    const empty = classes.filter((name) => !present.has(name))
    if (empty.length > 0)
      return E.left(
        emptyClass(
          `${root}: ${empty[0]!}`,
          'at least one readable training image of every class',
          `none of ${someOf(empty)}`,
          `add or repair images, or leave out the class: ${withClasses(by)}`
        )
      )
    if (O.isNone(given) && arranged.drawn !== true) {
      const unknown = strangers(classes, root, by)(valid)
      if (unknown !== undefined) return E.left(unknown)
    }
    const [trainItems, trainWarnings] = targeted(classes, root, 'training', by)(train)
    const [validItems, validWarnings] = targeted(classes, root, 'validation', by)(valid)
    return E.right({
      task: classification(classes),
      train: trainItems,
      valid: validItems,
      warnings: [
        ...arranged.warnings,
        ...lookAlikes(root)([...classes, ...[...train, ...valid].map(({ label }) => label)]),
        ...trainWarnings,
        ...validWarnings
      ]
    })
  }
