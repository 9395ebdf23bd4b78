/**
 * Passing over the validation set: losses and metrics in training, every output when asked for.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { validOrder } from '../data/index.js'
import type { Evaluation, Program } from '../engine/index.js'
import type { GraftError } from '../GraftError.js'
import type { Metric } from '../interpret/index.js'
import { type Batch, type Data, type Dataset, type HasFiles, type HasImages, openBatches } from '../io/index.js'

/** What a pass gives: the mean loss and each metric. */
export interface Scores {
  readonly loss: number
  readonly metrics: ReadonlyArray<number>
}

/** Told of every batch, may end the pass. */
type OnBatch = (batch: Batch, result: Evaluation) => E.Either<GraftError, 'go on' | 'stop'>

export const validBatches = (data: Data): number => validOrder(data.spec, data.valid.length).length

/** Lets timers, signals and decoders have their turn between batches, which block. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** One pass over a dataset in order. Batch losses are weighted by size, as in the reference. */
export const evaluateAll = async (
  env: HasFiles & HasImages,
  program: Program,
  data: Data,
  dataset: Dataset,
  metrics: ReadonlyArray<Metric>,
  onBatch: OnBatch
): Promise<E.Either<GraftError, Scores>> => {
  const width = program.plan.output.reduce((a, b) => a * b, 1)
  const batches = validOrder(data.spec, dataset.length)
  const reader = openBatches({ dataset, batches, stats: data.stats })(env)()
  let states = metrics.map((m) => m.f.run)
  let [sum, count] = [0, 0]
  try {
    for (;;) {
      const next = await reader.next()
      if (E.isLeft(next)) return next
      if (O.isNone(next.right)) break
      const batch = next.right.value
      const result = program.evaluate(batch)
      if (E.isLeft(result)) return result
      const { outputs, loss } = result.right
      sum += loss * batch.n
      count += batch.n
      states = states.map((s) => s.step({ outputs, width, targets: batch.y, n: batch.n }))
      const told = onBatch(batch, result.right)
      if (E.isLeft(told)) return told
      if (told.right === 'stop') break
      await breathe()
    }
  } finally {
    await reader.close()
  }
  return E.right({ loss: sum / count, metrics: states.map((s) => s.done()) })
}
