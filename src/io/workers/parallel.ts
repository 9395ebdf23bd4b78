import type { Task } from 'fp-ts/lib/Task.js'

/**
 * Runs as many tasks at once as there are workers; results are in the order of the inputs.
 *
 * @example
 * import { parallel } from '../index.js'
 *
 * assert.deepStrictEqual(await parallel(2, (n: number) => async () => 2 * n)([1, 2, 3])(), [2, 4, 6])
 *
 * @since 0.1.0
 */
export const parallel =
  <A, B>(workers: number, f: (a: A, index: number) => Task<B>) =>
  (items: ReadonlyArray<A>): Task<ReadonlyArray<B>> =>
  async () => {
    const answers = new Array<B>(items.length)
    let next = 0
    const work = async (): Promise<void> => {
      for (let i = next++; i < items.length; i = next++) answers[i] = await f(items[i]!, i)()
    }
    await Promise.all(Array.from({ length: Math.min(Math.max(1, workers), items.length) }, work))
    return answers
  }
