/**
 * Images and scores that accompany an ONNX model, to verify that it gives the same elsewhere.
 *
 * @since 0.1.0
 */
import { basename, dirname, join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import { type HasFiles, type HasImages, npyNumbers } from '../../io/index.js'
import type { HasEngine } from '../Env.js'
import { settingError } from '../LearnError.js'
import { predictAll } from '../predicting/predict.js'
import type { Predictor } from '../predicting/Predictor.js'
import { checkerInNode, checkerInPython } from './referenceCheckers.js'

type Env = HasEngine & HasFiles & HasImages

/**
 * Options of `exportReference`.
 *
 * @category saving
 * @since 0.1.0
 */
export interface ReferenceOptions {
  /** Whether the model has the activation of the loss, as in `exportOnnx`. Default false. */
  readonly activation?: boolean
}

/** A predictor whose probabilities are the outputs of the exported model. */
const outputsOf = (p: Predictor, { activation = false }: ReferenceOptions): Predictor => {
  const { calibration: _, ...plain } = p
  const decoding = { ...p.decoding, exact: true }
  return activation ? { ...p, decoding } : { ...plain, activation: 'identity', decoding }
}

/**
 * Writes `reference/` beside an ONNX model with preprocessing in its graph: the pixels of images (`.npy`, uint8
 * `[height, width, 3]`, upright RGB), graft's scores for them in `reference.json`, and `check.py` and `check.mjs`, which
 * run the model and compare. Images are decoded at full size, as the model receives them (`withExact`). Returns the files
 * written. Errors: a `SettingError` for a network that predicts no classes, labels or numbers, and those of reading the
 * images.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, exportOnnx, exportReference, openData, predictorOf, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8, valid: 2 })),
 *   RTE.bindTo('data'),
 *   RTE.bindW('l', ({ data }) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.let('p', ({ l }) => predictorOf(l)),
 *   RTE.chainFirstW(({ p }) => exportOnnx('own/digits.onnx', { preprocessing: 'inGraph', activation: true })(p)),
 *   RTE.chainW(({ data, p }) => {
 *     const images = data.valid.items.map(({ file }) => `${data.root}/${file}`)
 *     return exportReference('own/digits.onnx', images, { activation: true })(p)
 *   })
 * )
 * const files = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(files) && files.right.length === 5)
 *
 * @category saving
 * @since 0.1.0
 */
export const exportReference =
  (model: string, images: ReadonlyArray<string>, options: ReferenceOptions = {}) =>
  (p: Predictor): RTE.ReaderTaskEither<Env, GraftError, ReadonlyArray<string>> => {
    const { _tag } = p.task
    if (_tag !== 'Classification' && _tag !== 'MultiLabel' && _tag !== 'Regression')
      return RTE.left(
        settingError('reference', 'a network that predicts classes, labels or numbers', _tag, 'leave it out')
      )
    const folder = join(dirname(model), 'reference')
    const same = outputsOf(p, options)
    const pixelsOf = (image: string, i: number): RTE.ReaderTaskEither<Env, GraftError, string> =>
      RTE.asksReaderTaskEither(({ files, images: decoder }: Env) => {
        const at = join(folder, `${String(i).padStart(3, '0')}.npy`)
        const written: TE.TaskEither<GraftError, string> = pipe(
          files.read(image),
          TE.chainW((bytes) =>
            decoder.decode(image, bytes, { size: O.none, resize: p.resize, decoding: same.decoding })
          ),
          TE.chainW(({ height, width, data }) => files.write(at, npyNumbers([height, width, 3], data))),
          TE.map(() => at)
        )
        return RTE.fromTaskEither(written)
      })
    const write = (name: string, content: string): RTE.ReaderTaskEither<Env, GraftError, string> =>
      RTE.asksReaderTaskEither(({ files }: Env) =>
        RTE.fromTaskEither(
          pipe(
            files.write(join(folder, name), content),
            TE.bimap(
              (error): GraftError => error,
              () => join(folder, name)
            )
          )
        )
      )
    return pipe(
      predictAll(images)(same),
      RTE.bindTo('predictions'),
      RTE.bind('pixels', () => RTE.traverseSeqArrayWithIndex((i: number, image: string) => pixelsOf(image, i))(images)),
      RTE.bind('rest', ({ predictions, pixels }) => {
        const found = predictions.map(({ probabilities }, i) => ({
          image: basename(images[i]!),
          pixels: basename(pixels[i]!),
          scores: probabilities
        }))
        const reference = { model: basename(model), tolerance: 1e-3, images: found }
        return RTE.sequenceSeqArray([
          write('reference.json', `${JSON.stringify(reference)}\n`),
          write('check.py', checkerInPython),
          write('check.mjs', checkerInNode)
        ])
      }),
      RTE.map(({ pixels, rest }) => [...rest, ...pixels])
    )
  }
