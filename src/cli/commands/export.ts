/** `graft export`: writes a trained model to a folder of its own, or as ONNX. */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import type { Calibration } from '../../interpret/index.js'
import { nodeIo } from '../../io/index.js'
import {
  exportLearner,
  exportOnnx,
  type ExportOptions,
  exportReference,
  type GraftEnv,
  type Learner,
  type LearnerEnv,
  loadLearner,
  type Predictor,
  settingError,
  withNodeEnv
} from '../../learn/index.js'
import { given } from '../flags/flags.js'
import { namedPictures } from '../named/pictures.js'
import { namedPredictor } from '../named/saved.js'
import { exitCodes } from '../output/exit.js'
import { watcher } from '../output/progress.js'
import { type CalibrationFlags, calibrating } from './calibrating.js'
import type { Terminal } from '../output/Terminal.js'

export interface ExportFlags extends CalibrationFlags {
  readonly out?: string
  /** True: `model.onnx` in the folder. */
  readonly onnx?: string | true
  readonly activation?: boolean
  readonly weightsBeside?: boolean
  readonly preprocessing?: string
  /** Images to write beside an ONNX model, with graft's scores. */
  readonly reference?: string
  readonly json?: boolean
}

/** Requires the extension, so that a typing error cannot replace the trained model. */
const named = (file: string): E.Either<GraftError, string> =>
  /\.onnx$/i.test(file)
    ? E.right(file)
    : E.left(settingError('--onnx', 'a name that ends in .onnx', file, 'write e.g. --onnx model.onnx'))

type Write = RTE.ReaderTaskEither<LearnerEnv, GraftError, ReadonlyArray<string>>

const optionsOf = ({ activation, weightsBeside, preprocessing }: ExportFlags): ExportOptions => ({
  ...given({ activation, weightsBeside }),
  ...(preprocessing === 'in-graph' ? { preprocessing: 'inGraph' } : {})
})

/** The model, with what was fitted. */
const predictorWith = (model: string, flags: ExportFlags, calibration: Calibration | null) =>
  pipe(
    namedPredictor(model, flags.arch),
    RTE.map((p): Predictor => (calibration === null ? p : { ...p, calibration }))
  )

const asOnnx = (model: string, file: string, flags: ExportFlags, calibration: Calibration | null): Write =>
  pipe(
    RTE.fromEither(named(file)),
    RTE.chainW(() => predictorWith(model, flags, calibration)),
    RTE.chainW(exportOnnx(file, optionsOf(flags)))
  )

const asFolder = (model: string, out: string, flags: ExportFlags, calibration: Calibration | null): Write =>
  pipe(
    loadLearner(model),
    RTE.map((l): Learner => (calibration === null ? l : { ...l, calibrated: { calibration, state: l.state } })),
    RTE.chainW(exportLearner(out, { onnx: flags.onnx === true ? optionsOf(flags) : false }))
  )

const both = (first: Write, second: Write): Write =>
  pipe(
    first,
    RTE.chain((files) => RTE.map((others: ReadonlyArray<string>) => [...files, ...others])(second))
  )

const writing = (model: string, flags: ExportFlags, calibration: Calibration | null): Write => {
  const { out, onnx } = flags
  if (out === undefined)
    return typeof onnx === 'string'
      ? asOnnx(model, onnx, flags, calibration)
      : RTE.left(
          settingError('--out', '--out DIR, --onnx FILE, or both', 'neither', 'write e.g. --out exported --onnx')
        )
  if (flags.arch !== undefined)
    return RTE.left(
      settingError(
        '--arch',
        '--onnx FILE alone',
        '--out too',
        'a file of weights is not a trained model: leave out --out'
      )
    )
  if (onnx === undefined && (flags.activation === true || flags.weightsBeside === true))
    return RTE.left(
      settingError(
        flags.activation === true ? '--activation' : '--weights-beside',
        'with --onnx',
        'a folder alone',
        'it applies to ONNX: add --onnx, or leave it out'
      )
    )
  const folder = asFolder(model, out, flags, calibration)
  if (typeof onnx !== 'string') return folder
  // nothing is written before everything has been checked
  return pipe(
    RTE.fromEither(named(onnx)),
    RTE.chainW(() => both(folder, asOnnx(model, onnx, flags, calibration)))
  )
}

/** What of the flags needs an ONNX file with its preprocessing. */
const check = (flags: ExportFlags): E.Either<GraftError, void> => {
  const { preprocessing = 'outside', reference, onnx, data, calibrate, abstain } = flags
  if (preprocessing !== 'outside' && preprocessing !== 'in-graph')
    return E.left(
      settingError(
        '--preprocessing',
        'in-graph or outside',
        JSON.stringify(preprocessing),
        'write --preprocessing in-graph'
      )
    )
  if (preprocessing === 'in-graph' && onnx === undefined)
    return E.left(settingError('--preprocessing', 'with --onnx', 'a folder alone', 'it applies to ONNX: add --onnx'))
  if (reference !== undefined && preprocessing !== 'in-graph')
    return E.left(
      settingError('--reference', 'with --onnx --preprocessing in-graph', 'without', 'add --preprocessing in-graph')
    )
  if (onnx !== undefined && typeof abstain === 'string' && abstain.startsWith('knn'))
    return E.left(
      settingError(
        '--abstain',
        'probability or energy, which can be computed from the outputs of an ONNX model',
        abstain,
        'write --abstain energy, or leave out --onnx'
      )
    )
  return data !== undefined && calibrate !== true && abstain === undefined
    ? E.left(settingError('--data', 'with --calibrate or --abstain', 'neither', 'add --calibrate, or leave it out'))
    : E.right(undefined)
}

/** The images of `--reference` with the exported model's scores, beside it. */
const referenceFor = (
  model: string,
  flags: ExportFlags,
  calibration: Calibration | null
): RTE.ReaderTaskEither<GraftEnv, GraftError, ReadonlyArray<string>> => {
  const { reference, onnx, out = '', activation } = flags
  return reference === undefined
    ? RTE.right([])
    : pipe(
        RTE.fromTaskEither(namedPictures([reference])),
        RTE.bindW('p', () => predictorWith(model, flags, calibration)),
        RTE.chainW(({ pictures, p }) =>
          exportReference(
            typeof onnx === 'string' ? onnx : join(out, 'model.onnx'),
            pictures.map(({ name }) => name),
            given({ activation })
          )(p)
        )
      )
}

/** `graft export MODEL --out DIR --onnx [FILE]`: the exit code. */
export const exportCommand =
  (model: string, flags: ExportFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> => {
    const { onEvent, progress, note } = watcher({ json: flags.json === true, quiet: false }, terminal)
    // an engine is started only for what computes
    const calibration =
      flags.calibrate === true || flags.abstain !== undefined
        ? withNodeEnv({ onEvent, progress })(calibrating(model, flags, note))
        : TE.right(null)
    return pipe(
      TE.fromEither(check(flags)),
      TE.chain(() => calibration),
      TE.bindTo('fitted'),
      TE.bind('files', ({ fitted }) => writing(model, flags, fitted)(nodeIo())),
      TE.bind('reference', ({ fitted }) =>
        flags.reference === undefined
          ? TE.right([])
          : withNodeEnv({ onEvent, progress })(referenceFor(model, flags, fitted))
      ),
      TE.map(({ files, reference }) => {
        const all = [...files, ...reference]
        if (flags.json === true) terminal.result(JSON.stringify({ files: all }))
        else all.forEach(terminal.result)
        return exitCodes.done
      })
    )
  }
