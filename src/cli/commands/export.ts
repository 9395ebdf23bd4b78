/** `graft export`: writes a trained model to a folder of its own, or as ONNX. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import { nodeIo } from '../../io/index.js'
import { exportLearner, exportOnnx, type LearnerEnv, loadLearner, settingError } from '../../learn/index.js'
import { exitCodes } from '../output/exit.js'
import { namedPredictor } from '../named/saved.js'
import type { Terminal } from '../output/Terminal.js'

export interface ExportFlags {
  readonly out?: string
  /** True: `model.onnx` in the folder. */
  readonly onnx?: string | true
  /** MODEL contains only weights, of this architecture. */
  readonly arch?: string
  readonly activation?: boolean
  readonly weightsBeside?: boolean
  readonly json?: boolean
}

/** Requires the extension, so that a typing error cannot replace the trained model. */
const named = (file: string): E.Either<GraftError, string> =>
  /\.onnx$/i.test(file)
    ? E.right(file)
    : E.left(settingError('--onnx', 'a name that ends in .onnx', file, 'write e.g. --onnx model.onnx'))

type Write = RTE.ReaderTaskEither<LearnerEnv, GraftError, ReadonlyArray<string>>

const asOnnx = (model: string, file: string, flags: ExportFlags): Write =>
  pipe(
    RTE.fromEither(named(file)),
    RTE.chainW(() => namedPredictor(model, flags.arch)),
    RTE.chainW(exportOnnx(file, flags))
  )

const asFolder = (model: string, out: string, flags: ExportFlags): Write =>
  pipe(loadLearner(model), RTE.chainW(exportLearner(out, { onnx: flags.onnx === true ? flags : false })))

const both = (first: Write, second: Write): Write =>
  pipe(
    first,
    RTE.chain((files) => RTE.map((others: ReadonlyArray<string>) => [...files, ...others])(second))
  )

const writing = (model: string, flags: ExportFlags): Write => {
  const { out, onnx } = flags
  if (out === undefined)
    return typeof onnx === 'string'
      ? asOnnx(model, onnx, flags)
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
  const folder = asFolder(model, out, flags)
  if (typeof onnx !== 'string') return folder
  // nothing is written before everything has been checked
  return pipe(
    RTE.fromEither(named(onnx)),
    RTE.chainW(() => both(folder, asOnnx(model, onnx, flags)))
  )
}

/** `graft export MODEL --out DIR --onnx [FILE]`: the exit code. */
export const exportCommand =
  (model: string, flags: ExportFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> =>
    pipe(
      writing(model, flags)(nodeIo()),
      TE.map((files) => {
        if (flags.json === true) terminal.result(JSON.stringify({ files }))
        else files.forEach(terminal.result)
        return exitCodes.done
      })
    )
