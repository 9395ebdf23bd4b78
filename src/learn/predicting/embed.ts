/**
 * Features of images: what a network's body computes, averaged over positions.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { validOrder } from '../../data/index.js'
import { readyInference, type StateDict } from '../../engine/index.js'
import { type GraftError, mistakes } from '../../GraftError.js'
import { type Batch, type Data, type HasFiles, type HasImages, openBatches, parallel } from '../../io/index.js'
import { showShape } from '../../model/index.js'
import { embeddingPlan, type Plan } from '../../plan/index.js'
import type { HasEngine } from '../Env.js'
import { breathe } from '../loop/evaluation.js'
import { finiteOutputs } from '../loop/finite.js'
import { settingError } from '../LearnError.js'
import { inputOf, nameOf, type Picture, pixelsOf } from './networkInput.js'
import type { Embedder } from './Predictor.js'

type Env = HasEngine & HasFiles & HasImages

/**
 * Options of `embed`.
 *
 * @category prediction
 * @since 0.1.0
 */
export interface EmbedOptions {
  /** Batch size. Default 64. */
  readonly bs?: number
}

// one plan of the features for each network, so that it is compiled once
const known = new WeakMap<Plan, E.Either<GraftError, Plan>>()

/** The plan of a network's features. */
export const featurePlan = (plan: Plan): E.Either<GraftError, Plan> => {
  const found = known.get(plan)
  if (found !== undefined) return found
  const made = pipe(
    embeddingPlan(plan),
    E.mapLeft((error): GraftError => mistakes(plan.name, [error]))
  )
  known.set(plan, made)
  return made
}

/** The features of a normalised batch, one row for each image. */
export const featuresOf =
  (plan: Plan, state: StateDict, { engine }: HasEngine) =>
  (x: Float32Array, images: ReadonlyArray<string>): E.Either<GraftError, ReadonlyArray<Float32Array>> =>
    pipe(
      readyInference(engine)(plan, state),
      E.chainW((network) => network.predict(x, images.length)),
      E.chainW(finiteOutputs(images)),
      E.map((outputs) => {
        const width = outputs.length / images.length
        return images.map((_, i) => outputs.slice(i * width, (i + 1) * width))
      })
    )

/**
 * `embed` that continues after unreadable images: each image has its own features or error. A failure that concerns all
 * of them, such as a network that cannot be compiled, is an error of the whole.
 *
 * @example
 * import { arch, nn } from 'graft-vision'
 * import { archEmbedder, embedEach, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const conv = nn.named('conv', nn.conv2d(3, 8, 5, { stride: 4 }))
 * const net = arch({ name: 'tiny', network: nn.sequential(conv, nn.relu, nn.named('pool', nn.maxPool2d(2))) })
 * const blank = { height: 224, width: 224, channels: 3, data: new Uint8Array(224 * 224 * 3) }
 * const program = pipe(archEmbedder(net), RTE.chainW((embedder) => embedEach(embedder)([new Uint8Array(9), blank])))
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(result))
 * assert.deepStrictEqual(result.right.map(E.isRight), [false, true])
 *
 * @category prediction
 * @since 0.1.0
 */
export const embedEach =
  (p: Embedder, { bs = 64 }: EmbedOptions = {}) =>
  (
    pictures: ReadonlyArray<Picture>
  ): RTE.ReaderTaskEither<Env, GraftError, ReadonlyArray<E.Either<GraftError, Float32Array>>> =>
  (env) =>
  async () => {
    const features = featurePlan(p.plan)
    if (E.isLeft(features)) return features
    const decode = parallel(env.images.workers, (picture: Picture) => pixelsOf(p, picture)(env))
    const found: Array<E.Either<GraftError, Float32Array>> = []
    for (const group of RA.chunksOf(bs)(pictures)) {
      const decoded = await decode(group)()
      const pixels = RA.rights(decoded)
      const names = group.filter((_, i) => E.isRight(decoded[i]!)).map(nameOf)
      const rows: E.Either<GraftError, ReadonlyArray<Float32Array>> = pixels.length === 0
        ? E.right([])
        : featuresOf(features.right, p.state, env)(inputOf(p, pixels), names)
      if (E.isLeft(rows)) return rows
      const next = rows.right.values()
      found.push(...decoded.map(E.map(() => next.next().value as Float32Array)))
      await breathe()
    }
    return E.right(found)
  }

/**
 * The features of images, one array for each, `bs` (64) images at a time. Of a model with a head, these are the outputs
 * of its body, averaged over positions: a number for each channel, such as 512 for resnet18. Of a whole architecture or
 * a U-Net, they are the outputs of the layers before the last one with parameters, averaged in the same way
 * (`embeddingPlan`). Images are preprocessed as for `predict`. An unreadable image is an error; see `embedEach`.
 *
 * The network is compiled once for the same predictor or learner, by the engine's cache of four networks.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, embed, openData, predictorOf, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const blank = { height: 28, width: 28, channels: 3, data: new Uint8Array(28 * 28 * 3) }
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainW((l) => embed(predictorOf(l))([blank, blank]))
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(result))
 * assert.deepStrictEqual(result.right.map((features) => features.length), [512, 512])
 *
 * @category prediction
 * @since 0.1.0
 */
export const embed =
  (p: Embedder, options: EmbedOptions = {}) =>
  (pictures: ReadonlyArray<Picture>): RTE.ReaderTaskEither<Env, GraftError, ReadonlyArray<Float32Array>> =>
    pipe(pictures, embedEach(p, options), RTE.chainEitherK(E.sequenceArray))

/** Images of another size than the network's would be an error without a hint. */
export const sameInput = ({ plan }: Embedder, { shape }: Data): E.Either<GraftError, Plan> =>
  showShape(shape) === showShape(plan.input)
    ? E.right(plan)
    : E.left(
        settingError(
          'embedData',
          `images of ${showShape(plan.input)}`,
          showShape(shape),
          "open the data as the network's input: openData(preparedFor(predictor)(description))"
        )
      )

/** The features of a batch, in its order, and the batch. */
export type OnFeatures = (features: ReadonlyArray<Float32Array>, batch: Batch) => TaskEither<GraftError, void>

/** Computes the features of a set in order and passes on those of each batch. */
export const embedBatches =
  (data: Data, set: 'train' | 'valid', onFeatures: OnFeatures) =>
  (p: Embedder): RTE.ReaderTaskEither<Env, GraftError, void> =>
  (env) =>
  async () => {
    const features = pipe(sameInput(p, data), E.chain(featurePlan))
    if (E.isLeft(features)) return features
    const dataset = data[set]
    const compute = featuresOf(features.right, p.state, env)
    const reader = openBatches({ dataset, batches: validOrder(data.spec, dataset.length), stats: p.stats })(env)()
    try {
      for (;;) {
        const next = await reader.next()
        if (E.isLeft(next)) return next
        if (O.isNone(next.right)) return E.right(undefined)
        const batch = next.right.value
        const rows = compute(batch.x, batch.files)
        if (E.isLeft(rows)) return rows
        const told = await onFeatures(rows.right, batch)()
        if (E.isLeft(told)) return told
        reader.recycle(batch)()
        await breathe()
      }
    } finally {
      await reader.close()
    }
  }

/**
 * The features of labelled images, in order.
 *
 * @category prediction
 * @since 0.1.0
 */
export interface Embeddings {
  readonly features: ReadonlyArray<Float32Array>
  /** Relative to the data's root. */
  readonly files: ReadonlyArray<string>
  /** As in `Dataset.items`. */
  readonly targets: ReadonlyArray<Data['train']['items'][number]['target']>
}

/**
 * The features of a set of opened data (default: the training set), in its order, without augmentation. Open the data
 * with the network's own preprocessing (`preparedFor`).
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, embedData, openData, predictorOf, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8, valid: 3 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainW((l) => embedData(l.data, 'valid')(predictorOf(l))),
 *   RTE.map(({ features, files }) => [features.length, files.length])
 * )
 * assert.deepStrictEqual(await withNodeEnv({ engine: 'cpu' })(program)(), E.right([3, 3]))
 *
 * @category prediction
 * @since 0.1.0
 */
export const embedData =
  (data: Data, set: 'train' | 'valid' = 'train') =>
  (p: Embedder): RTE.ReaderTaskEither<Env, GraftError, Embeddings> => {
    const features: Array<Float32Array> = []
    const { items } = data[set]
    return pipe(
      p,
      embedBatches(data, set, (rows) => () => {
        features.push(...rows)
        return Promise.resolve(E.right(undefined))
      }),
      RTE.map(() => ({ features, files: items.map(({ file }) => file), targets: items.map(({ target }) => target) }))
    )
  }
