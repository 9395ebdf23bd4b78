/**
 * What every training step may have, as JSON: `"until": ["saveBest"], "accumulate": 4, "average": { "ema": 0.999 }`.
 */
import { pipe } from 'fp-ts/lib/function.js'
import { accumulate, ema, Recipe as R, swa } from '../../recipe/index.js'
import type { Grammar } from '../grammar/Grammar.js'
import { type WatcherJson, watcherFrom, watcherSchema, watcherTo } from './Watcher.js'

export const stepSettings = <S>(g: Grammar<S>) => ({
  until: g.list(watcherSchema(g)),
  accumulate: g.whole(-Infinity),
  average: g.keyed({ ema: g.number, swa: g.whole(-Infinity) })
})

export interface SettingsJson {
  readonly until?: ReadonlyArray<WatcherJson>
  readonly accumulate?: number
  readonly average?: { readonly ema: number } | { readonly swa: number }
}

export const withSettings =
  ({ until, accumulate: n, average }: SettingsJson) =>
  (recipe: R.Recipe): R.Recipe =>
    pipe(
      recipe,
      R.until(...(until ?? []).map(watcherFrom)),
      n === undefined ? (r) => r : accumulate(n),
      average === undefined ? (r) => r : 'ema' in average ? ema(average.ema) : swa(average.swa)
    )

export const settingsTo = ({ until, accumulate: n, average }: R.StepSettings): object => ({
  ...(until === undefined ? {} : { until: until.map(watcherTo) }),
  ...(n === undefined ? {} : { accumulate: n }),
  ...(average === undefined ? {} : { average: average._tag === 'Ema' ? { ema: average.decay } : { swa: average.from } })
})
