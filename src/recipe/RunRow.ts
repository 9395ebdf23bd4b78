/**
 * `RunRow`: an epoch's results with its place in the run.
 *
 * @since 0.1.0
 */
import type { Row } from './Event.js'
import type { History } from './History.js'
import { epochsOf } from './Phase.js'
import type { Recipe } from './Recipe.js'

/**
 * A row as in `history.csv`: `epoch` counts over the whole run, from 0; `phase` is the index of its training step in
 * the recipe, from 0.
 *
 * @category events
 * @since 0.1.0
 */
export interface RunRow extends Row {
  readonly phase: number
}

/**
 * The rows of a run, given its recipe. The run may be incomplete, and a step may have ended early (`earlyStopping`).
 *
 * @example
 * import { emptyHistory, Recipe, runRows } from 'graft-vision'
 *
 * const row = { trainLoss: 1, validLoss: 1, metrics: [] }
 * const rows = [0, 0, 1].map((epoch) => ({ epoch, ...row }))
 * const recipe = Recipe.sequence(Recipe.freeze, Recipe.fit(1, 1e-3), Recipe.unfreeze, Recipe.fit(2, 1e-4))
 * assert.deepStrictEqual(
 *   runRows(recipe)({ ...emptyHistory, rows }).map(({ phase, epoch }) => [phase, epoch]),
 *   [[0, 0], [1, 1], [1, 2]]
 * )
 *
 * @category events
 * @since 0.1.0
 */
export const runRows =
  (recipe: Recipe) =>
  ({ rows }: Pick<History, 'rows'>): ReadonlyArray<RunRow> => {
    const lengths = recipe.map(epochsOf).filter((epochs) => epochs > 0)
    let [phase, begun] = [0, 0]
    return rows.map((row, i) => {
      // a step may end early; the next one then starts where the epoch numbers stop being consecutive
      const goesOn = i === 0 || row.epoch === rows[i - 1]!.epoch + 1
      const ended = i - begun === lengths[phase]
      if ((ended || !goesOn) && phase + 1 < lengths.length) [phase, begun] = [phase + 1, i]
      return { phase, ...row, epoch: i }
    })
  }
