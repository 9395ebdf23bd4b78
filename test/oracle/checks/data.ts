/** data.json: holdouts, classes and targets, batches, normalisation, folders. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  arrangeTable,
  batchCount,
  cifarStats,
  classesOf,
  classification,
  type DataSpec,
  denormaliseValues,
  holdoutByFolder,
  holdoutByPct,
  imageCsv,
  imageFolder,
  imagenetStats,
  inferClasses,
  labelFromRegex,
  mnistStats,
  multiLabel,
  multiTargetsOf,
  normaliseValues,
  outputsOf,
  separateBy,
  settleTable,
  type Task,
  tableOf,
  targetsOf,
  trainOrder,
  validOrder,
  withBatchSize,
  withSize,
  withValidBatchSize
} from '../../../src/data/index.js'
import { drawError } from '../../../src/GraftError.js'
import { type Data, defaultLimits, nodeIo, openData } from '../../../src/io/index.js'
import { defaultLoss } from '../../../src/learn/index.js'
import { close, type Compared, errs, failed, type Outcome, outcome, pending, same, where } from '../Comparison.js'
import { fromChannelsLast, type Nested, shapeOf, toChannelsLast } from './arrays.js'

type Label = string | number

interface SplitCase {
  readonly kind: 'random_split'
  readonly n: number
  readonly valid_pct: number
  /** As far as it was recorded. */
  readonly permutation: ReadonlyArray<number>
  readonly train: ReadonlyArray<number>
  readonly valid: ReadonlyArray<number>
}

interface LabelsCase {
  readonly kind: 'labels'
  readonly labels: ReadonlyArray<Label | ReadonlyArray<Label>>
  readonly valid_idx: ReadonlyArray<number>
  readonly given_classes: ReadonlyArray<Label> | null
  readonly label_type: string
  readonly classes: ReadonlyArray<Label> | null
  readonly train_items: ReadonlyArray<unknown>
  readonly valid_items: ReadonlyArray<unknown>
  readonly n_train: number
  readonly n_valid: number
  readonly loss?: string
  readonly c: number
}

interface RegexCase {
  readonly kind: 'name_regex'
  readonly pattern: string
  readonly names: ReadonlyArray<string>
  readonly labels: ReadonlyArray<string | null>
}

interface BatchesCase {
  readonly kind: 'batches'
  readonly n_train: number
  readonly bs: number
  readonly train_batches: number
  readonly valid_batches: number
  readonly last_valid_batch: number
}

interface NormalizeCase {
  readonly kind: 'normalize'
  readonly mean: ReadonlyArray<number>
  readonly std: ReadonlyArray<number>
  readonly input: Nested
  readonly output: Nested
  readonly denormalised?: Nested
}

type StatsPair = readonly [mean: ReadonlyArray<number>, std: ReadonlyArray<number>]

interface StatsCase {
  readonly kind: 'stats'
  readonly imagenet?: StatsPair
  readonly cifar?: StatsPair
  readonly mnist?: StatsPair
}

interface FolderCase {
  readonly kind: 'from_folder'
  readonly dataset: string
  readonly args: {
    readonly valid_pct?: number | null
    readonly seed?: number
    readonly bs?: number
    readonly val_bs?: number
    readonly size?: number
    readonly test?: string
  }
  readonly classes: ReadonlyArray<string>
  readonly c: number
  readonly n_train: number
  readonly n_valid: number
  readonly n_test: number | null
  readonly train_batches: number
  readonly valid_batches: number
  readonly per_class_train?: Readonly<Record<string, number>>
  readonly per_class_valid?: Readonly<Record<string, number>>
  readonly item_shape: ReadonlyArray<number>
}

type DataCase = SplitCase | LabelsCase | RegexCase | BatchesCase | NormalizeCase | StatsCase | FolderCase

// -------------------------------------------------------------------------------------
// holdouts and labels
// -------------------------------------------------------------------------------------

/** A permutation recorded in part goes on in any order: what comes after the holdout trains, ascending. */
const completed = (n: number, start: ReadonlyArray<number>): ReadonlyArray<number> => {
  const seen = new Set(start)
  return [...start, ...Array.from({ length: n }, (_, i) => i).filter((i) => !seen.has(i))]
}

const randomSplit = (c: SplitCase): Outcome => {
  const { train, valid } = separateBy(c.valid_pct)(completed(c.n, c.permutation))
  return outcome(same('valid', valid, c.valid), same('train', train, c.train))
}

const lossNames: Readonly<Record<string, string>> = {
  CrossEntropy: 'CrossEntropyLoss',
  BceWithLogits: 'BCEWithLogitsLoss',
  Mse: 'MSELoss'
}

const counted = (task: Task, c: LabelsCase, train: ReadonlyArray<unknown>, valid: ReadonlyArray<unknown>) => [
  same('train_items', train, c.train_items),
  same('valid_items', valid, c.valid_items),
  same('n_train', train.length, c.n_train),
  same('n_valid', valid.length, c.n_valid),
  same('c', outputsOf(task), c.c),
  ...where(c.loss, (loss) => same('loss', lossNames[defaultLoss(task)._tag], loss))
]

/** Numbers come in a table, whose last column says what is held out. */
const numbers = (c: LabelsCase): Outcome => {
  const { source } = imageCsv('recorded', { validCol: 2 })
  if (source._tag !== 'ImageCsv') return failed('imageCsv gives no table')
  const files = c.labels.map((_, i) => `${i}.png`)
  const rows = files.map((file, i) => [file, String(c.labels[i]), c.valid_idx.includes(i) ? '1' : '0'])
  const settled = pipe(
    tableOf(source, { files, folders: [] })(
      new TextEncoder().encode([['file', 'label', 'held out'], ...rows].map((row) => row.join(',')).join('\n'))
    ),
    E.bindTo('table'),
    E.bind('arranged', ({ table }) => arrangeTable(source, table)({ files, folders: [] })),
    E.chain(({ table, arranged }) => settleTable(source, table, () => true)(arranged))
  )
  if (E.isLeft(settled)) return failed(JSON.stringify(settled.left))
  const { task, train, valid } = settled.right
  const targets = (items: typeof train) => items.flatMap(({ target }) => target)
  return outcome(counted(task, c, targets(train), targets(valid)))
}

const labels = (c: LabelsCase): Outcome => {
  const held = new Set(c.valid_idx)
  const train = c.labels.filter((_, i) => !held.has(i))
  const valid = c.valid_idx.map((i) => c.labels[i]!)
  const classes = c.given_classes ?? inferClasses(train.flat() as ReadonlyArray<Label>)
  const names = classes.map(String)
  switch (c.label_type) {
    case 'CategoryList': {
      const targets = (list: typeof train) => targetsOf(classes)(list as ReadonlyArray<Label>).kept.map((k) => k.target)
      return outcome(
        same('classes', classes, c.classes),
        counted(classification(names), c, targets(train), targets(valid))
      )
    }
    case 'MultiCategoryList': {
      const targets = (list: typeof train) => multiTargetsOf(classes)(list as ReadonlyArray<ReadonlyArray<Label>>)
      return outcome(same('classes', classes, c.classes), counted(multiLabel(names), c, targets(train), targets(valid)))
    }
    case 'FloatList':
      return numbers(c)
    default:
      return failed(`no check for labels of type ${c.label_type}`)
  }
}

const nameRegex = (c: RegexCase): Outcome =>
  outcome(
    c.names.map((name, i) => {
      const ours = labelFromRegex(c.pattern)(name)
      const recorded = c.labels[i] ?? null
      return recorded === null
        ? errs(name, E.isLeft(ours) ? [ours.left] : [], 'NoMatch')
        : same(name, E.isRight(ours) ? ours.right : ours.left, recorded)
    })
  )

// -------------------------------------------------------------------------------------
// batches and pixels
// -------------------------------------------------------------------------------------

const batches = (c: BatchesCase): Outcome => {
  const spec = withBatchSize(c.bs)(imageFolder('.'))
  const order = trainOrder(spec, c.n_train)(0)
  const valid = validOrder(spec, c.n_train)
  return outcome(
    same('train_batches', batchCount({ n: c.n_train, bs: c.bs, dropLast: true }), c.train_batches),
    // no batch at all: the reference warns and fails later
    c.train_batches === 0
      ? errs('training on them', E.isLeft(order) ? [order.left] : [], 'TooFewItems')
      : same('batches of an epoch', E.isRight(order) ? order.right.length : 0, c.train_batches),
    same('valid_batches', valid.length, c.valid_batches),
    same('last_valid_batch', valid.at(-1)?.length, c.last_valid_batch)
  )
}

const normalize = (c: NormalizeCase): Outcome => {
  const shape = shapeOf(c.input)
  const there = normaliseValues(c)(toChannelsLast(c.input))
  return outcome(
    close('output', fromChannelsLast(there, shape), c.output, 'pixels'),
    where(c.denormalised, (back) =>
      close('denormalised', fromChannelsLast(denormaliseValues(c)(there), shape), back, 'pixels')
    )
  )
}

const stats = (c: StatsCase): Outcome =>
  outcome(
    where(c.imagenet, (s) => same('imagenet', [imagenetStats.mean, imagenetStats.std], s)),
    where(c.cifar, (s) => same('cifar', [cifarStats.mean, cifarStats.std], s)),
    where(c.mnist, (s) => same('mnist', [mnistStats.mean, mnistStats.std], s))
  )

// -------------------------------------------------------------------------------------
// folders
// -------------------------------------------------------------------------------------

/** This version of the reference holds out a fifth of everything by default. */
const specOf = (path: string, { valid_pct = 0.2, seed, bs, val_bs, size, test }: FolderCase['args']): DataSpec => {
  const words: ReadonlyArray<(spec: DataSpec) => DataSpec> = [
    ...(bs === undefined ? [] : [withBatchSize(bs)]),
    ...(val_bs === undefined ? [] : [withValidBatchSize(val_bs)]),
    ...(size === undefined ? [] : [withSize(size)])
  ]
  const spec = imageFolder(path, {
    holdout: valid_pct === null ? holdoutByFolder : holdoutByPct(valid_pct, seed ?? 42),
    ...(test === undefined ? {} : { test })
  })
  return words.reduce((s, word) => word(s), spec)
}

const perClass = (data: Data, items: ReadonlyArray<{ readonly target: unknown }>): Readonly<Record<string, number>> =>
  Object.fromEntries(classesOf(data.task).map((name, k) => [name, items.filter(({ target }) => target === k).length]))

const compareFolder = (c: FolderCase, data: Data): ReadonlyArray<Compared> => {
  const { bs, dropLast } = data.spec
  return [
    same('classes', classesOf(data.task), c.classes),
    same('c', outputsOf(data.task), c.c),
    same('n_train', data.train.length, c.n_train),
    same('n_valid', data.valid.length, c.n_valid),
    c.n_test === null ? [] : same('n_test', data.test.length, c.n_test),
    same('train_batches', batchCount({ n: data.train.length, bs, dropLast }), c.train_batches),
    same('valid_batches', validOrder(data.spec, data.valid.length).length, c.valid_batches),
    where(c.per_class_train, (n) => same('per_class_train', perClass(data, data.train.items), n)),
    where(c.per_class_valid, (n) => same('per_class_valid', perClass(data, data.valid.items), n)),
    same('item_shape', data.shape, c.item_shape)
  ].flat()
}

const fromFolder = async (c: FolderCase): Promise<Outcome> => {
  const assets = process.env['GRAFT_ASSETS']
  const archive = join(assets ?? '', 'data', `${c.dataset}.tgz`)
  if (!assets || !existsSync(archive)) return pending(`GRAFT_ASSETS, a folder that has data/${c.dataset}.tgz`)
  const into = mkdtempSync(join(tmpdir(), 'graft-oracle-'))
  const env = nodeIo()
  // The reference takes a flat folder named test for a class; here it is one where it lies among the classes.
  const moved = c.classes.includes('test')
    ? env.files.rename(join(into, c.dataset, 'test'), join(into, c.dataset, 'train', 'test'))
    : TE.right(undefined)
  const opened = await pipe(
    env.archives.extract(archive, into, defaultLimits),
    TE.chainW(() => moved),
    TE.chainW(() => openData(specOf(join(into, c.dataset), c.args))(env))
  )()
  rmSync(into, { recursive: true })
  return E.isLeft(opened) ? failed(drawError(opened.left)) : outcome(compareFolder(c, opened.right))
}

export const data = (c: DataCase): Outcome | Promise<Outcome> => {
  switch (c.kind) {
    case 'random_split':
      return randomSplit(c)
    case 'labels':
      return labels(c)
    case 'name_regex':
      return nameRegex(c)
    case 'batches':
      return batches(c)
    case 'normalize':
      return normalize(c)
    case 'stats':
      return stats(c)
    case 'from_folder':
      return fromFolder(c)
    default:
      return failed(`no check for kind ${(c as { readonly kind: string }).kind}`)
  }
}
