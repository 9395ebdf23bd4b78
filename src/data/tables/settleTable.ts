/**
 * Classes and targets of a table's images.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Arrangement, Labelled } from '../folders/Arrangement.js'
import { type DataError, droppedLabels, noImages, oneClass, someOf } from '../DataError.js'
import { type ImageCsv, tablePath } from './ImageTable.js'
import { inferClasses, multiTargetsOf } from '../Labelling.js'
import { settle, type Settled, targetedAs } from '../settle.js'
import { lookAlikes } from '../folders/similarNames.js'
import { settledPoints } from '../points/settledPoints.js'
import { pointNames } from './pointColumns.js'
import { isMissing, isWhole, numberOf } from './tableCells.js'
import type { Entry, Table } from './tableRows.js'
import { multiLabel, regression } from '../Task.js'

/** Sorts integers by value and everything else by code point. */
const sorted = (labels: ReadonlyArray<string>): ReadonlyArray<string> =>
  labels.every(isWhole) ? [...new Set(labels)].sort((a, b) => Number(a) - Number(b)) : inferClasses(labels)

const composed = (names: ReadonlyArray<string>): ReadonlyArray<string> => names.map((name) => name.normalize('NFC'))

const oneHot = (classes: number, present: ReadonlyArray<number>): ReadonlyArray<number> =>
  Array.from({ length: classes }, (_, c) => (present.includes(c) ? 1 : 0))

const settleLabels =
  (source: ImageCsv, columns: ReadonlyArray<string>) =>
  (train: ReadonlyArray<Entry>, valid: ReadonlyArray<Entry>): E.Either<DataError, Settled> => {
    const at = tablePath(source)
    const own = columns.length > 1 ? columns : inferClasses(train.flatMap(({ parts }) => parts))
    const classes = O.getOrElse(() => own)(O.map(composed)(source.classes))
    if (classes.length === 0)
      return E.left(
        oneClass(at, 'at least one label', 'none', 'pass the separator of labels: imageCsv(path, { labelDelim })')
      )
    const targets = multiTargetsOf(classes)
    const items = (entries: ReadonlyArray<Entry>) => {
      const present = targets(entries.map(({ parts }) => parts))
      return entries.map((entry, i) => targetedAs(entry, oneHot(classes.length, present[i]!)))
    }
    const unknown = inferClasses([...train, ...valid].flatMap(({ parts }) => parts.filter((p) => !classes.includes(p))))
    const warnings = [
      ...lookAlikes(at)([...classes, ...unknown]),
      ...(unknown.length === 0
        ? []
        : [
            droppedLabels(
              at,
              `labels among the classes ${someOf(classes)}`,
              `${someOf(unknown)}, which were left out of their images' labels`,
              'name the classes: imageCsv(path, { classes })'
            )
          ])
    ]
    return E.right({ task: multiLabel(classes), train: items(train), valid: items(valid), warnings })
  }

const settleNumbers = (train: ReadonlyArray<Entry>, valid: ReadonlyArray<Entry>): Settled => {
  const items = (entries: ReadonlyArray<Entry>) => entries.map((entry) => targetedAs(entry, entry.parts.map(numberOf)))
  return { task: regression(train[0]!.parts.length), train: items(train), valid: items(valid), warnings: [] }
}

/** Points in pixels; NaN where a cell is empty. */
const settlePoints =
  (source: ImageCsv, columns: ReadonlyArray<string>) =>
  (train: ReadonlyArray<Entry>, valid: ReadonlyArray<Entry>): E.Either<DataError, Settled> =>
    settledPoints(
      { at: tablePath(source), names: pointNames(columns), wanted: source.classes, swap: source.swap },
      train,
      valid,
      ({ parts }) => parts.map((cell) => (isMissing(cell) ? NaN : numberOf(cell)))
    )

/**
 * The targets of a table's readable images. Classes are the training labels, integers sorted by value. Errors: those of
 * `settle`; `OneClass` if no image has a label.
 *
 * @example
 * import { imageCsv } from 'graft-vision'
 * import { arrangeTable, settleTable, tableOf } from '../index.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const { source } = imageCsv('faces', { validCol: 2 })
 * if (source._tag !== 'ImageCsv') throw new Error('it is one')
 * const listing = { files: ['a.png', 'b.png'], folders: [] }
 * const bytes = new TextEncoder().encode('file,age,held out\na.png,30.5,0\nb.png,41,1')
 * const settled = pipe(
 *   tableOf(source, listing)(bytes),
 *   E.bindTo('table'),
 *   E.bind('arranged', ({ table }) => arrangeTable(source, table)(listing)),
 *   E.chain(({ table, arranged }) => settleTable(source, table, () => true)(arranged))
 * )
 * assert.ok(E.isRight(settled))
 * assert.deepStrictEqual(settled.right.task, { _tag: 'Regression', outputs: 1 })
 * assert.deepStrictEqual(settled.right.valid.map(({ target }) => target), [[41]])
 *
 * @since 0.1.0
 */
export const settleTable =
  (source: ImageCsv, { kind, columns }: Table, readable: (file: string) => boolean) =>
  (arranged: Arrangement): E.Either<DataError, Settled> => {
    const at = tablePath(source)
    if (kind === 'classes') {
      return settle(source.classes, at, readable, 'imageCsv(path)', sorted)(arranged)
    }
    const read = (items: ReadonlyArray<Labelled>): ReadonlyArray<Entry> =>
      (items as ReadonlyArray<Entry>).filter(({ file }) => readable(file))
    const [train, valid] = [read(arranged.train), read(arranged.valid)]
    if (train.length === 0)
      return E.left(noImages(at, 'images to train on', 'none that can be read', 'check the files'))
    return pipe(
      kind === 'labels'
        ? settleLabels(source, columns)(train, valid)
        : kind === 'points'
          ? settlePoints(source, columns)(train, valid)
          : E.right<DataError, Settled>(settleNumbers(train, valid)),
      E.map((settled) => ({ ...settled, warnings: [...arranged.warnings, ...settled.warnings] }))
    )
  }
