/** Weights computed in each forward pass: weight norm and spectral norm. */
import * as tf from '@tensorflow/tfjs-core'
import { projections } from '../../model/index.js'
import type { Plan } from '../../plan/index.js'
import type { Arrays } from './Arrays.js'

/** g·v/‖v‖ for each output channel, the last axis. */
export const weightNormed = (path: string, arrays: Arrays): tf.Tensor4D => {
  const v = arrays(`${path}.weight_v`) as tf.Tensor4D
  const lengths = tf.sqrt(tf.sum(tf.square(v), [0, 1, 2], true))
  return tf.mul(v, tf.div(arrays(`${path}.weight_g`), lengths))
}

/** The weight as a matrix `[inputs, out]`. */
const matrixOf = (weight: tf.Tensor): tf.Tensor2D => tf.reshape(weight, [-1, weight.shape.at(-1)!])

/** Reorders a filter's values from torch's channels-first to the engine's channels-last; `back` is the inverse. */
const reordered = (v: tf.Tensor, weight: tf.Tensor, back = false): tf.Tensor => {
  if (weight.rank !== 4) return v
  const [kh, kw, channels] = weight.shape as [number, number, number, number]
  const turned = back
    ? tf.transpose(tf.reshape(v, [kh, kw, channels]), [2, 0, 1])
    : tf.transpose(tf.reshape(v, [channels, kh, kw]), [1, 2, 0])
  return tf.reshape(turned, [v.size])
}

/** W/σ with σ = uᵀWv. */
export const spectralNormed = (path: string, arrays: Arrays): tf.Tensor => {
  const weight = arrays(`${path}.weight_orig`)
  const [u, v] = [arrays(`${path}.weight_u`), arrays(`${path}.weight_v`)]
  const image = tf.sum(tf.mul(matrixOf(weight), tf.reshape(reordered(v, weight), [-1, 1])), 0)
  return tf.div(weight, tf.sum(tf.mul(u, image)))
}

const unit = (x: tf.Tensor): tf.Tensor => tf.div(x, tf.maximum(tf.sqrt(tf.sum(tf.square(x))), 1e-12))

/** Paths of weights with spectral norm. */
const spectralPaths = (plan: Plan): ReadonlyArray<string> =>
  plan.layers.flatMap(({ path, layer }) =>
    layer._tag === 'SpectralNorm'
      ? [path]
      : layer._tag === 'SelfAttention'
        ? Object.keys(projections(layer)).map((name) => `${path}.${name}`)
        : []
  )

/**
 * One power iteration for every spectral norm: v ← Wᵀu, u ← Wv, each normalised to length 1. Returns the new buffers by
 * path.
 */
export const powerSteps = (plan: Plan, arrays: Arrays): ReadonlyArray<readonly [path: string, tensor: tf.Tensor]> =>
  spectralPaths(plan).flatMap((path) => {
    const weight = arrays(`${path}.weight_orig`)
    const matrix = matrixOf(weight)
    const v = unit(tf.sum(tf.mul(matrix, arrays(`${path}.weight_u`)), 1))
    const u = unit(tf.sum(tf.mul(matrix, tf.reshape(v, [-1, 1])), 0))
    return [[`${path}.weight_u`, u] as const, [`${path}.weight_v`, reordered(v, weight, true)] as const]
  })
