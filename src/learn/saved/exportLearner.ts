/**
 * `exportLearner`: writes a trained model to a folder that can be used without the training data or the code that made
 * it.
 *
 * @since 0.1.0
 */
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import type { Files, HasFiles } from '../../io/index.js'
import { writeSaved } from './writeSaved.js'
import { type ExportOptions, exportOnnx, removeOnnx } from './exportOnnx.js'
import { finiteWeights } from '../loop/finite.js'
import type { Learner } from '../learner/Learner.js'
import { savedError } from '../LearnError.js'
import { predictorOf } from '../predicting/Predictor.js'
import { runFiles } from './RunDescription.js'

/**
 * Options of `exportLearner`.
 *
 * @category saving
 * @since 0.1.0
 */
export interface ExportLearnerOptions {
  /** Whether and how to write an ONNX file too; default: no. */
  readonly onnx?: boolean | ExportOptions
}

/** An export has no optimiser state; in a run's folder it would replace the run's own model. */
const refuseRun = (files: Files, folder: string): TE.TaskEither<GraftError, void> =>
  pipe(
    files.exists(runFiles(folder).description),
    TE.mapLeft((e): GraftError => e),
    TE.filterOrElse(
      (there) => !there,
      (): GraftError => savedError(folder, 'a folder without a run', 'one that contains a run', 'name another folder')
    ),
    TE.map(() => undefined)
  )

/**
 * Writes a learner to a folder and returns the files written: `model.safetensors` and, if asked for, `model.onnx`.
 * `model.safetensors` contains parameters and buffers, and in its header the network, the paths at which groups start,
 * classes, preprocessing, the loss with its activation, the settings for further training, and graft's version. Cuts
 * and splits are resolved, so a learner made with user-defined functions can be exported too. Optimiser state is not
 * included. `loadLearner` and `loadPredictor` read the folder.
 *
 * Each file is written atomically. An earlier export's model is kept until the new one replaces it; its ONNX file is
 * removed first, so that it never accompanies another model's weights. A run's folder is a `SavedError`.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, exportLearner, openData, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 * import { join } from 'node:path'
 *
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainW(exportLearner('exported'))
 * )
 * const files = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.deepStrictEqual(files, E.right([join('exported', 'model.safetensors')]))
 *
 * @category saving
 * @since 0.1.0
 */
export const exportLearner =
  (folder: string, { onnx = false }: ExportLearnerOptions = {}) =>
  (l: Learner): ReaderTaskEither<HasFiles, GraftError, ReadonlyArray<string>> =>
  (env) => {
    const { model } = runFiles(folder)
    const beside = join(folder, 'model.onnx')
    return pipe(
      TE.fromEither(finiteWeights('the learner to export')(l.state)),
      TE.chainW(() => refuseRun(env.files, folder)),
      TE.chainW(() => env.files.makeDir(folder)),
      TE.chainW(() => removeOnnx(env.files, beside)),
      TE.chainW(() => writeSaved(model, l, null, { optimiser: false })(env)),
      TE.chainW(() =>
        onnx === false ? TE.right([]) : exportOnnx(beside, onnx === true ? {} : onnx)(predictorOf(l))(env)
      ),
      TE.map((others) => [model, ...others])
    )
  }
