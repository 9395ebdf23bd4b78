/**
 * Calibration of a trained network on its validation set.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { validOrder } from '../../data/index.js'
import { readyInference } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import {
  abstainBelow,
  type Abstention,
  activate,
  argMax,
  type Calibration,
  type CertaintyKind,
  type CoveragePoint,
  coverageCurve,
  temperatureScaling,
  type TemperatureScaling,
  unitRow
} from '../../interpret/index.js'
import { type Data, type HasFiles, type HasImages, openBatches } from '../../io/index.js'
import type { HasEngine } from '../Env.js'
import type { Learner } from '../learner/Learner.js'
import { sameTask } from '../learner/withData.js'
import { settingError } from '../LearnError.js'
import { breathe } from '../loop/evaluation.js'
import { finiteOutputs } from '../loop/finite.js'
import { certaintiesOf, cooled } from './certainty.js'
import { embedData, sameInput } from './embed.js'
import { targetsOf } from './getPreds.js'
import { type Predictor, predictorOf } from './Predictor.js'

type Env = HasEngine & HasFiles & HasImages

/**
 * When to answer "none of these".
 *
 * @category prediction
 * @since 0.1.0
 */
export interface AbstainOptions {
  /** What certainty is measured by. Default `probability`. */
  readonly by?: CertaintyKind
  /** The share of the validation images to answer, in (0, 1]. Default 0.95. */
  readonly coverage?: number
  /** For `knn`: which of the nearest training images counts. Default 10. */
  readonly k?: number
}

/**
 * What to fit.
 *
 * @category prediction
 * @since 0.1.0
 */
export interface CalibrateOptions {
  /** Whether to fit a temperature. Default true. */
  readonly temperature?: boolean
  /** When to abstain; default: never. */
  readonly abstain?: AbstainOptions
}

/** The features of so many training images are kept for `knn`. */
const mostNeighbours = 10_000

const check = (p: Predictor, { abstain, temperature = true }: CalibrateOptions): E.Either<GraftError, void> => {
  const wrong = (at: string, expected: string, found: string, hint: string): E.Either<GraftError, void> =>
    E.left(settingError(at, expected, found, hint))
  const { _tag } = p.task
  const coverage = abstain?.coverage ?? 0.95
  const k = abstain?.k ?? 10
  if (_tag !== 'Classification' && _tag !== 'MultiLabel')
    return wrong('calibrate', 'a network that predicts classes or labels', _tag, 'other outputs are no probabilities')
  if (p.activation !== 'softmax' && p.activation !== 'sigmoid')
    return wrong(
      'calibrate',
      'a loss whose activation is softmax or sigmoid',
      p.activation,
      'train with crossEntropy or bce'
    )
  if (!temperature && abstain === undefined)
    return wrong('calibrate', 'a temperature, or when to abstain', 'neither', 'leave out temperature: false')
  if (abstain !== undefined && _tag !== 'Classification')
    return wrong('abstain', 'a network that predicts one class', _tag, 'with several labels, an image may have none')
  if (!(coverage > 0 && coverage <= 1))
    return wrong('abstain.coverage', 'a share above 0 and at most 1', String(coverage), 'leave it out for 0.95')
  return Number.isInteger(k) && k >= 1
    ? E.right(undefined)
    : wrong('abstain.k', 'a whole number from 1 on', String(k), 'leave it out for 10')
}

/** Everything about the validation images that is fitted to. */
interface Seen {
  readonly outputs: Array<ReadonlyArray<number>>
  readonly targets: Array<number | ReadonlyArray<number>>
}

const rowsOf = (values: Float32Array, n: number): ReadonlyArray<ReadonlyArray<number>> => {
  const width = values.length / n
  return Array.from({ length: n }, (_, i) => [...values.subarray(i * width, (i + 1) * width)])
}

/** Raw outputs of the validation set; `onBatch` is passed each batch with them. */
const outputsOf = async (
  p: Predictor,
  data: Data,
  env: Env,
  onBatch: (x: Float32Array, images: ReadonlyArray<string>, outputs: Float32Array) => E.Either<GraftError, void>
): Promise<E.Either<GraftError, Seen>> => {
  const { valid } = data
  const seen: Seen = { outputs: [], targets: [] }
  const reader = openBatches({ dataset: valid, batches: validOrder(data.spec, valid.length), stats: p.stats })(env)()
  try {
    for (;;) {
      const next = await reader.next()
      if (E.isLeft(next)) return next
      if (O.isNone(next.right)) return E.right(seen)
      const batch = next.right.value
      const outputs = pipe(
        readyInference(env.engine)(p.plan, p.state),
        E.chainW((network) => network.predict(batch.x, batch.n)),
        E.chainW(finiteOutputs(batch.files))
      )
      if (E.isLeft(outputs)) return outputs
      const told = onBatch(batch.x, batch.files, outputs.right)
      if (E.isLeft(told)) return told
      seen.outputs.push(...rowsOf(outputs.right, batch.n))
      seen.targets.push(...targetsOf(valid, batch))
      reader.recycle(batch)()
      await breathe()
    }
  } finally {
    await reader.close()
  }
}

/** Evenly spaced items, at most `most`. */
const thinned = <A>(items: ReadonlyArray<A>, most: number): ReadonlyArray<A> =>
  items.length <= most ? items : Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)]!)

const neighboursFor = (
  p: Predictor,
  data: Data,
  { by, k = 10 }: AbstainOptions
): RTE.ReaderTaskEither<Env, GraftError, Abstention['neighbours']> =>
  by === 'knn'
    ? pipe(
        embedData(data, 'train')(p),
        RTE.map(({ features }) => ({ k, features: thinned(features, mostNeighbours).map(unitRow) }))
      )
    : RTE.right(undefined)

/**
 * What was fitted, with coverage against accuracy on the validation set if the network abstains.
 *
 * @category prediction
 * @since 0.1.0
 */
export interface Calibrated {
  readonly calibration: Calibration
  /** From `coverageCurve`; empty if the network does not abstain. */
  readonly curve: ReadonlyArray<CoveragePoint>
}

const fitted = (
  p: Predictor,
  data: Data,
  { temperature = true, abstain }: CalibrateOptions,
  neighbours: Abstention['neighbours']
): RTE.ReaderTaskEither<Env, GraftError, Calibrated> =>
  RTE.asksReaderTaskEither((env: Env) => {
    const by = abstain?.by ?? 'probability'
    const of = { by, ...(neighbours === undefined ? {} : { neighbours }) }
    const certainties: Array<number> = []
    // features are computed from the batch, so they cannot wait; the others depend on the temperature
    const early = (x: Float32Array, images: ReadonlyArray<string>): E.Either<GraftError, void> =>
      by === 'knn' && abstain !== undefined
        ? pipe(
            certaintiesOf(p, of, env)({ x, images, outputs: [], probabilities: [] }),
            E.map((some) => {
              certainties.push(...some)
            })
          )
        : E.right(undefined)
    return pipe(
      RTE.fromTaskEither(() => outputsOf(p, data, env, early)),
      RTE.chainEitherK((seen) => {
        const scaling: TemperatureScaling | null = temperature ? temperatureScaling(seen) : null
        if (abstain === undefined) return E.right({ calibration: { scaling, abstention: null }, curve: [] })
        const probabilities = seen.outputs.map((row) => [
          ...activate(p.activation, row.length)(cooled(scaling?.temperature)(Float32Array.from(row)))
        ])
        return pipe(
          by === 'knn'
            ? E.right(certainties)
            : certaintiesOf(p, of, env)({ x: new Float32Array(0), images: [], outputs: seen.outputs, probabilities }),
          E.map((all): Calibrated => {
            const coverage = abstain.coverage ?? 0.95
            const right = seen.outputs.map((row, i) => argMax(row, 0, row.length) === seen.targets[i])
            const abstention: Abstention = { ...of, threshold: abstainBelow(all, coverage), coverage }
            return { calibration: { scaling, abstention }, curve: coverageCurve(all, right) }
          })
        )
      })
    )
  })

/**
 * Fits a calibration of a predictor to the validation set of opened data: images that it was not trained on, opened with
 * the network's own preprocessing (`preparedFor`). `temperature` (default true) divides the raw outputs, so that
 * probabilities are as often right as they say (`temperatureScaling`); `abstain` fits the certainty below which the
 * answer is "none of these", so that the share `coverage` (0.95) of these images is answered. Errors: a `SettingError`
 * for a task without classes, for several labels with `abstain`, and for options out of range.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { calibratePredictor, cnnLearner, openData, predictorOf, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8, valid: 4 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainW((l) => calibratePredictor(l.data, { abstain: { coverage: 0.5 } })(predictorOf(l)))
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(result))
 * assert.strictEqual(result.right.calibration.abstention?.coverage, 0.5)
 * assert.strictEqual(result.right.curve.at(-1)?.coverage, 1)
 *
 * @category prediction
 * @since 0.1.0
 */
export const calibratePredictor =
  (data: Data, options: CalibrateOptions = {}) =>
  (p: Predictor): RTE.ReaderTaskEither<Env, GraftError, Calibrated> =>
    pipe(
      RTE.fromEither(check(p, options)),
      RTE.chainW(() => RTE.fromEither(sameTask(p.task, data))),
      RTE.chainW(() => RTE.fromEither(sameInput(p, data))),
      RTE.chainW(() => neighboursFor(p, data, options.abstain ?? {})),
      RTE.chainW((neighbours) => fitted(p, data, options, neighbours))
    )

/**
 * A learner with a calibration fitted to its validation set (`calibratePredictor`): `predictorOf` of it, `getPreds`,
 * `exportLearner` and saved files have it. Training, losses and metrics do not use it; a learner that is trained further
 * has none until it is calibrated again.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { calibrate, cnnLearner, openData, predictorOf, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8, valid: 4 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainW(calibrate()),
 *   RTE.map((l) => predictorOf(l).calibration?.scaling)
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(result) && result.right)
 * assert.ok(result.right.after.nll <= result.right.before.nll)
 *
 * @category prediction
 * @since 0.1.0
 */
export const calibrate =
  (options: CalibrateOptions = {}) =>
  (l: Learner): RTE.ReaderTaskEither<Env, GraftError, Learner> =>
    pipe(
      predictorOf(l),
      calibratePredictor(l.data, options),
      RTE.map(({ calibration }): Learner => ({ ...l, calibrated: { calibration, state: l.state } }))
    )
