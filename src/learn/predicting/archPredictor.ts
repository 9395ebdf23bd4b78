/**
 * Prediction with an unchanged architecture and its own classifier.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { classification, defaultDecoding } from '../../data/index.js'
import { initialState } from '../../engine/index.js'
import { type GraftError, mistakes } from '../../GraftError.js'
import { type Arch, showShape, sizeOf } from '../../model/index.js'
import { plan, type Plan, type PlanFor } from '../../plan/index.js'
import { settingError } from '../LearnError.js'
import type { Predictor } from './Predictor.js'
import { loadWeights } from '../weights/weights.js'

const planned = (arch: Arch, to: PlanFor): E.Either<GraftError, Plan> =>
  pipe(
    plan(to)(arch),
    E.mapLeft((errors) => mistakes(arch.name, errors))
  )

/**
 * An architecture's whole network with its weights (`withWeights(file)`), for prediction or export. All keys must fit:
 * missing, unexpected and misshapen ones are listed in a `WeightsError`. Images are preprocessed with the
 * architecture's size and statistics: the shorter side is scaled, then the centre is cropped. `classes` are the names
 * of the outputs (default: their indices); a wrong number is a `TaskError`. A network whose output is a feature map (a
 * body without a classifier) is a `SettingError`.
 *
 * @example
 * import { arch, imagenetInput, nn } from 'graft-vision'
 * import { archPredictor, predict, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const net = arch({
 *   name: 'mine',
 *   network: nn.sequential(nn.named('conv', nn.conv2d(3, 2, 3)), nn.named('pool', nn.adaptiveAvgPool2d(1)), nn.flatten),
 *   input: { ...imagenetInput, size: 8 }
 * })
 * const blank = { height: 8, width: 8, channels: 3, data: new Uint8Array(8 * 8 * 3) }
 * const program = pipe(archPredictor(net, { classes: ['ant', 'bee'] }), RTE.chainW(predict(blank)))
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(result) && ['ant', 'bee'].includes(result.right.class))
 *
 * @category prediction
 * @since 0.1.0
 */
export const archPredictor = (arch: Arch, options: { readonly classes?: ReadonlyArray<string> } = {}) => {
  const { channels, size, mean, std } = arch.input
  const input = [channels, size, size]
  return pipe(
    planned(arch, { input }),
    E.filterOrElseW(
      ({ output }) => output.length === 1,
      ({ output }): GraftError =>
        settingError(
          arch.name,
          'an architecture with a classifier',
          `a body without a classifier, whose output is ${showShape(output)}`,
          'add the layers of its classifier (pooling, flatten, linear), or train one on it: graft train DATA --arch NAME'
        )
    ),
    E.chain(({ output }) => {
      const task = classification(options.classes ?? Array.from({ length: sizeOf(output) }, (_, i) => String(i)))
      return pipe(
        planned(arch, { input, task }),
        E.map((p) => ({ plan: p, task }))
      )
    }),
    RTE.fromEither,
    RTE.bindW('weights', ({ plan: p }) => loadWeights(p, arch)),
    RTE.map(({ plan: p, task, weights }): Predictor => ({
      plan: p,
      state: new Map([...initialState(p, 0), ...weights.state]),
      task,
      stats: { mean, std },
      resize: 'crop',
      decoding: defaultDecoding,
      activation: 'softmax'
    }))
  )
}
