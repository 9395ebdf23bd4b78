/**
 * train_trace.json: whole trainings of a small network, from the learner to its table, the strictest check of the loop.
 *
 * Our data are pictures of 8-bit samples, the recorded ones are floats. So each float is written in the three channels
 * of a pixel, as a number of 24 bits, and a frozen 1×1 convolution in front of the network reads it.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  classification,
  type DataSpec,
  imageFolder,
  type Pixels,
  withBatchSize,
  withDropLast,
  withoutNormalisation,
  withShuffle
} from '../../../src/data/index.js'
import { accuracy, errorRate, type Metric } from '../../../src/interpret/index.js'
import { type Data, type Dataset, nodeIo } from '../../../src/io/index.js'
import {
  learner,
  type Learner,
  type LearnerOptions,
  tableHeader,
  tableRow,
  train,
  validate,
  type Validation
} from '../../../src/learn/index.js'
import {
  arch,
  batchNorm,
  type BatchNormPolicy,
  batchNormUnderFreeze,
  conv2d,
  freezeTo,
  head,
  type Model,
  named,
  relu,
  sequential,
  splitOn,
  uncut,
  withHead
} from '../../../src/model/index.js'
import { adam, adamW, type Event, ratesPerGroup, Recipe } from '../../../src/recipe/index.js'
import { generator } from '../../../src/Seed.js'
import { drawError } from '../../../src/GraftError.js'
import {
  close,
  closeUnderRounding,
  type Compared,
  failed,
  type Numbers,
  type Outcome,
  outcome,
  pending,
  same,
  where
} from '../Comparison.js'
import { roundings } from '../tolerances.js'
import { flatOf, type Nested, shapeOf } from './arrays.js'
import { engine } from './engine.js'
import { type RecordedState } from './network.js'
import { ratesFrom, type RecordedRates } from './rates.js'

interface RecordedEvent {
  readonly event: string
  readonly epoch: number
  readonly num_batch: number
  readonly iteration: number
  readonly train?: boolean
  readonly n_epochs: number
}

interface TraceCase {
  readonly args: {
    readonly batch_size: number
    readonly epochs: number
    readonly frozen_body: boolean
    readonly lr: RecordedRates
    readonly one_cycle: boolean
    readonly drop_last: boolean
    readonly true_wd: boolean
    readonly bn_wd: boolean
    readonly wd: number
    readonly train_bn: boolean
    readonly clip: number | null
    readonly bn_freeze_callback: boolean
    readonly pct_start?: number
    readonly div_factor?: number
    readonly final_div?: number
    readonly moms?: number | readonly [number, number]
  }
  readonly x: Nested
  readonly y: ReadonlyArray<number>
  readonly valid_x: Nested
  readonly valid_y: ReadonlyArray<number>
  readonly initial: RecordedState
  readonly lr_per_batch?: Nested
  readonly mom_per_batch?: Nested
  readonly batch_losses?: Nested
  readonly smoothed?: Nested
  readonly valid_losses?: Nested
  readonly metrics?: Nested
  readonly table_header: ReadonlyArray<string>
  readonly table_rows_without_time?: ReadonlyArray<ReadonlyArray<string>>
  readonly final?: RecordedState
  readonly preds?: Nested
  readonly losses?: Nested
  readonly validate_result?: Nested
  readonly trainable?: Readonly<Record<string, boolean>>
  readonly events?: ReadonlyArray<RecordedEvent>
}

// -------------------------------------------------------------------------------------
// data: floats as pixels
// -------------------------------------------------------------------------------------

/** Values in [−range/2, range/2) as whole numbers of 24 bits; a power of two, so that reading them rounds nothing. */
const rangeOf = (values: ReadonlyArray<number>): number =>
  2 ** (Math.floor(Math.log2(Math.max(...values.map(Math.abs), 1e-6))) + 2)

/** Moves a number of 24 bits by none or one. */
type Rounding = () => -1 | 0 | 1

const written = (sample: Nested, range: number, rounding: Rounding): Pixels => {
  const [, height, width] = shapeOf(sample) as readonly [number, number, number]
  const bytes = flatOf(sample).flatMap((v) => {
    const n = Math.round((v / range + 0.5) * 2 ** 24) + rounding()
    return [n >>> 16, (n >>> 8) & 255, n & 255]
  })
  return { height, width, channels: 3, data: Uint8Array.from(bytes) }
}

/** What reads it back from samples of 0 to 255. */
const reading = (range: number): ReadonlyArray<readonly [string, Float32Array]> => [
  ['body.pixels.weight', Float32Array.of(range / 2 ** 8, range / 2 ** 16, range / 2 ** 24)],
  ['body.pixels.bias', Float32Array.of(-range / 2)]
]

const datasetOf = (x: Nested, y: ReadonlyArray<number>, range: number, rounding: Rounding): Dataset => {
  const items = y.map((target, i) => ({ file: `${i}`, label: `${target}`, target }))
  const pixels = (x as ReadonlyArray<Nested>).map((sample) => written(sample, range, rounding))
  return { length: y.length, items, item: (i) => () => TE.right({ ...items[i]!, pixels: pixels[i]! }) }
}

const classesOf = (c: TraceCase): number => shapeOf(c.initial['1.3.weight']!)[0]!

const dataOf = (c: TraceCase, range: number, rounding: Rounding): Data => {
  const [, , height, width] = shapeOf(c.x) as readonly [number, number, number, number]
  const spec: DataSpec = pipe(
    imageFolder('.'),
    withBatchSize(c.args.batch_size),
    withShuffle(false),
    withDropLast(c.args.drop_last),
    withoutNormalisation
  )
  return {
    spec,
    root: '.',
    task: classification(Array.from({ length: classesOf(c) }, (_, k) => `${k}`)),
    generated: true,
    shape: [3, height, width],
    train: datasetOf(c.x, c.y, range, rounding),
    valid: datasetOf(c.valid_x, c.valid_y, range, rounding),
    test: [],
    // samples as they are, 0 to 255
    stats: { mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255] },
    contents: '',
    warnings: [],
    skipped: []
  }
}

// -------------------------------------------------------------------------------------
// model and recipe
// -------------------------------------------------------------------------------------

const policyOf = ({ train_bn, bn_freeze_callback }: TraceCase['args']): BatchNormPolicy =>
  train_bn ? 'trains' : bn_freeze_callback ? 'inference' : 'statisticsOnly'

/** Group 0 reads pixels and is always frozen; the recorded groups follow. */
const modelOf = (c: TraceCase): Model => {
  const [channels, inputs] = shapeOf(c.initial['0.0.weight']!) as readonly [number, number]
  const network = sequential(
    named('pixels', conv2d(3, inputs, 1)),
    named('0', conv2d(inputs, channels, 3, { padding: 1, bias: false })),
    named('1', batchNorm(channels)),
    named('2', relu)
  )
  return pipe(
    arch({ name: 'recorded', network }),
    uncut,
    withHead(head({ linFtrs: [], ps: 0 })),
    splitOn(['body.0', 'head']),
    freezeTo(c.args.frozen_body ? 2 : 1),
    batchNormUnderFreeze(policyOf(c.args))
  )
}

const recipeOf = ({ args }: TraceCase, [body, last]: ReadonlyArray<number>): Recipe.Recipe => {
  const rates = [body!, body!, last!]
  return args.one_cycle
    ? Recipe.fitOneCycle(args.epochs, rates, {
        ...(args.pct_start === undefined ? {} : { pctStart: args.pct_start }),
        ...(args.div_factor === undefined ? {} : { divFactor: args.div_factor }),
        ...(args.final_div === undefined ? {} : { finalDiv: args.final_div }),
        ...(args.moms === undefined ? {} : { moms: args.moms })
      })
    : Recipe.fit(args.epochs, rates)
}

const metricsByName: Readonly<Record<string, Metric>> = { accuracy, error_rate: errorRate }

const metricNames = (c: TraceCase): ReadonlyArray<string> => c.table_header.slice(3, -1)

const betas = [0.9, 0.99] as const

const optionsOf = (c: TraceCase, data: Data): LearnerOptions => ({
  data,
  model: modelOf(c),
  // AdamW's decay is never in the gradient, whatever `trueWd` says
  opt: c.args.true_wd ? adamW({ betas }) : adam({ betas }),
  metrics: metricNames(c).map((name) => metricsByName[name]!),
  wd: c.args.wd,
  trueWd: c.args.true_wd,
  bnWd: c.args.bn_wd,
  ...(c.args.clip === null ? {} : { clip: c.args.clip })
})

/** `0.1.running_mean` is `body.1.running_mean` here. */
const ourPath = (path: string): string => path.replace(/^0\./, 'body.').replace(/^1\./, 'head.')

const arraysOf = (recorded: RecordedState): ReadonlyArray<readonly [string, Nested]> =>
  Object.entries(recorded).flatMap(([path, values]) =>
    path.endsWith('num_batches_tracked') ? [] : [[ourPath(path), values] as const]
  )

const startingFrom =
  (recorded: RecordedState, range: number) =>
  (l: Learner): Learner => ({
    ...l,
    state: new Map([
      ...l.state,
      ...arraysOf(recorded).map(([path, values]) => [path, Float32Array.from(flatOf(values))] as const),
      ...reading(range)
    ])
  })

// -------------------------------------------------------------------------------------
// comparing
// -------------------------------------------------------------------------------------

const eventNames: Readonly<Record<string, string>> = {
  TrainBegin: 'train_begin',
  EpochBegin: 'epoch_begin',
  BatchBegin: 'batch_begin',
  BatchEnd: 'batch_end',
  EpochEnd: 'epoch_end',
  TrainEnd: 'train_end'
}

type Line = ReadonlyArray<string | number>

const trains = (train: boolean): string => (train ? 'training' : 'validation')

const ourLine = (e: Event): ReadonlyArray<Line> => {
  const name = eventNames[e._tag]
  if (name === undefined || !('epoch' in e)) return []
  const { epoch, epochs, batch, iteration } = e
  const which = 'train' in e ? trains(e.train) : ''
  // the reference's batch counter stays where it was when training ends
  return [[name, which, epoch, e._tag === 'TrainEnd' ? 0 : batch, iteration, epochs]]
}

/** The events inside a batch are not ours. */
const recordedLine = (e: RecordedEvent): ReadonlyArray<Line> => {
  if (!Object.values(eventNames).includes(e.event)) return []
  const which = e.event.startsWith('batch_') ? trains(e.train ?? false) : ''
  return [[e.event, which, e.epoch, e.event === 'train_end' ? 0 : e.num_batch, e.iteration, e.n_epochs]]
}

const decimals = (cell: string): number => cell.split('.')[1]?.length ?? 0

/** A training, its validation afterwards, and what it reported. */
interface Run {
  readonly l: Learner
  readonly v: Validation
  readonly events: ReadonlyArray<Event>
}

const trainingBatches = ({ events }: Run) => events.flatMap((e) => (e._tag === 'BatchEnd' && e.train ? [e] : []))

const rowsOf = ({ l }: Run): ReadonlyArray<ReadonlyArray<string>> =>
  l.history.rows.map((row) => tableRow(row, l.settings.metrics.length, 0).slice(0, -1))

/** What training comes to, each with the record of it. */
const results = (c: TraceCase): ReadonlyArray<readonly [string, (run: Run) => Numbers, Numbers | undefined]> => [
  ['batch_losses', (run) => trainingBatches(run).map((e) => e.loss), c.batch_losses],
  ['smoothed', ({ l }) => l.history.losses, c.smoothed],
  ['valid_losses', ({ l }) => l.history.rows.map((row) => row.validLoss), c.valid_losses],
  // without metrics the record is one empty list, not one for each epoch
  ['metrics', ({ l }) => l.history.rows.map((row) => row.metrics), c.metrics],
  [
    'table',
    (run) => rowsOf(run).map((row) => row.map(Number)),
    c.table_rows_without_time?.map((row) => row.map(Number))
  ],
  ['preds', ({ v }) => v.predictions.map((one) => one.probabilities), c.preds],
  ['losses', ({ v }) => v.losses, c.losses],
  ['validate_result', ({ v }) => [v.loss, ...v.metrics], c.validate_result],
  ...arraysOf(c.final ?? {}).map(
    ([path, recorded]) => [`final ${path}`, ({ l }: Run): Numbers => l.state.get(path) ?? [], recorded] as const
  )
]

/** What is chosen, not computed. */
const choices = (c: TraceCase, run: Run): ReadonlyArray<Compared> => {
  const { l, events } = run
  const trainable = new Map(l.plan.parameters.map((p) => [p.path, p.trainable]))
  const lrs = trainingBatches(run).map((e) => e.lrs.slice(1))
  return [
    where(c.lr_per_batch, (r) => close('lr_per_batch', lrs, r, 'schedule')),
    where(c.mom_per_batch, (r) => close('mom_per_batch', l.history.moms, r, 'schedule')),
    same('table_header', tableHeader(l.settings.metrics.map((m) => m.name)), c.table_header),
    where(c.table_rows_without_time, (rows) =>
      same(
        'decimals of the table',
        rowsOf(run).map((row) => row.map(decimals)),
        rows.map((row) => row.map(decimals))
      )
    ),
    where(c.trainable, (r) =>
      Object.entries(r).map(([path, t]) => same(`trainable ${path}`, trainable.get(ourPath(path)), t))
    ),
    where(c.events, (r) => same('events', events.flatMap(ourLine), r.flatMap(recordedLine)))
  ].flat()
}

const trainOnce = async (c: TraceCase, recipe: Recipe.Recipe, rounding: Rounding): Promise<Run> => {
  const range = rangeOf([...flatOf(c.x), ...flatOf(c.valid_x)])
  const events: Array<Event> = []
  const env = {
    ...nodeIo(),
    engine: await engine(),
    onEvent: (event: Event) => () => {
      events.push(event)
      return 'continue' as const
    }
  }
  const trained = pipe(
    learner(optionsOf(c, dataOf(c, range, rounding))),
    RTE.map(startingFrom(c.initial, range)),
    RTE.chainW(train(recipe)),
    RTE.bindTo('l'),
    RTE.bindW('v', ({ l }) => validate(l))
  )
  const result = await trained(env)()
  if (E.isLeft(result)) throw new Error(drawError(result.left))
  return { ...result.right, events }
}

const lastPlace = (seed: number): Rounding => {
  const random = generator(seed)
  return () => (random.integer(3) - 1) as -1 | 0 | 1
}

export const trainTrace = async (c: TraceCase): Promise<Outcome> => {
  const unknown = metricNames(c).find((name) => metricsByName[name] === undefined)
  if (unknown !== undefined) return pending(`the metric ${unknown}`)
  const rates = ratesPerGroup(2)(ratesFrom(c.args.lr))
  if (E.isLeft(rates)) return failed(JSON.stringify(rates.left))
  const recipe = recipeOf(c, rates.right)
  const run = await trainOnce(c, recipe, () => 0)
  const others: Array<Run> = []
  for (let seed = 1; seed <= roundings; seed++) others.push(await trainOnce(c, recipe, lastPlace(seed)))
  return outcome(
    choices(c, run),
    results(c).flatMap(([what, of, recorded]) =>
      where(recorded, (r) => closeUnderRounding(what, of(run), others.map(of), r, 'training'))
    )
  )
}
