/** Computations that are traced through tfjs once per structure, and replayed if the engine supports it. */
import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Engine, Replay } from '../Engine.js'
import type { EngineError } from '../EngineError.js'

/** A computation whose result is a record of tensors. */
export interface Computation<A> {
  readonly tensorsOf: (a: A) => ReadonlyArray<tf.Tensor>
  /** Replaces the tensors of a result by others, in the order of `tensorsOf`. */
  readonly inThePlaceOf: (like: A, tensors: ReadonlyArray<tf.Tensor>) => A
  /** Arrays that some of the tensors are written to, in the order of `tensorsOf`. */
  readonly into?: (like: A) => ReadonlyArray<Float32Array | undefined>
  /** False for a user's own functions, which may do something different each time. */
  readonly repeats: boolean
}

interface Kept<A> {
  readonly replay: Replay
  readonly like: A
}

/** `inputs` are the tensors that differ between runs of a structure; they are asked for just before each. */
export const captured = <A>(engine: Engine, { tensorsOf, inThePlaceOf, into, repeats }: Computation<A>) => {
  const kept = new Map<string, Kept<A> | undefined>()
  return (
    structure: string,
    inputs: () => ReadonlyArray<tf.Tensor>,
    trace: () => E.Either<EngineError, A>
  ): E.Either<EngineError, A> => {
    const again = ({ replay, like }: Kept<A>): A => inThePlaceOf(like, replay(inputs(), into?.(like)))
    const known = kept.get(structure)
    if (known !== undefined) return E.right(again(known))
    const capture = engine.capture()
    return pipe(
      trace(),
      E.map((made) => {
        const replay =
          kept.has(structure) || !repeats ? undefined : capture({ inputs: inputs(), outputs: tensorsOf(made) })
        const now = replay && { replay, like: made }
        kept.set(structure, now)
        if (now === undefined) return made
        tf.dispose([...tensorsOf(made)])
        return again(now)
      })
    )
  }
}
