/**
 * callbacks.json: what fastai's trackers decide, one monitored value an epoch; rows of its table; the rates that a sweep
 * suggests; predictions as labels and text.
 */
import type { Json } from 'fp-ts/lib/Json.js'
import * as O from 'fp-ts/lib/Option.js'
import { classification, multiLabel, type Task } from '../../../src/data/index.js'
import { argMax } from '../../../src/interpret/index.js'
import {
  earlyStopping,
  reduceLrOnPlateau,
  type Request,
  saveBest,
  suggestLr,
  trimmedLrFind,
  type Watcher,
  watchingOf
} from '../../../src/recipe/index.js'
import { answerOf, tableRow } from '../../../src/learn/index.js'
import { close, type Compared, type Outcome, outcome, pending, same } from '../Comparison.js'

interface Tracked {
  readonly kind: 'EarlyStoppingCallback' | 'SaveModelCallback' | 'ReduceLROnPlateauCallback'
  readonly monitor: string
  readonly options: {
    readonly mode?: 'auto' | 'min' | 'max'
    readonly min_delta?: number
    readonly patience?: number
    readonly factor?: number
    readonly min_lr?: number
    readonly every?: 'improvement' | 'epoch'
    readonly name?: string
  }
  readonly initial_lr: number | null
  readonly values: ReadonlyArray<number | 'NaN'>
  readonly epochs: ReadonlyArray<{
    readonly value: number | 'NaN'
    readonly stop: boolean
    readonly saved: ReadonlyArray<string>
    readonly lr: number | null
    /** Infinite as text before the first improvement. */
    readonly best: number | string
  }>
}

interface TableRow {
  readonly kind: 'table_row'
  readonly names: ReadonlyArray<string>
  readonly stats: readonly [number, number, number | null, ...ReadonlyArray<number>]
  readonly row: ReadonlyArray<string>
}

const given = <A extends object>(options: A): { [K in keyof A]: Exclude<A[K], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof A]: Exclude<A[K], undefined>
  }

const watcherOf = ({ kind, monitor, options: o }: Tracked): Watcher => {
  const tracked = { monitor, mode: o.mode }
  switch (kind) {
    case 'EarlyStoppingCallback':
      return earlyStopping(given({ ...tracked, minDelta: o.min_delta, patience: o.patience }))
    case 'SaveModelCallback':
      return saveBest(given({ ...tracked, every: o.every, name: o.name }))
    case 'ReduceLROnPlateauCallback':
      return reduceLrOnPlateau(
        given({ ...tracked, minDelta: o.min_delta, patience: o.patience, factor: o.factor, minLr: o.min_lr })
      )
  }
}

const scaled = (lr: number, requests: ReadonlyArray<Request>): number =>
  requests.reduce((now, request) => (request._tag === 'ScaleRates' ? now * request.factor : now), lr)

/** The best value in a watcher's state; null: none yet, or it keeps none. */
const bestIn = (state: Json): number | null =>
  typeof state === 'number'
    ? state
    : state !== null && typeof state === 'object' && 'best' in state
      ? Number(state['best'])
      : null

const decisions = (c: Tracked): ReadonlyArray<Compared> => {
  const watching = watchingOf(watcherOf(c))
  let [state, lr] = [watching.start, c.initial_lr]
  return c.epochs.flatMap((recorded, epoch) => {
    const values = { [c.monitor]: Number(c.values[epoch]) }
    const [next, requests] = watching.onEpoch(state, { epoch, values, lr })
    state = next
    if (lr !== null) lr = scaled(lr, requests)
    const best = bestIn(state)
    return [
      same(`epoch ${epoch}, value`, Number(c.values[epoch]), Number(recorded.value)),
      same(
        `epoch ${epoch}, stops`,
        requests.some(({ _tag }) => _tag === 'EndStep'),
        recorded.stop
      ),
      same(
        `epoch ${epoch}, saves`,
        requests.flatMap((request) => (request._tag === 'SaveModel' ? [request.name] : [])),
        recorded.saved
      ),
      // the best value of a metric is recorded in single precision, and is infinite before there is one
      Number.isFinite(Number(recorded.best))
        ? same(`epoch ${epoch}, best`, Math.fround(best ?? NaN), Math.fround(Number(recorded.best)))
        : same(`epoch ${epoch}, has a best`, best !== null, false),
      lr === null
        ? same(`epoch ${epoch}, rate`, lr, recorded.lr)
        : close(`epoch ${epoch}, rate`, lr, recorded.lr, 'schedule')
    ]
  })
}

const rowOf = ({ stats: [epoch, trainLoss, validLoss, ...metrics], names, row }: TableRow): Compared => {
  const ours = tableRow({ epoch, trainLoss, validLoss, metrics }, metrics.length, 0)
  // ours ends with the time; a count is an integer in the reference's only
  const recorded = row.map((text, i) => (names[i] === 'count' ? Number(text).toFixed(6) : text))
  return same('row', ours.slice(0, -1), recorded)
}

interface Suggested {
  readonly kind: 'lr_find_suggestion'
  readonly start_lr: number
  readonly end_lr: number
  readonly num_it: number
  readonly losses: ReadonlyArray<number>
  readonly skip_start: number
  readonly skip_end: number
  readonly min_gradient_lr: number | null
  readonly min_loss_over_10: number
  readonly printed: ReadonlyArray<string>
}

/** A rate as the reference prints it: 3.02E-03. */
const printed = (rate: number): string => {
  const [digits, exponent] = rate.toExponential(2).toUpperCase().split('E') as [string, string]
  return `${digits}E${exponent[0]}${exponent.slice(1).padStart(2, '0')}`
}

const suggestion = (c: Suggested): ReadonlyArray<Compared> => {
  const lrs = c.losses.map((_, k) => c.start_lr * (c.end_lr / c.start_lr) ** (k / c.num_it))
  const [found, skip] = [
    { lrs, losses: c.losses },
    { skipStart: c.skip_start, skipEnd: c.skip_end }
  ]
  const suggested = suggestLr(skip)(found)
  // Without a gradient fastai prints a message and no rate; the minimum of what is left is recorded all the same.
  if (c.min_gradient_lr === null || O.isNone(suggested)) {
    const left = trimmedLrFind(skip)(found)
    return [
      same('suggests', O.isSome(suggested), c.min_gradient_lr !== null),
      same('says that there are too few points', O.isNone(suggested), /^Failed to compute/.test(c.printed[0] ?? '')),
      close(
        'rate of the minimum / 10',
        left.lrs[left.losses.indexOf(Math.min(...left.losses))]! / 10,
        c.min_loss_over_10,
        'schedule'
      )
    ]
  }
  return [
    same(
      'printed',
      [
        `Min numerical gradient: ${printed(suggested.value.minGradient)}`,
        `Min loss divided by 10: ${printed(suggested.value.minLossBy10)}`
      ],
      c.printed
    ),
    close('minimum gradient', suggested.value.minGradient, c.min_gradient_lr, 'schedule'),
    close('minimum loss / 10', suggested.value.minLossBy10, c.min_loss_over_10, 'schedule')
  ]
}

type Labelled =
  | {
      readonly kind: 'analyze_pred'
      readonly label: 'multi'
      readonly pred: ReadonlyArray<number>
      readonly thresh: number
      readonly result: ReadonlyArray<number>
    }
  | {
      readonly kind: 'analyze_pred'
      readonly label: 'single'
      readonly pred: ReadonlyArray<number>
      readonly result: number
    }
  | {
      readonly kind: 'reconstruct'
      readonly label: 'multi'
      readonly pred: ReadonlyArray<number>
      readonly text: string
    }
  | { readonly kind: 'reconstruct'; readonly label: 'single'; readonly pred: number; readonly text: string }

/** The classes are a, b, c and so on. */
const taskOf = (label: 'multi' | 'single', classes: number): Task => {
  const names = Array.from({ length: classes }, (_, c) => String.fromCharCode(97 + c))
  return label === 'multi' ? multiLabel(names) : classification(names)
}

const labelled = (c: Labelled): Compared => {
  if (c.kind === 'analyze_pred' && c.label === 'single') return same('class', argMax(c.pred), c.result)
  if (c.label === 'single') return same('text', answerOf(taskOf('single', 26), [], c.pred, 0.5).class, c.text)
  const task = taskOf('multi', c.pred.length)
  const { class: text, labels } = answerOf(task, c.pred, 0, c.kind === 'analyze_pred' ? c.thresh : 0.5)
  return c.kind === 'reconstruct'
    ? same('text', text, c.text)
    : same(
        'labels',
        c.pred.map((_, k) => Number(labels.includes(String.fromCharCode(97 + k)))),
        c.result
      )
}

type Case = Tracked | TableRow | Suggested | Labelled

export const callbacks = (c: Case): Outcome => {
  switch (c.kind) {
    case 'EarlyStoppingCallback':
    case 'SaveModelCallback':
    case 'ReduceLROnPlateauCallback':
      return outcome(decisions(c))
    case 'table_row':
      return outcome([rowOf(c)])
    case 'lr_find_suggestion':
      return outcome(suggestion(c))
    case 'analyze_pred':
    case 'reconstruct':
      return outcome([labelled(c)])
    default:
      return pending(`cases of kind ${(c as { readonly kind: string }).kind}`)
  }
}
