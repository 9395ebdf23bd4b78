/**
 * Carrying out a model's choice of weights: from a file's keys to a plan's paths, every misfit listed.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import type * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { StateDict } from '../engine/index.js'
import type { Stats } from '../data/index.js'
import { readTensors, type StoredTensor, toFloat32 } from '../format/index.js'
import { type GraftError, type Mistake } from '../GraftError.js'
import type { HasFiles, HasWeights, WeightsFile } from '../io/index.js'
import {
  type Arch,
  buffersOf,
  isUnder,
  join,
  leaves,
  type Model,
  parametersOf,
  showShape,
  type Weights,
  type WeightsRecord
} from '../model/index.js'
import type { Plan } from '../plan/index.js'
import { mistakesIn } from './inFile.js'
import { adapted, firstConvolution, type StateTensor, takesOtherChannels } from './adaptation.js'
import { archKeysOf } from './keys.js'
import { weightsError } from './LearnError.js'

/** A file's tensors as 32-bit floats. */
export const stateTensors = (tensors: ReadonlyMap<string, StoredTensor>): ReadonlyMap<string, StateTensor> =>
  new Map([...tensors].map(([key, tensor]) => [key, { shape: tensor.shape, data: toFloat32(tensor) }]))

/** Keys of an architecture's whole network, its classifier included. */
const archKeys = (arch: Arch): ReadonlySet<string> =>
  new Set(
    leaves(arch.network).flatMap(({ path, layer }) =>
      [...parametersOf(layer), ...buffersOf(layer)].map(({ name }) => join(path, name))
    )
  )

/** torch's count of batches, which nothing here needs. */
const isCounter = (key: string): boolean => key.endsWith('num_batches_tracked')

/**
 * The body of a plan (or all of a bare architecture's) from a state dict with the architecture's keys. The keys of what
 * a cut dropped may be there or not. Layers that were put in start from the seed, but for a first convolution whose
 * other number of input channels is all that is new.
 */
export const fitWeights = (
  plan: Plan,
  arch: Arch,
  tensors: ReadonlyMap<string, StateTensor>
): E.Either<RNEA.ReadonlyNonEmptyArray<Mistake>, StateDict> => {
  const inBody = plan.layers.some(({ path }) => isUnder('body')(path))
  const keyOf = (path: string): string => (inBody ? path.slice('body.'.length) : path)
  const within = [...plan.parameters, ...plan.buffers].filter(({ path }) => !inBody || isUnder('body')(path))
  const known = new Set([...archKeys(arch), ...within.filter(({ fresh }) => !fresh).map(({ path }) => keyOf(path))])
  const keys = archKeysOf(
    [...tensors.keys()].filter((key) => !isCounter(key)),
    known
  )
  const byKey = new Map(keys.map(([key, own]) => [own, tensors.get(key)!]))
  const first = firstConvolution(plan)
  const replaced = first !== null && takesOtherChannels(first, byKey.get(keyOf(first.weight)))
  const hint = `give weights of ${arch.name}`
  const errors: Array<Mistake> = []
  const state = new Map<string, Float32Array>()
  for (const { path, shape, fresh } of within) {
    // what the user put in starts from the seed
    if (fresh && !(replaced && isUnder(first.path)(path))) continue
    const found = byKey.get(keyOf(path))
    const fitting = found === undefined ? null : adapted(found, shape, path === first?.weight ? first : null)
    if (fitting !== null) state.set(path, fitting.data)
    else if (!fresh) {
      const what = found === undefined ? 'no such key' : showShape(found.shape)
      errors.push(weightsError(keyOf(path), showShape(shape), what, hint))
    }
  }
  for (const [key, own] of keys)
    if (!known.has(own))
      errors.push(weightsError(key, `a key of ${arch.name}`, 'an unexpected key', 'remove it, or use its architecture'))
  const all: ReadonlyArray<Mistake> = errors
  return RA.isNonEmpty(all) ? E.left(all) : E.right(state)
}

/**
 * What making a learner may ask for: files, and published weights.
 *
 * @since 0.1.0
 */
export type LearnerEnv = HasFiles & HasWeights

/** An architecture's published weights of a tag, or its first. */
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

/** What a model's weights were trained with; null: it has none, or no such ones. */
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

/** The file that a choice of weights leads to; null: none. */
const fileOf =
  (arch: Arch, choice: Weights) =>
  ({ files, weights }: LearnerEnv): TE.TaskEither<GraftError, WeightsFile | null> => {
    switch (choice._tag) {
      case 'FromScratch':
        return TE.right(null)
      case 'Pretrained':
        return pipe(
          TE.fromEither(recordOf(arch, choice.tag)),
          TE.chainW((record) => weights.read({ ...record, name: `${arch.name}.${record.tag}` }))
        )
      case 'FromFile':
        return pipe(
          files.read(choice.file),
          TE.map((bytes) => ({ file: choice.file, bytes }))
        )
    }
  }

/** The numbers that a plan's weights choice gives: none of them when it starts from scratch. */
export const loadWeights = (plan: Plan, arch: Arch): RTE.ReaderTaskEither<LearnerEnv, GraftError, StateDict> =>
  pipe(
    fileOf(arch, plan.weights),
    RTE.chainEitherKW((found) =>
      found === null
        ? E.right<GraftError, StateDict>(new Map())
        : pipe(
            readTensors(found.bytes),
            E.chainW((content) => fitWeights(plan, arch, stateTensors(content))),
            E.mapLeft((errors) => mistakesIn(found.file, errors))
          )
    )
  )
