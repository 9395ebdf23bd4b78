import type { WatcherKind } from './WatcherKind.js'
import { watching } from './Watching.js'

/**
 * Ends a training step when its loss is not finite.
 *
 * @category events
 * @since 0.1.0
 */
export interface TerminateOnNaN {
  readonly _tag: 'TerminateOnNaN'
}

/**
 * Ends the training step when a loss is NaN or infinite, where it would otherwise end the run with the error `Diverged`:
 * the batch's update is discarded, the epoch is left without validation, a `Warning` says so, and the recipe continues
 * with its next step. The step ends with the best parameters if a `saveBest` kept them, else with those before the batch;
 * it is an error all the same if these are not finite, or if the batch's images or targets are not. fastai's
 * `TerminateOnNaNCallback`.
 *
 * @example
 * import { Recipe, saveBest, Show, terminateOnNaN } from 'graft-vision'
 *
 * const recipe = Recipe.until(saveBest(), terminateOnNaN())(Recipe.fit(9, 0.1))
 * assert.strictEqual(Show.recipe.show(recipe), 'sequence(until(saveBest(), terminateOnNaN())(fit(9, 0.1)))')
 *
 * @category events
 * @since 0.1.0
 */
export const terminateOnNaN = (): TerminateOnNaN => ({ _tag: 'TerminateOnNaN' })

export const terminateOnNaNKind: WatcherKind<TerminateOnNaN> = {
  name: 'terminateOnNaN',
  defaults: {},
  options: {},
  watching: () =>
    watching<null>({ start: null, monitor: null, onEpoch: () => [null, []], onEnd: () => [], endsOnNaN: true })
}
