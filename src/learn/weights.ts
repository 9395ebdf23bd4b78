/**
 * Carrying out a model's choice of weights: from a file's keys to a plan's paths, every misfit listed.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import type * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import type { StateDict } from '../engine/index.js'
import { readSafetensors, type Safetensors, toFloat32 } from '../format/index.js'
import { type GraftError, type Mistake } from '../GraftError.js'
import type { HasFiles } from '../io/index.js'
import { type Arch, buffersOf, isUnder, join, leaves, parametersOf, type Shape, showShape } from '../model/index.js'
import type { Plan } from '../plan/index.js'
import { mistakesIn } from './inFile.js'
import { weightsError } from './LearnError.js'

/** An array of a state dict with its shape. */
export interface StateTensor {
  readonly shape: Shape
  readonly data: Float32Array
}

/** A file's tensors as 32-bit floats. */
export const stateTensors = ({ tensors }: Safetensors): ReadonlyMap<string, StateTensor> =>
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

const sameShape = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i])

/**
 * The body of a plan (or all of a bare architecture's) from a state dict with the architecture's keys. The keys of what
 * a cut dropped may be there or not.
 */
export const fitWeights = (
  plan: Plan,
  arch: Arch,
  tensors: ReadonlyMap<string, StateTensor>
): E.Either<RNEA.ReadonlyNonEmptyArray<Mistake>, StateDict> => {
  const inBody = plan.layers.some(({ path }) => isUnder('body')(path))
  const keyOf = (path: string): string => (inBody ? path.slice('body.'.length) : path)
  // what the user put in starts from the seed
  const wanted = [...plan.parameters, ...plan.buffers].filter(
    ({ path, fresh }) => !fresh && (!inBody || isUnder('body')(path))
  )
  const keys = new Set([...archKeys(arch), ...wanted.map(({ path }) => keyOf(path))])
  const errors: Array<Mistake> = []
  const state = new Map<string, Float32Array>()
  for (const { path, shape } of wanted) {
    const found = tensors.get(keyOf(path))
    if (found === undefined)
      errors.push(weightsError(keyOf(path), showShape(shape), 'no such key', `give weights of ${arch.name}`))
    else if (!sameShape(found.shape, shape))
      errors.push(weightsError(keyOf(path), showShape(shape), showShape(found.shape), `give weights of ${arch.name}`))
    else state.set(path, found.data)
  }
  for (const key of tensors.keys())
    if (!keys.has(key) && !isCounter(key))
      errors.push(weightsError(key, `a key of ${arch.name}`, 'an unexpected key', 'remove it, or use its architecture'))
  const all: ReadonlyArray<Mistake> = errors
  return RA.isNonEmpty(all) ? E.left(all) : E.right(state)
}

/** The numbers that a plan's weights choice gives: none of them when it starts from scratch. */
export const loadWeights = (plan: Plan, arch: Arch): RTE.ReaderTaskEither<HasFiles, GraftError, StateDict> => {
  const weights = plan.weights
  switch (weights._tag) {
    case 'FromScratch':
      return RTE.right(new Map())
    case 'Pretrained':
      return RTE.left(
        weightsError(
          `${arch.name}.${weights.tag ?? arch.published[0]?.tag ?? ''}`,
          'weights that this version can fetch',
          'published weights, which it cannot fetch yet',
          'download them as safetensors and use withWeights(file) (--weights FILE), or start fromScratch'
        )
      )
    case 'FromFile':
      return pipe(
        RTE.asks((env: HasFiles) => env.files),
        RTE.chainTaskEitherKW((files) => files.read(weights.file)),
        RTE.chainEitherKW((bytes) =>
          pipe(
            readSafetensors(bytes),
            E.chainW((content) => fitWeights(plan, arch, stateTensors(content))),
            E.mapLeft((errors) => mistakesIn(weights.file, errors))
          )
        )
      )
  }
}
