/** Evaluation on a dataset: losses and metrics during training, and every output if asked for. */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { validOrder } from '../../data/index.js'
import type { Evaluation, Program } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import type { Metric, MetricState } from '../../interpret/index.js'
import { type Batch, type BatchReader, type Data } from '../../io/index.js'
import type { Plan } from '../../plan/index.js'
import { inPixels } from '../predicting/inPixels.js'
import { finiteEvaluation } from './finite.js'
import { settingError } from '../LearnError.js'

/**
 * The results on a dataset: the loss, a mean over images, and each metric in the learner's order.
 *
 * @category training
 * @since 0.1.0
 */
export interface Scores {
  readonly loss: number
  readonly metrics: ReadonlyArray<number>
}

type Told = E.Either<GraftError, 'go on' | 'stop'>

/** Called before and after every batch; may end the evaluation. */
export interface OnBatch {
  readonly before: () => Told | Promise<Told>
  readonly after: (batch: Batch, result: Evaluation) => Told | Promise<Told>
}

export const validBatches = (data: Data): number => validOrder(data.spec, data.valid.length).length

/** Lets timers, signals and decoders run between batches, which block the event loop. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A user's metric may throw. */
const asked = <A>(metric: Metric, f: () => A): E.Either<GraftError, A> =>
  E.tryCatch(f, (e) =>
    settingError(`metric ${metric.name}`, 'a metric that does not throw', String(e), 'fix the metric')
  )

/** A metric's rows: the outputs of an image, or in segmentation of each of its pixels. */
export const rowsOf = ({ task, output }: Plan): { readonly width: number; readonly perImage: number } =>
  task?._tag === 'Segmentation'
    ? { width: output[0]!, perImage: output.slice(1).reduce((a, b) => a * b, 1) }
    : { width: output.reduce((a, b) => a * b, 1), perImage: 1 }

/** Evaluates all batches of a reader, and closes it. Batch losses are weighted by batch size, as in fastai. */
export const evaluateAll = async (
  program: Pick<Program, 'plan' | 'evaluate'>,
  reader: BatchReader,
  metrics: ReadonlyArray<Metric>,
  { before, after }: OnBatch,
  where = 'validation'
): Promise<E.Either<GraftError, Scores>> => {
  const { width, perImage } = rowsOf(program.plan)
  let states: ReadonlyArray<MetricState> = metrics.map((m) => m.f.run)
  let [sum, count] = [0, 0]
  try {
    for (;;) {
      const next = await reader.next()
      if (E.isLeft(next)) return next
      if (O.isNone(next.right)) break
      const batch = next.right.value
      const began = await before()
      if (E.isLeft(began)) return began
      if (began.right === 'stop') break
      const result = E.chainW(finiteEvaluation(where, batch))(program.evaluate(batch))
      if (E.isLeft(result)) return result
      const { outputs, loss } = result.right
      sum += loss * batch.n
      count += batch.n
      const seen = { ...inPixels(program.plan.task, outputs, batch), width, n: batch.n * perImage, perImage }
      const stepped = E.sequenceArray(metrics.map((m, i) => asked(m, () => states[i]!.step(seen))))
      if (E.isLeft(stepped)) return stepped
      states = stepped.right
      const told = await after(batch, result.right)
      if (E.isLeft(told)) return told
      if (told.right === 'stop') break
      reader.recycle(batch)()
      await breathe()
    }
  } finally {
    await reader.close()
  }
  return E.map((values: ReadonlyArray<number>) => ({ loss: sum / count, metrics: values }))(
    E.sequenceArray(metrics.map((m, i) => asked(m, () => states[i]!.done())))
  )
}
