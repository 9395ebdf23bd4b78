/**
 * Where a trained model is: a file, or the directory of a run; or weights of an architecture that is named beside them.
 */
import { existsSync, statSync } from 'node:fs'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { archPredictor, loadPredictor, runFiles } from '../learn/index.js'
import { withWeights } from '../model/index.js'
import { namedArch } from './named.js'

export const savedModel = (name: string): string =>
  existsSync(name) && statSync(name).isDirectory() ? runFiles(name).model : name

/** A trained model, or the whole of an architecture with weights of its own. */
export const namedPredictor = (model: string, arch: string | undefined) =>
  arch === undefined
    ? loadPredictor(savedModel(model))
    : pipe(
        RTE.fromTaskEither(namedArch(arch)),
        RTE.chainW((named) => archPredictor(withWeights(model)(named)))
      )
