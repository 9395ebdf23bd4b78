/**
 * `csvHandler`: the results table as a CSV file.
 *
 * @since 0.1.0
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import { type HasFiles, nodeFiles } from '../../io/index.js'
import type { Callback } from '../learner/Learner.js'
import { tableHeader, tableRow } from '../loop/table.js'
import { epochOfRun, placeAt, type RunPlace } from './runPlace.js'

/** The lines of the first `epochs` epochs; none if there is no file. */
const earlierLines = (
  { files }: HasFiles,
  file: string,
  epochs: number
): TE.TaskEither<GraftError, ReadonlyArray<string>> =>
  epochs === 0
    ? TE.right([])
    : pipe(
        files.readText(file),
        TE.map((text) => text.split('\n').slice(1, 1 + epochs)),
        TE.orElse((error) => (error._tag === 'NotFound' ? TE.right([]) : TE.left(error)))
      )

/**
 * A callback that writes the results table to a CSV file after each epoch (fastai's `CSVLogger`): phase and epoch of
 * the run, from 0, losses, metrics and time. A new training replaces the file; a resumed one continues it. The file is
 * complete whenever the process is killed. If it cannot be written, training ends with the `IoError`.
 *
 * @example
 * import { digits, Recipe, squeezenet1_1, withBatchSize } from 'graft-vision'
 * import { cnnLearner, csvHandler, openData, train, withNodeEnv } from 'graft-vision/node'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 * import { readFileSync } from 'node:fs'
 *
 * const program = pipe(
 *   openData(withBatchSize(4)(digits({ n: 8, valid: 4 }))),
 *   RTE.chainW((data) =>
 *     cnnLearner(data, squeezenet1_1, { pretrained: false, callbacks: [csvHandler('logs/epochs.csv')] })
 *   ),
 *   RTE.chainW(train(Recipe.fit(1, 1e-3)))
 * )
 * assert.ok(E.isRight(await withNodeEnv()(program)()))
 * const [header] = readFileSync('logs/epochs.csv', 'utf8').split('\n')
 * assert.strictEqual(header, 'phase,epoch,train_loss,valid_loss,time')
 *
 * @category training
 * @since 0.1.0
 */
export const csvHandler = (file: string, env: HasFiles = { files: nodeFiles }): Callback => {
  let place: RunPlace | undefined
  let lines: ReadonlyArray<string> = []
  const write = (): TE.TaskEither<GraftError, void> => env.files.write(file, lines.map((line) => `${line}\n`).join(''))
  return (event, now) => {
    if (event._tag === 'TrainBegin')
      return pipe(
        TE.fromEither(placeAt(event, now)),
        TE.chain((at) => {
          place = at
          return earlierLines(env, file, epochOfRun(at, event))
        }),
        TE.map((earlier) => {
          lines = [['phase', ...tableHeader(event.metricNames)].join(','), ...earlier]
          return 'continue' as const
        })
      )
    if (event._tag !== 'EpochEnd' || place === undefined) return () => 'continue'
    const { phase, metricNames } = place
    const row = { ...event.row, epoch: epochOfRun(place, event) }
    lines = [...lines, [phase, ...tableRow(row, metricNames.length, event.seconds)].join(',')]
    return pipe(
      write(),
      TE.map(() => 'continue' as const)
    )
  }
}
