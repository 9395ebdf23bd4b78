/** Predictions that are images, batch by batch: counts of pixels, and the images with the largest losses. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import type * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import type { Pixels } from '../../data/index.js'
import { readyInference } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import { activate, argMax, type ConfusionMatrix } from '../../interpret/index.js'
import { type Batch, type HasFiles, type HasImages, openBatches } from '../../io/index.js'
import { activationOf } from '../../recipe/index.js'
import type { HasEngine } from '../Env.js'
import type { Learner } from '../learner/Learner.js'
import { pictureOf } from '../looking/batchCells.js'
import { breathe } from '../loop/evaluation.js'
import { finiteEvaluation } from '../loop/finite.js'
import type { Sampled } from './sampled.js'

/** An image of the validation set with its target and its prediction. */
export interface WorstPicture {
  readonly file: string
  readonly loss: number
  /** Under or beside its target. */
  readonly actual: Pixels
  readonly predicted: Pixels
}

export interface PredictedPictures {
  /** For masks: pixels of each actual class by predicted class; otherwise empty. */
  readonly counts: ConfusionMatrix
  readonly worst: ReadonlyArray<WorstPicture>
}

/** The batch with predictions in the place of its targets. */
const asPredicted = (batch: Batch, outputs: Float32Array, l: Learner): Batch => {
  const activated = activate(activationOf(l.settings.loss), l.plan.output[0]!)(outputs)
  if (l.data.task._tag !== 'Segmentation') return { ...batch, y: Float32Array.from(activated) }
  const classes = l.data.task.codes.length
  return {
    ...batch,
    y: Int32Array.from({ length: outputs.length / classes }, (_, p) => argMax(outputs, p * classes, classes))
  }
}

export const predictedPictures =
  (l: Learner, { batches }: Sampled, k: number) =>
  (env: HasEngine & HasFiles & HasImages): ReturnType<RTE.ReaderTaskEither<unknown, GraftError, PredictedPictures>> =>
  async () => {
    const { task, stats, shape, valid } = l.data
    const sides = [shape[1], shape[2]] as const
    const classes = task._tag === 'Segmentation' ? task.codes.length : 0
    const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
    let worst: ReadonlyArray<WorstPicture> = []
    const add = (batch: Batch, outputs: Float32Array, losses: Float32Array): void => {
      const predicted = asPredicted(batch, outputs, l)
      if (classes > 0) batch.y.forEach((actual, p) => actual >= 0 && counts[actual]![predicted.y[p]!]!++)
      for (let i = 0; i < batch.n; i++) {
        const loss = losses[i]!
        if (worst.length === k && loss <= worst.at(-1)!.loss) continue
        const shown = (of: Batch): Pixels => pictureOf(of, i, sides, task, stats)
        const picture = { file: batch.files[i]!, loss, actual: shown(batch), predicted: shown(predicted) }
        worst = [...worst, picture].sort((a, b) => b.loss - a.loss).slice(0, k)
      }
    }
    const reader = openBatches({ dataset: valid, batches, stats })(env)()
    try {
      for (;;) {
        const next = await reader.next()
        if (E.isLeft(next)) return next
        if (O.isNone(next.right)) return E.right({ counts, worst })
        const batch = next.right.value
        const result = pipe(
          readyInference(env.engine)(l.plan, l.state),
          E.chainW((network) => network.evaluate(l.settings.loss)(batch)),
          E.chainW(finiteEvaluation('predictions', batch))
        )
        if (E.isLeft(result)) return result
        add(batch, result.right.outputs, result.right.losses)
        reader.recycle(batch)()
        await breathe()
      }
    } finally {
      await reader.close()
    }
  }
