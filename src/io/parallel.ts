/**
 * `parallel`: as many at once as there are workers, answers in the order of the questions.
 */
import type { Task } from 'fp-ts/lib/Task.js'

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
