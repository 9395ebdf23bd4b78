/** A trained model, or weights together with the name of their architecture. */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { archPredictor, loadPredictor } from '../../learn/index.js'
import { withWeights } from '../../model/index.js'
import { namedArch } from './named.js'

/** A trained model, or the whole of an architecture with its weights. */
export const namedPredictor = (model: string, arch: string | undefined) =>
  arch === undefined
    ? loadPredictor(model)
    : pipe(
        RTE.fromTaskEither(namedArch(arch)),
        RTE.chainW((named) => archPredictor(withWeights(model)(named)))
      )
