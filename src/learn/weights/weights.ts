/** Loads the weights that a model chose: from a file, or published ones. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Stats } from '../../data/index.js'
import { readStateDicts } from '../../format/index.js'
import type { GraftError } from '../../GraftError.js'
import type { HasFiles, HasWeights } from '../../io/index.js'
import type { Arch, Model, Weights, WeightsRecord } from '../../model/index.js'
import type { Plan } from '../../plan/index.js'
import { fitWeights, type LoadedWeights, noWeights } from './fitWeights.js'
import { mistakesIn } from '../inFile.js'
import { weightsError } from '../LearnError.js'
import { namedWeights, type NamedWeights } from './namedWeights.js'

/**
 * The capabilities for making a learner: files and published weights.
 *
 * @category learners
 * @since 0.1.0
 */
export type LearnerEnv = HasFiles & HasWeights

/** An architecture's published weights with a tag, or the first. */
const recordOf = (arch: Arch, tag: string | null): E.Either<GraftError, WeightsRecord> => {
  const found = tag === null ? arch.published[0] : arch.published.find((record) => record.tag === tag)
  const tags = arch.published.map((record) => record.tag)
  return found !== undefined
    ? E.right(found)
    : E.left(
        weightsError(
          tag === null ? arch.name : `${arch.name}.${tag}`,
          tags.length === 0 ? 'an architecture with published weights' : `one of ${tags.join(', ')}`,
          tags.length === 0 ? 'none' : JSON.stringify(tag),
          'start from random weights (--no-pretrained; pretrained: false), or name a file of your own ' +
            '(--weights FILE; withWeights(file))'
        )
      )
}

/** The normalisation that a model's weights were trained with; null: no weights, or unknown ones. */
export const statsOfWeights = ({ body: { arch, weights } }: Model): Stats | null => {
  switch (weights._tag) {
    case 'FromScratch':
      return null
    case 'FromFile':
      return arch.input
    case 'Pretrained':
      return pipe(
        recordOf(arch, weights.tag),
        E.getOrElseW(() => null)
      )
  }
}

/** The file of a choice of weights; null: none. */
const fileOf =
  (arch: Arch, choice: Weights) =>
  ({ files, weights }: LearnerEnv): TE.TaskEither<GraftError, NamedWeights | null> => {
    switch (choice._tag) {
      case 'FromScratch':
        return TE.right(null)
      case 'Pretrained':
        return pipe(
          TE.fromEither(recordOf(arch, choice.tag)),
          TE.chainW((record) => weights.read({ ...record, name: `${arch.name}.${record.tag}` })),
          TE.map((found) => ({ ...found, key: null }))
        )
      case 'FromFile':
        return namedWeights(files, choice.file)
    }
  }

/** The weights that a plan chose; empty when it starts from scratch. */
export const loadWeights = (plan: Plan, arch: Arch): RTE.ReaderTaskEither<LearnerEnv, GraftError, LoadedWeights> =>
  pipe(
    fileOf(arch, plan.weights),
    RTE.chainEitherKW((found) =>
      found === null
        ? E.right<GraftError, LoadedWeights>(noWeights)
        : pipe(
            readStateDicts(found.bytes),
            E.chainW((dicts) => fitWeights(plan, arch, { file: found.file, key: found.key, dicts })),
            E.mapLeft((errors) => mistakesIn(found.file, errors))
          )
    )
  )
