/**
 * ONNX export of a trained network, with its weights in the file or in a second one.
 *
 * @since 0.1.0
 */
import { createHash } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type OnnxOptions, toOnnx } from '../../emit/index.js'
import { fitsInside, type OnnxModel, onnxWeights, writeOnnx, writeOnnxBeside } from '../../format/index.js'
import { type GraftError, mistakes } from '../../GraftError.js'
import type { Files, HasFiles, IoError } from '../../io/index.js'
import { settingError } from '../LearnError.js'
import { finiteWeights } from '../loop/finite.js'
import { temperatureOf } from '../predicting/certainty.js'
import { resizeFor } from '../predicting/networkInput.js'
import type { Predictor } from '../predicting/Predictor.js'

/**
 * Options of `exportOnnx`.
 *
 * @category saving
 * @since 0.1.0
 */
export interface ExportOptions {
  /** Append the loss's activation, to output probabilities instead of raw outputs. Default: false. */
  readonly activation?: boolean
  /** Write the weights to a second file. Default: only if they do not fit into the first, from 2 GiB on. */
  readonly weightsBeside?: boolean
  /**
   * `inGraph`: the model's input is the 8-bit pixels of upright RGB images of any size, `images` of `[batch, height,
   * width, 3]`, which the model itself scales, crops or pads and normalises as graft does. Default `outside`.
   */
  readonly preprocessing?: 'outside' | 'inGraph'
}

/** Writes atomically, without joining the parts in memory. */
const writeParts = (files: Files, at: string, parts: ReadonlyArray<Uint8Array>): TE.TaskEither<IoError, void> =>
  pipe(
    files.makeDirBeside(at),
    TE.chain((folder) => {
      const whole = join(folder, basename(at))
      return pipe(
        files.append(whole, 0, Readable.from(parts)),
        TE.chain(() => files.rename(whole, at)),
        TE.fold(
          (error) =>
            pipe(
              files.remove(folder),
              TE.chain(() => TE.left(error))
            ),
          () => files.remove(folder)
        )
      )
    })
  )

/**
 * The weights' file name contains a hash of their content, so a model never reads another model's weights. Those of an
 * earlier export stay until the new model is in place.
 */
const weightsFile = (file: string, parts: ReadonlyArray<Uint8Array>): string => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return `${file}.${hash.digest('hex').slice(0, 16)}.data`
}

/** Removes the weights of earlier exports. */
const sweep = (files: Files, file: string, keep: string | null): TE.TaskEither<IoError, void> => {
  const [folder, start] = [dirname(file), `${basename(file)}.`]
  const isWeights = (name: string): boolean =>
    name.startsWith(start) && /^[0-9a-f]{16}\.data$/.test(name.slice(start.length))
  return pipe(
    files.list(folder),
    TE.map((names) => names.filter((name) => isWeights(name) && (keep === null || name !== basename(keep)))),
    TE.chain(TE.traverseArray((name) => files.remove(join(folder, name)))),
    TE.map((): void => undefined)
  )
}

/** Removes an earlier export of this name with its weights. */
export const removeOnnx = (files: Files, file: string): TE.TaskEither<IoError, void> =>
  pipe(
    files.remove(file),
    TE.chain(() => sweep(files, file, null))
  )

const writeInside = (files: Files, file: string, model: OnnxModel): TE.TaskEither<IoError, ReadonlyArray<string>> =>
  pipe(
    files.write(file, writeOnnx(model)),
    TE.chain(() => sweep(files, file, null)),
    TE.map(() => [file])
  )

const writeBeside = (files: Files, file: string, model: OnnxModel): TE.TaskEither<IoError, ReadonlyArray<string>> => {
  const parts = onnxWeights(model)
  const weights = weightsFile(file, parts)
  return pipe(
    writeParts(files, weights, parts),
    TE.chain(() => files.write(file, writeOnnxBeside(basename(weights))(model))),
    TE.chain(() => sweep(files, file, weights)),
    TE.map(() => [file, weights])
  )
}

/** The temperature and the threshold; features are not part of an ONNX model. */
const calibrationOptions = (p: Predictor): Pick<OnnxOptions, 'temperature' | 'abstain'> => {
  const abstention = p.calibration?.abstention ?? null
  return {
    ...temperatureOf(p),
    ...(abstention === null || abstention.by === 'knn'
      ? {}
      : { abstain: { by: abstention.by, threshold: abstention.threshold } })
  }
}

/** Abstaining by neighbours needs the features of the network and those of training images. */
const expressible = ({ calibration }: Predictor): E.Either<GraftError, void> =>
  calibration?.abstention?.by === 'knn'
    ? E.left(
        settingError(
          'abstain.by',
          'probability or energy, which can be computed from the outputs of an ONNX model',
          'knn',
          "calibrate with by: 'energy' (--abstain energy), or export a folder"
        )
      )
    : E.right(undefined)

/**
 * Writes a network as an ONNX file (see `toOnnx`), with classes and preprocessing in its metadata. Returns the files
 * written, the model first. Each is written atomically, and an earlier export stays until the new one is complete.
 * Separate weights are in `<file>.<hash of their content>.data`.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, exportOnnx, openData, predictorOf, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.map(predictorOf),
 *   RTE.chainW(exportOnnx('digits.onnx', { activation: true }))
 * )
 * assert.deepStrictEqual(await withNodeEnv({ engine: 'cpu' })(program)(), E.right(['digits.onnx']))
 *
 * @category saving
 * @since 0.1.0
 */
export const exportOnnx =
  (file: string, options: ExportOptions = {}) =>
  (p: Predictor): ReaderTaskEither<HasFiles, GraftError, ReadonlyArray<string>> =>
  ({ files }) =>
    pipe(
      TE.fromEither(expressible(p)),
      TE.chainEitherK(() => finiteWeights('the network to export')(p.state)),
      TE.chainEitherK(() =>
        pipe(
          toOnnx(p.plan, p.state, {
            activation: options.activation === true ? p.activation : 'identity',
            ...(options.preprocessing === undefined ? {} : { preprocessing: options.preprocessing }),
            ...calibrationOptions(p),
            stats: p.stats,
            resize: resizeFor(p),
            decoding: p.decoding
          }),
          E.mapLeft((errors): GraftError => mistakes(file, errors))
        )
      ),
      TE.chainW((model) =>
        options.weightsBeside === true || !fitsInside(model)
          ? writeBeside(files, file, model)
          : writeInside(files, file, model)
      )
    )
