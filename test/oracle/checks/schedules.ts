/** schedules.json: every batch of one-cycle fits, rates per group, annealing curves, the smoothed loss. */
import { isDeepStrictEqual } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  addLoss,
  checkRecipe,
  hasDiverged,
  lrSweep,
  noLosses,
  phaseOf,
  ratesPerGroup,
  Recipe,
  Schedule,
  smoothedLoss
} from '../../../src/recipe/index.js'
import { close, errs, failed, type Numbers, type Outcome, outcome, same, where } from '../Comparison.js'
import { restoresWeights } from './lrFindRun.js'
import { isSlice, isSpreadOverOneGroup, isWrongLengthList, ratesFrom, type RecordedRates } from './rates.js'

interface OneCycleCase {
  readonly kind: 'fit_one_cycle'
  readonly batches_per_epoch: number
  readonly cyc_len: number
  readonly groups: number
  readonly max_lr: RecordedRates
  readonly error?: string
  readonly options: {
    readonly moms?: number | readonly [number, number]
    readonly div_factor?: number
    readonly pct_start?: number
    readonly final_div?: number | null
    readonly tot_epochs?: number | null
    readonly start_epoch?: number | null
  }
  readonly lr_per_batch: ReadonlyArray<number | ReadonlyArray<number>>
  readonly mom_per_batch: ReadonlyArray<number>
  readonly epoch_of_batch_first_last: readonly [number, number]
  readonly n_batches_run: number
  readonly lr_after: ReadonlyArray<number>
  readonly mom_after: number
  readonly recorder_lrs_equal_last_group: boolean
}

interface LrRangeCase {
  readonly kind: 'lr_range'
  readonly groups: number
  readonly arg: RecordedRates
  readonly result?: number | ReadonlyArray<number>
  /** Whether the reference returns the rates as they are. */
  readonly passed_through?: boolean
  readonly error?: string
}

interface EvenMultsCase {
  readonly kind: 'even_mults'
  readonly start: number
  readonly stop: number
  readonly n: number
  readonly result?: ReadonlyArray<number>
  readonly error?: string
}

interface AnnealingCase {
  readonly kind: 'annealing'
  readonly function: string
  readonly start: number
  readonly end: number
  readonly degree: number | null
  readonly pct: ReadonlyArray<number>
  readonly values: ReadonlyArray<number>
}

interface SmoothedCase {
  readonly kind: 'smoothed_loss'
  readonly beta: number
  readonly values: ReadonlyArray<number>
  readonly smoothed: ReadonlyArray<number>
}

type ScheduleCase = OneCycleCase | LrRangeCase | EvenMultsCase | AnnealingCase | SmoothedCase | LrFindCase

const optionsFrom = (o: OneCycleCase['options']): Partial<Recipe.OneCycleOptions> => ({
  ...(o.moms === undefined ? {} : { moms: o.moms }),
  ...(o.div_factor === undefined ? {} : { divFactor: o.div_factor }),
  ...(o.pct_start === undefined ? {} : { pctStart: o.pct_start }),
  ...(o.final_div === undefined ? {} : { finalDiv: o.final_div }),
  ...(o.tot_epochs === undefined ? {} : { totEpochs: o.tot_epochs }),
  ...(o.start_epoch === undefined ? {} : { startEpoch: o.start_epoch })
})

/** The cycle is shorter than the loop; the reference trains one batch more, ours ends with the schedule. */
const endsEarly = (c: OneCycleCase): boolean => (c.options.tot_epochs ?? c.cyc_len) < c.cyc_len

const fitOneCycle = (c: OneCycleCase): Outcome => {
  const recipe = Recipe.fitOneCycle(c.cyc_len, ratesFrom(c.max_lr), optionsFrom(c.options))
  const [step] = recipe
  if (step?._tag !== 'FitOneCycle') return failed('not one step')
  const phase = phaseOf({ groups: c.groups, batchesPerEpoch: c.batches_per_epoch })(step)
  const mistakes = checkRecipe(recipe)
  const errors = [...mistakes, ...(E.isLeft(phase) ? [phase.left] : [])]
  if (c.error !== undefined && isSpreadOverOneGroup(c.max_lr, c.groups)) return outcome(same('errors', errors, []))
  if (c.error !== undefined || isWrongLengthList(c.max_lr, c.groups))
    return outcome(errs('error', errors, 'RecipeError'))
  if (E.isLeft(phase) || mistakes.length > 0)
    return failed(`ours is an error: ${JSON.stringify(E.isLeft(phase) ? phase.left : mistakes)}`)
  const { startEpoch, endStep, at } = phase.right
  const first = startEpoch * c.batches_per_epoch
  const batches = Array.from({ length: endStep - first }, (_, i) => at(first + i))
  const epochOf = (k: number) => Math.floor(k / c.batches_per_epoch)
  const extra = endsEarly(c) ? 1 : 0
  return outcome(
    same('n_batches_run', batches.length, c.n_batches_run - extra),
    close(
      'lr_per_batch',
      batches.map((b) => b.lrs),
      c.lr_per_batch.slice(0, c.n_batches_run - extra),
      'schedule'
    ),
    close(
      'mom_per_batch',
      batches.map((b) => b.mom ?? NaN),
      c.mom_per_batch.slice(0, c.n_batches_run - extra),
      'schedule'
    ),
    same('epochs', [epochOf(first), epochOf(endStep - 1 + extra)], c.epoch_of_batch_first_last),
    close('lr_after', at(endStep).lrs, c.lr_after, 'schedule'),
    close('mom_after', at(endStep).mom ?? NaN, c.mom_after, 'schedule')
  )
}

const lrRange = ({ groups, arg, result, passed_through, error }: LrRangeCase): Outcome => {
  const ours = ratesPerGroup(groups)(ratesFrom(arg))
  if (isWrongLengthList(arg, groups)) return outcome(errs('lr', E.isLeft(ours) ? [ours.left] : [], 'RecipeError'))
  if (isSpreadOverOneGroup(arg, groups))
    return E.isLeft(ours)
      ? failed(ours.left.found)
      : outcome(close('lr', ours.right, [(arg as { readonly slice: readonly [number, number] }).slice[1]], 'schedule'))
  if (error !== undefined) return outcome(errs('lr', E.isLeft(ours) ? [ours.left] : [], 'RecipeError'))
  // one rate for all passes through the reference as it is
  const spread = (r: number | ReadonlyArray<number>): ReadonlyArray<number> => {
    const list = typeof r === 'number' ? [r] : r
    return list.length === 1 ? Array.from({ length: groups }, () => list[0]!) : list
  }
  return E.isLeft(ours)
    ? failed(ours.left.found)
    : outcome(
        where(result, (r) => close('lr', ours.right, spread(r), 'schedule')),
        where(passed_through, (passed) =>
          same('passed through', !isSlice(arg) && isDeepStrictEqual(ours.right, spread(arg)), passed)
        )
      )
}

const evenMults = ({ start, stop, n, result, error }: EvenMultsCase): Outcome =>
  lrRange({
    kind: 'lr_range',
    groups: n,
    arg: { slice: [start, stop] },
    ...(result === undefined ? {} : { result }),
    ...(error === undefined ? {} : { error })
  })

const curves: Readonly<Record<string, (start: number, end: number, degree: number) => Schedule.Schedule>> = {
  no: (start) => Schedule.constant(start),
  linear: Schedule.linear,
  cos: Schedule.cosine,
  exp: Schedule.exponential,
  poly: Schedule.polynomial
}

const annealing = (c: AnnealingCase): Outcome => {
  const curve = curves[c.function]
  if (curve === undefined) return failed(`no annealing function ${c.function}`)
  const schedule = curve(c.start, c.end, c.degree ?? NaN)
  return outcome(
    close(
      'values',
      c.pct.map((p) => Schedule.at(p)(schedule)),
      c.values,
      'schedule'
    )
  )
}

const smoothed = ({ beta, values, smoothed: recorded }: SmoothedCase): Outcome => {
  const ours = values.map((_, i) =>
    pipe(
      values.slice(0, i + 1).reduce((s, loss) => addLoss(loss, beta)(s), noLosses),
      smoothedLoss(beta)
    )
  )
  return outcome(close('smoothed', ours, recorded, 'schedule'))
}

interface LrFindCase {
  readonly kind: 'lr_find'
  readonly batches_per_epoch: number
  readonly groups: number
  readonly args: {
    readonly start_lr?: RecordedRates
    readonly end_lr?: RecordedRates
    readonly num_it?: number
    readonly stop_div?: boolean
  }
  readonly lr_per_batch: ReadonlyArray<Numbers>
  readonly n_batches_run: number
  readonly smoothed_losses: ReadonlyArray<number>
  readonly weights_restored: boolean
}

/** The losses depend on the recorded model: from them follows where the sweep stopped. */
const lrFind = async (c: LrFindCase): Promise<Outcome> => {
  const { groups, args, lr_per_batch, n_batches_run, smoothed_losses } = c
  const options = {
    ...(args.start_lr === undefined ? {} : { startLr: ratesFrom(args.start_lr) }),
    ...(args.end_lr === undefined ? {} : { endLr: ratesFrom(args.end_lr) }),
    ...(args.num_it === undefined ? {} : { numIt: args.num_it }),
    ...(args.stop_div === undefined ? {} : { stopDiv: args.stop_div })
  }
  const rates = lrSweep(options, groups)
  if (E.isLeft(rates)) return failed(rates.left.found)
  const stop = smoothed_losses.findIndex((_, k) => hasDiverged(smoothed_losses.slice(0, k + 1)))
  const run = args.stop_div === false || stop === -1 ? rates.right.length : stop + 1
  return outcome(
    same('n_batches_run', run, n_batches_run),
    close('lr_per_batch', rates.right.slice(0, run), lr_per_batch, 'schedule'),
    same('weights_restored', await restoresWeights(options, groups, c.batches_per_epoch), c.weights_restored)
  )
}

export const schedules = (c: ScheduleCase): Outcome | Promise<Outcome> => {
  switch (c.kind) {
    case 'fit_one_cycle':
      return fitOneCycle(c)
    case 'lr_range':
      return lrRange(c)
    case 'even_mults':
      return evenMults(c)
    case 'annealing':
      return annealing(c)
    case 'smoothed_loss':
      return smoothed(c)
    case 'lr_find':
      return lrFind(c)
    default:
      return failed(`no check for kind ${(c as { readonly kind: string }).kind}`)
  }
}
