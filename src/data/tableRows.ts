/**
 * From the rows of a table to labelled lists for training and validation, and from their labels to targets.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { type Arrangement, type Labelled, type Listing, settle, type Settled } from './Arrangement.js'
import {
  badTable,
  type DataError,
  droppedLabels,
  foldersUsed,
  holdoutDrawn,
  missingFolder,
  noImages,
  oneClass,
  someOf
} from './DataError.js'
import { defaultPct, separateRandomly } from './Holdout.js'
import type { Column, ImageCsv, LabelKind } from './ImageTable.js'
import { inferClasses, multiTargetsOf } from './Labelling.js'
import { multiLabel, regression } from './Task.js'

type Rows = ReadonlyArray<ReadonlyArray<string>>

// -------------------------------------------------------------------------------------------------------------------
// rows
// -------------------------------------------------------------------------------------------------------------------

/** Where the columns are that a source names. */
interface Columns {
  readonly file: number
  readonly labels: ReadonlyArray<number>
  readonly valid: O.Option<number>
}

const placeOf =
  (at: string, header: ReadonlyArray<string>, named: boolean) =>
  (column: Column): E.Either<DataError, number> => {
    const place = typeof column === 'number' ? column : named ? header.indexOf(column) : -1
    return place in header
      ? E.right(place)
      : E.left(
          badTable(
            at,
            `a column ${JSON.stringify(column)}`,
            named ? `columns ${someOf(header)}` : `${header.length} columns without names`,
            'name another, or its number, from 0'
          )
        )
  }

const columnsOf = (source: ImageCsv, at: string, header: ReadonlyArray<string>): E.Either<DataError, Columns> => {
  const place = placeOf(at, header, source.header)
  return pipe(
    E.Do,
    E.bind('file', () => place(source.fnCol)),
    E.bind('labels', () => E.traverseArray(place)(source.labelCol)),
    E.bind('valid', () => O.sequence(E.Applicative)(O.map(place)(source.validCol)))
  )
}

const numeric = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const isNumber = (text: string): boolean => numeric.test(text.trim())
const isBit = (text: string): boolean => /^[01]$/.test(text.trim())
const isWhole = (text: string): boolean => /^[+-]?\d+$/.test(text.trim())

const kindOf = (source: ImageCsv, cells: Rows): Exclude<LabelKind, 'auto'> => {
  if (source.labels !== 'auto') return source.labels
  if (O.isSome(source.labelDelim)) return 'labels'
  const all = cells.flat()
  if (source.labelCol.length > 1) return all.every(isBit) ? 'labels' : 'numbers'
  return all.every(isNumber) && !all.every(isWhole) ? 'numbers' : 'classes'
}

/** The labels of a row: between delimiters, or the names of the columns that have a 1. */
const partsOf = (source: ImageCsv, kind: LabelKind, names: ReadonlyArray<string>) => {
  const { labelDelim } = source
  return (cells: ReadonlyArray<string>): ReadonlyArray<string> =>
    kind !== 'labels'
      ? cells.map((cell) => cell.trim())
      : cells.length > 1
        ? names.filter((_, i) => cells[i]!.trim() === '1')
        : (O.isSome(labelDelim) ? cells[0]!.split(labelDelim.value) : cells)
            .map((part) => part.trim())
            .filter((part) => part !== '')
}

const fileOf = ({ folder, suffix }: ImageCsv, name: string): string =>
  [...folder.split('/'), ...`${name.trim()}${suffix}`.replaceAll('\\', '/').split('/')]
    .filter((part) => part !== '' && part !== '.')
    .join('/')

/** A labelled file, with what its label is made of. */
interface Entry extends Labelled {
  readonly parts: ReadonlyArray<string>
  readonly heldOut: boolean
}

const saysYes = (cell: string): boolean => /^(1|1\.0|true|yes|valid)$/i.test(cell.trim())

/**
 * What a table says: its images in its order, their labels taken apart, and what the labels are.
 *
 * @since 0.1.0
 */
export interface Table {
  readonly kind: Exclude<LabelKind, 'auto'>
  readonly entries: ReadonlyArray<Entry>
  /** Of the columns of labels. */
  readonly columns: ReadonlyArray<string>
}

/**
 * Reads the rows of a table as a source says. Errors: `BadTable` for a column that is not there, a row that is too short,
 * a number that is none.
 *
 * @example
 * import { imageCsv, tableOf } from 'graft-vision'
 *
 * const { source } = imageCsv('planet', { suffix: '.jpg', labelDelim: ' ' })
 * if (source._tag !== 'ImageCsv') throw new Error('it is one')
 * const table = tableOf(source)([['image', 'tags'], ['train_0', 'haze primary']])
 * assert.deepStrictEqual(table._tag === 'Right' && table.right.entries.map(({ file, parts }) => [file, parts]), [
 *   ['train_0.jpg', ['haze', 'primary']]
 * ])
 *
 * @since 0.1.0
 */
export const tableOf =
  (source: ImageCsv) =>
  (rows: Rows): E.Either<DataError, Table> => {
    const at = `${source.path}/${source.csv}`
    const [first = []] = rows
    const body = source.header ? rows.slice(1) : rows
    const short = body.findIndex((row) => row.length < first.length)
    if (short !== -1)
      return E.left(
        badTable(
          `${at}: row ${short + 1}`,
          `${first.length} columns, as the first row`,
          `${body[short]!.length}`,
          'complete the row'
        )
      )
    return pipe(
      columnsOf(source, at, first),
      E.chain(({ file, labels, valid }) => {
        const cells = body.map((row) => labels.map((i) => row[i]!))
        const kind = kindOf(source, cells)
        const columns = labels.map((i) => (source.header ? first[i]! : String(i)))
        const isCell = kind === 'numbers' ? isNumber : kind === 'labels' && labels.length > 1 ? isBit : undefined
        const wrong = isCell === undefined ? -1 : cells.findIndex((row) => !row.every(isCell))
        if (wrong !== -1)
          return E.left(
            badTable(
              `${at}: row ${wrong + 1}`,
              kind === 'numbers' ? 'numbers' : '0 or 1 in each column of labels',
              cells[wrong]!.join(', '),
              "correct it, or use labels: 'classes'"
            )
          )
        const parts = partsOf(source, kind, columns)
        const entries = body.map((row, i): Entry => ({
          file: fileOf(source, row[file]!),
          label: cells[i]!.map((cell) => cell.trim()).join(', '),
          parts: parts(cells[i]!),
          heldOut: O.exists((column: number) => saysYes(row[column]!))(valid)
        }))
        return E.right({ kind, entries, columns })
      })
    )
  }

// -------------------------------------------------------------------------------------------------------------------
// arranging
// -------------------------------------------------------------------------------------------------------------------

const apart = (source: ImageCsv, entries: ReadonlyArray<Entry>): Arrangement => {
  const { holdout, path } = source
  const by = (isHeldOut: (entry: Entry) => boolean, how: string): Arrangement => {
    const [train, valid] = [false, true].map((held) => entries.filter((entry) => isHeldOut(entry) === held))
    const said = foldersUsed(path, how, `${valid!.length} images there`, 'use holdoutByPct to draw instead')
    return { train: train!, valid: valid!, test: [], warnings: [said] }
  }
  if (O.isSome(source.validCol)) return by(({ heldOut }) => heldOut, `the column ${source.validCol.value}`)
  if (holdout._tag === 'ByFolder') return by(({ file }) => file.split('/').includes('valid'), 'folders named valid')
  const { pct, seed } = holdout._tag === 'ByPct' ? holdout : { pct: defaultPct, seed: 42 }
  const { train, valid } = separateRandomly(pct, seed)(entries.length)
  const at = (positions: ReadonlyArray<number>) => positions.map((i) => entries[i]!)
  const said = holdoutDrawn(
    path,
    'a holdout',
    `${valid.length} of ${entries.length} images drawn at random (seed ${seed})`,
    'name a column that says which are held out: imageCsv(path, { validCol })'
  )
  return { train: at(train), valid: at(valid), test: [], warnings: [said] }
}

/**
 * The images of a table, training and validation apart. Errors: `NoImages`, `MissingFolder` (files that are not there).
 *
 * @example
 * import { arrangeTable, imageCsv } from 'graft-vision'
 *
 * const { source } = imageCsv('planet')
 * if (source._tag !== 'ImageCsv') throw new Error('it is one')
 * const empty = { kind: 'classes', entries: [], columns: [] } as const
 * assert.strictEqual(arrangeTable(source, empty)({ files: [], folders: [] })._tag, 'Left')
 *
 * @since 0.1.0
 */
export const arrangeTable =
  (source: ImageCsv, { entries }: Table) =>
  ({ files }: Listing): E.Either<DataError, Arrangement> => {
    const at = `${source.path}/${source.csv}`
    if (entries.length === 0) return E.left(noImages(at, 'a row for each image', 'none', 'check the table'))
    const there = new Set(files)
    const missing = entries.filter(({ file }) => !there.has(file)).map(({ file }) => file)
    return missing.length === 0
      ? E.right(apart(source, entries))
      : E.left(
          missingFolder(
            `${source.path}/${missing[0]!}`,
            'a file for every row',
            `${missing.length} that are not there: ${someOf(missing)}`,
            'say where they are: imageCsv(path, { folder, suffix })'
          )
        )
  }

// -------------------------------------------------------------------------------------------------------------------
// settling
// -------------------------------------------------------------------------------------------------------------------

/** Whole numbers by size, anything else by code point. */
const sorted = (labels: ReadonlyArray<string>): ReadonlyArray<string> =>
  labels.every(isWhole) ? [...new Set(labels)].sort((a, b) => Number(a) - Number(b)) : inferClasses(labels)

const oneHot = (classes: number, present: ReadonlyArray<number>): ReadonlyArray<number> =>
  Array.from({ length: classes }, (_, c) => (present.includes(c) ? 1 : 0))

const settleLabels =
  (source: ImageCsv, columns: ReadonlyArray<string>) =>
  (train: ReadonlyArray<Entry>, valid: ReadonlyArray<Entry>): E.Either<DataError, Settled> => {
    const at = `${source.path}/${source.csv}`
    const own = columns.length > 1 ? columns : inferClasses(train.flatMap(({ parts }) => parts))
    const classes = O.getOrElse(() => own)(source.classes)
    if (classes.length === 0)
      return E.left(
        oneClass(at, 'at least one label', 'none', 'say what is between labels: imageCsv(path, { labelDelim })')
      )
    const targets = multiTargetsOf(classes)
    const items = (entries: ReadonlyArray<Entry>) => {
      const present = targets(entries.map(({ parts }) => parts))
      return entries.map(({ file, label }, i) => ({ file, label, target: oneHot(classes.length, present[i]!) }))
    }
    const unknown = inferClasses([...train, ...valid].flatMap(({ parts }) => parts.filter((p) => !classes.includes(p))))
    const warnings =
      unknown.length === 0
        ? []
        : [
            droppedLabels(
              at,
              `labels among ${someOf(classes)}`,
              `${someOf(unknown)}, which were left out of their images' labels`,
              'name the classes: imageCsv(path, { classes })'
            )
          ]
    return E.right({ task: multiLabel(classes), train: items(train), valid: items(valid), warnings })
  }

const settleNumbers = (train: ReadonlyArray<Entry>, valid: ReadonlyArray<Entry>): Settled => {
  const items = (entries: ReadonlyArray<Entry>) =>
    entries.map(({ file, label, parts }) => ({ file, label, target: parts.map(Number) }))
  return { task: regression(train[0]!.parts.length), train: items(train), valid: items(valid), warnings: [] }
}

/**
 * What readable images of a table are to be learned: the classes from the training labels, whole numbers by size; every
 * item's target. Errors: those of `settle`; `OneClass` where no image has a label.
 *
 * @example
 * import { arrangeTable, imageCsv, settleTable, tableOf } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const { source } = imageCsv('faces', { validCol: 2 })
 * if (source._tag !== 'ImageCsv') throw new Error('it is one')
 * const rows = [['file', 'age', 'held out'], ['a.png', '30.5', '0'], ['b.png', '41', '1']]
 * const settled = pipe(
 *   tableOf(source)(rows),
 *   E.bindTo('table'),
 *   E.bind('arranged', ({ table }) => arrangeTable(source, table)({ files: ['a.png', 'b.png'], folders: [] })),
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
    const at = `${source.path}/${source.csv}`
    if (kind === 'classes') {
      const given = O.alt(() => O.some(sorted(arranged.train.map(({ label }) => label))))(source.classes)
      return settle(given, at, readable)(arranged)
    }
    const read = (items: ReadonlyArray<Labelled>): ReadonlyArray<Entry> =>
      (items as ReadonlyArray<Entry>).filter(({ file }) => readable(file))
    const [train, valid] = [read(arranged.train), read(arranged.valid)]
    if (train.length === 0)
      return E.left(noImages(at, 'images to train on', 'none that can be read', 'check the files'))
    return pipe(
      kind === 'labels'
        ? settleLabels(source, columns)(train, valid)
        : E.right<DataError, Settled>(settleNumbers(train, valid)),
      E.map((settled) => ({ ...settled, warnings: [...arranged.warnings, ...settled.warnings] }))
    )
  }
