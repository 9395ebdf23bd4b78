/** User-defined optimisers: their functions receive copies in torch's shapes, and their results are checked. */
import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { CustomOptimiser } from '../../recipe/index.js'
import { type EngineError, engineFailure } from '../EngineError.js'
import type { ParameterHyper } from '../optimisers/index.js'
import { messageOf } from './attempt.js'
import { toEngine, torchShape } from './layout.js'

import { download } from './tensors.js'

type Arrays = ReadonlyArray<Float32Array>

const failure = (o: CustomOptimiser, part: string, expected: string, found: string, hint: string): EngineError =>
  engineFailure(`optimiser ${o.f.label}: ${part}`, expected, found, hint)

const asked = (o: CustomOptimiser, part: string, f: () => Arrays): E.Either<EngineError, Arrays> =>
  E.tryCatch(f, (cause) => failure(o, part, 'a function that does not throw', messageOf(cause), 'fix the function'))

/** Copies of the expected number of arrays, each of the parameter's size. */
const sized =
  (o: CustomOptimiser, part: string, count: number, size: number) =>
  (arrays: Arrays): E.Either<EngineError, Arrays> =>
    arrays.length === count && arrays.every((array) => array.length === size)
      ? E.right(arrays.map((array) => Float32Array.from(array)))
      : E.left(
          failure(
            o,
            part,
            count === 0 ? 'no state' : `${count} of ${size} values`,
            arrays.length === 0
              ? 'none'
              : `${arrays.length} of ${arrays.map((array) => array.length).join(', ')} values`,
            "return arrays of the parameter's size, and the same number of state arrays for every parameter"
          )
        )

/**
 * The number of state arrays per parameter: the length of `init`'s result for size 1. 0 if it throws, which
 * `customInit` reports.
 */
export const customArrays = (o: CustomOptimiser): number =>
  E.getOrElse(() => 0)(E.tryCatch(() => o.f.run.init(1).length, messageOf))

export const customInit = (o: CustomOptimiser, size: number): E.Either<EngineError, Arrays> =>
  pipe(
    asked(o, 'init', () => o.f.run.init(size)),
    E.chain(sized(o, 'init', customArrays(o), size))
  )

/** The parameter after a step, then its state. */
export const customStep = (
  o: CustomOptimiser,
  p: tf.Tensor,
  g: tf.Tensor,
  state: ReadonlyArray<tf.Tensor>,
  h: ParameterHyper
): E.Either<EngineError, ReadonlyArray<tf.Tensor>> => {
  const shape = torchShape(p.shape)
  const input = {
    shape,
    parameter: download(p, shape).map((v) => v * h.decay),
    gradient: download(g, shape),
    state: state.map((array) => download(array, shape)),
    t: h.t,
    lr: h.lr,
    mom: h.mom,
    wd: h.wd
  }
  return pipe(
    asked(o, 'update', () => {
      const result = o.f.run.update(input)
      return [result.parameter, ...result.state]
    }),
    E.chain(sized(o, 'update', 1 + state.length, p.size)),
    E.map((arrays) => arrays.map((values) => tf.tensor(toEngine(values, shape), p.shape, 'float32')))
  )
}
