/**
 * `graft export`: a trained model in a form that others read.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../GraftError.js'
import { nodeIo } from '../io/index.js'
import { exportOnnx, settingError } from '../learn/index.js'
import { exitCodes } from './exit.js'
import { namedPredictor } from './saved.js'
import type { Terminal } from './Terminal.js'

export interface ExportFlags {
  readonly onnx: string
  readonly arch?: string
  readonly activation?: boolean
  readonly weightsBeside?: boolean
  readonly json?: boolean
}

/** The ending keeps a slip of the hand from replacing the trained model. */
const named = (file: string): E.Either<GraftError, string> =>
  /\.onnx$/i.test(file)
    ? E.right(file)
    : E.left(settingError('--onnx', 'a name that ends in .onnx', file, 'write e.g. --onnx model.onnx'))

/** `graft export MODEL --onnx FILE`: the exit code. */
export const exportCommand =
  (model: string, flags: ExportFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> =>
    pipe(
      TE.fromEither(named(flags.onnx)),
      TE.chain((file) => pipe(namedPredictor(model, flags.arch), RTE.chainW(exportOnnx(file, flags)))(nodeIo())),
      TE.map((files) => {
        if (flags.json === true) terminal.result(JSON.stringify({ files }))
        else files.forEach(terminal.result)
        return exitCodes.done
      })
    )
