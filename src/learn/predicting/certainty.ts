/** What a calibration does to predictions: the temperature of raw outputs, and how certain a network is of images. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Pixels } from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import { type Abstention, type Calibration, energyOf, nearestRows, unitRow } from '../../interpret/index.js'
import type { HasEngine } from '../Env.js'
import { featurePlan, featuresOf } from './embed.js'
import { inputOf } from './networkInput.js'
import type { Embedder } from './Predictor.js'

/** Divides raw outputs by a temperature. */
export const cooled =
  (temperature = 1) =>
  (outputs: Float32Array): Float32Array =>
    temperature === 1 ? outputs : outputs.map((z) => z / temperature)

/** The temperature of a predictor or a learner, if one was fitted. */
export const temperatureOf = ({
  calibration
}: {
  readonly calibration?: Calibration
}): { readonly temperature?: number } => {
  const scaling = calibration?.scaling ?? null
  return scaling === null ? {} : { temperature: scaling.temperature }
}

/** What a network computed of a batch. */
export interface Computed {
  readonly x: Float32Array
  readonly images: ReadonlyArray<string>
  /** Raw outputs. */
  readonly outputs: ReadonlyArray<ReadonlyArray<number>>
  /** After temperature and activation. */
  readonly probabilities: ReadonlyArray<ReadonlyArray<number>>
}

/** Minus the distance to the k-th nearest of the features, each of length 1. */
export const nearness = ({ k, features }: NonNullable<Abstention['neighbours']>): ((row: Float32Array) => number) => {
  const nearest = nearestRows(features, 'euclidean')(k)
  return (row) => -(nearest(unitRow(row)).at(-1)?.distance ?? Infinity)
}

/** How certain a network is of each image of a batch. */
export const certaintiesOf =
  (p: Embedder, { by, neighbours }: Pick<Abstention, 'by' | 'neighbours'>, env: HasEngine) =>
  ({ x, images, outputs, probabilities }: Computed): E.Either<GraftError, ReadonlyArray<number>> => {
    switch (by) {
      case 'probability':
        return E.right(probabilities.map((row) => row.reduce((a, b) => Math.max(a, b), -Infinity)))
      case 'energy':
        return E.right(outputs.map(energyOf))
      case 'knn':
        return pipe(
          featurePlan(p.plan),
          E.chain((plan) => featuresOf(plan, p.state, env)(x, images)),
          E.map((rows) => rows.map(nearness(neighbours ?? { k: 1, features: [] })))
        )
    }
  }

/** The certainties of images in pixels. */
export const certaintiesOfPixels = (
  p: Embedder,
  abstention: Abstention,
  env: HasEngine,
  pixels: ReadonlyArray<Pixels>,
  computed: Omit<Computed, 'x'>
): E.Either<GraftError, ReadonlyArray<number>> =>
  certaintiesOf(
    p,
    abstention,
    env
  )({
    ...computed,
    x: abstention.by === 'knn' ? inputOf(p, pixels) : new Float32Array(0)
  })
