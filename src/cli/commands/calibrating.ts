/** `--calibrate` and `--abstain` of `graft export`: what is fitted on the validation set. */
import { dirname } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DataSpec } from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import type { Calibration } from '../../interpret/index.js'
import { nodeIo, openData } from '../../io/index.js'
import {
  type Calibrated,
  calibratePredictor,
  type GraftEnv,
  preparedFor,
  readRun,
  runFiles,
  savedModel,
  settingError
} from '../../learn/index.js'
import { abstainFlag } from '../flags/calibrationFlags.js'
import { given } from '../flags/flags.js'
import { archsWith, namedData } from '../named/named.js'
import { namedPredictor } from '../named/saved.js'

export interface CalibrationFlags {
  readonly calibrate?: boolean
  readonly abstain?: string | true
  /** The data to calibrate on; default: the run's. */
  readonly data?: string
  /** MODEL contains only weights, of this architecture. */
  readonly arch?: string
}

/** The data to calibrate on: that of `--data`, else of the run. */
const calibrationData = (model: string, data: string | undefined): TE.TaskEither<GraftError, DataSpec> =>
  data !== undefined
    ? namedData(data)
    : pipe(
        savedModel(model)(nodeIo()),
        TE.chain((file) => {
          const folder = dirname(file)
          return pipe(
            nodeIo().files.exists(runFiles(folder).description),
            TE.mapLeft((error): GraftError => error),
            TE.filterOrElseW(
              (isRun) => isRun,
              (): GraftError =>
                settingError(
                  '--data',
                  'data to calibrate on, because the model does not belong to a run with data',
                  'nothing',
                  'name data whose validation set the model was not trained on: --data DATA'
                )
            ),
            TE.chain(() => readRun(folder, archsWith)(nodeIo())),
            TE.map(({ description }) => description.data)
          )
        })
      )

const drawCalibration = ({ calibration: { scaling, abstention }, curve }: Calibrated): ReadonlyArray<string> => {
  const all = curve.at(-1)
  const answered = curve.find(({ threshold }) => threshold === abstention?.threshold)
  return [
    ...(scaling === null
      ? []
      : [
          `temperature ${scaling.temperature.toFixed(4)}: NLL ${scaling.before.nll.toFixed(4)} -> ${scaling.after.nll.toFixed(4)}, ` +
            `ECE ${scaling.before.ece.toFixed(4)} -> ${scaling.after.ece.toFixed(4)}`
        ]),
    ...(abstention === null || all === undefined || answered === undefined
      ? []
      : [
          `abstains by ${abstention.by} below ${abstention.threshold.toPrecision(4)}: answers ${(100 * answered.coverage).toFixed(1)} % ` +
            `of the validation images, with accuracy ${answered.accuracy.toFixed(4)} (${all.accuracy.toFixed(4)} of all)`
        ])
  ]
}

export const calibrating = (
  model: string,
  flags: CalibrationFlags,
  note: (line: string) => void
): RTE.ReaderTaskEither<GraftEnv, GraftError, Calibration> =>
  pipe(
    RTE.fromEither(abstainFlag(flags.abstain)),
    RTE.bindTo('abstain'),
    RTE.bindW('spec', () => RTE.fromTaskEither(calibrationData(model, flags.data))),
    RTE.bindW('p', () => namedPredictor(model, flags.arch)),
    RTE.bindW('data', ({ spec, p }) => openData(preparedFor(p)(spec))),
    RTE.chainW(({ abstain, data, p }) =>
      calibratePredictor(data, { temperature: flags.calibrate === true, ...given({ abstain }) })(p)
    ),
    RTE.map((calibrated) => {
      drawCalibration(calibrated).forEach(note)
      return calibrated.calibration
    })
  )
