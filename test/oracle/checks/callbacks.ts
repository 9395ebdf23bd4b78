/** callbacks.json: what fastai's trackers decide, one monitored value an epoch. */
import {
  earlyStopping,
  reduceLrOnPlateau,
  type Request,
  saveBest,
  type Watcher,
  watchingOf
} from '../../../src/recipe/index.js'
import { tableRow } from '../../../src/learn/index.js'
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
  readonly epochs: ReadonlyArray<{
    readonly value: number | 'NaN'
    readonly stop: boolean
    readonly saved: ReadonlyArray<string>
    readonly lr: number | null
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

const decisions = (c: Tracked): ReadonlyArray<Compared> => {
  const watching = watchingOf(watcherOf(c))
  let [state, lr] = [watching.start, c.initial_lr]
  return c.epochs.flatMap((recorded, epoch) => {
    const values = { [c.monitor]: Number(recorded.value) }
    const [next, requests] = watching.onEpoch(state, { epoch, values, lr })
    state = next
    if (lr !== null) lr = scaled(lr, requests)
    return [
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
      ...(lr === null ? [] : [close(`epoch ${epoch}, rate`, lr, recorded.lr, 'schedule')])
    ]
  })
}

const rowOf = ({ stats: [epoch, trainLoss, validLoss, ...metrics], names, row }: TableRow): Compared => {
  const ours = tableRow({ epoch, trainLoss, validLoss, metrics }, metrics.length, 0)
  // ours ends with the time; a count is a whole number in the reference's only
  const recorded = row.map((text, i) => (names[i] === 'count' ? Number(text).toFixed(6) : text))
  return same('row', ours.slice(0, -1), recorded)
}

export const callbacks = (c: Tracked | TableRow | { readonly kind: string }): Outcome =>
  'epochs' in c ? outcome(decisions(c)) : 'row' in c ? outcome([rowOf(c)]) : pending(`cases of kind ${c.kind}`)
