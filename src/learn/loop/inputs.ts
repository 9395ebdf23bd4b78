/** The batches and the network of a training step: images and the whole network, or cached features and the layers after them. */
import * as E from 'fp-ts/lib/Either.js'
import { type Batches, validOrder } from '../../data/index.js'
import { compile, type Program, type StateDict } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import { type BatchReader, type HasFiles, type HasImages, openBatches, type View } from '../../io/index.js'
import type { FeaturesCached, Plan } from '../../plan/index.js'
import { eqValue } from '../../Value.js'
import type { HasEngine } from '../Env.js'
import type { Learner } from '../learner/Learner.js'
import { featureCacheOf } from './featureCacheOf.js'
import { computeFeatures, featureBatches, type Features, type OnImages } from './features.js'
import { stepOptions, trainViews } from './training.js'

/** Batches for training and validation, and the network that takes them. */
export interface Inputs {
  readonly plan: Plan
  /** The batches of an epoch in this order, from batch `from` (default 0) on. */
  readonly train: (epoch: number, order: Batches, from?: number) => BatchReader
  readonly valid: () => BatchReader
}

const imagesOf = (env: HasFiles & HasImages, l: Learner): Inputs => {
  const { train, valid, stats, spec } = l.data
  return {
    plan: l.plan,
    train: (epoch, order, from = 0) => {
      const batches = order.slice(from)
      return openBatches({ dataset: train, batches, stats, ...trainViews(l, epoch, order, from) })(env)()
    },
    valid: () => openBatches({ dataset: valid, batches: validOrder(spec, valid.length), stats })(env)()
  }
}

const eqView = eqValue<View>()

const featuresOf = (l: Learner, { trained, views }: FeaturesCached, { train, valid }: Features): Inputs => ({
  plan: trained,
  train: (epoch, order, from = 0) => {
    const { views: drawn = () => [], repeats } = trainViews(l, epoch, order, from)
    const indexOf = (view: View): number => views.findIndex((one) => eqView.equals(one, view))
    return featureBatches(train, order.slice(from), (i, b, k) => indexOf(drawn(i, repeats?.[b]?.[k] ?? 0)))
  },
  valid: () => featureBatches(valid, validOrder(l.data.spec, l.data.valid.length))
})

/** Called while features are computed; may end the step with an `H`. */
export type OnFeatures<H> = (cache: FeaturesCached, ...images: Parameters<OnImages<H>>) => ReturnType<OnImages<H>>

/**
 * The inputs of a training step of `epochs` epochs. The decision depends on the learner and the step alone, so a resumed
 * run makes the same one.
 */
export const inputsFor = async <H>(
  env: HasEngine & HasFiles & HasImages,
  l: Learner,
  epochs: number,
  told: OnFeatures<H>
): Promise<E.Either<GraftError | H, Inputs>> => {
  const cache = featureCacheOf(epochs)(l)
  if (cache._tag === 'NotCached') return E.right(imagesOf(env, l))
  const computed = await computeFeatures<H>(env, l, cache, (done, total) => told(cache, done, total))
  return E.map((features: Features) => featuresOf(l, cache, features))(computed)
}

/** Compiles the inputs' network for training; its state includes the layers that are not compiled. */
export const compileFor = ({ engine }: HasEngine, l: Learner, { plan }: Inputs): E.Either<GraftError, Program> => {
  const { parameters, buffers } = l.plan
  const whole = (part: StateDict): StateDict =>
    new Map([...parameters, ...buffers].map(({ path }) => [path, part.get(path) ?? l.state.get(path)!]))
  return E.map((program: Program) => ({ ...program, state: () => E.map(whole)(program.state()) }))(
    compile(engine)(plan, { state: l.state, optimiser: l.optimiser }, stepOptions(l))
  )
}
