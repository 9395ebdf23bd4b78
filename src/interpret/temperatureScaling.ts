/**
 * Temperature scaling: one number by which raw outputs are divided, so that probabilities are as often right as they
 * say (C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, "On calibration of modern neural networks", ICML 2017).
 *
 * @since 0.1.0
 */
import { activate } from './activation.js'
import { argMax } from './argMax.js'
import { reliability } from './calibration.js'

/**
 * How well probabilities fit: the mean negative log-likelihood (for several labels, the mean binary cross entropy), and
 * the expected calibration error in 15 bins (`reliability`).
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface CalibrationScores {
  readonly nll: number
  readonly ece: number
}

/**
 * A temperature, and the scores of the images that it was fitted on, without and with it.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface TemperatureScaling {
  readonly temperature: number
  readonly before: CalibrationScores
  readonly after: CalibrationScores
}

/** Raw outputs with a class index each; or, for several labels, with a 0 or 1 for each label. */
interface Outputs {
  readonly outputs: ReadonlyArray<ReadonlyArray<number>>
  readonly targets: ReadonlyArray<number | ReadonlyArray<number>>
}

/** Temperatures outside of this range say that the images cannot decide: all right, or all wrong. */
const lowest = 0.05
const highest = 20

const logSumExp = (row: ReadonlyArray<number>): number => {
  const most = row.reduce((a, b) => Math.max(a, b), -Infinity)
  return most + Math.log(row.reduce((sum, z) => sum + Math.exp(z - most), 0))
}

/** log(1 + exp(x)), without overflow. */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

const scaled = (row: ReadonlyArray<number>, by: number): ReadonlyArray<number> => row.map((z) => z * by)

/** The loss of an image at the inverse temperature `by`. */
const lossOf = (row: ReadonlyArray<number>, target: number | ReadonlyArray<number>, by: number): number =>
  typeof target === 'number'
    ? logSumExp(scaled(row, by)) - by * row[target]!
    : row.reduce((sum, z, c) => sum + softplus(by * z) - target[c]! * by * z, 0) / row.length

/** The derivative of an image's loss with respect to the inverse temperature, in which it is convex. */
const slopeOf = (row: ReadonlyArray<number>, target: number | ReadonlyArray<number>, by: number): number => {
  if (typeof target !== 'number')
    return row.reduce((sum, z, c) => sum + z * (sigmoid(by * z) - target[c]!), 0) / row.length
  const rest = logSumExp(scaled(row, by))
  return row.reduce((sum, z) => sum + z * Math.exp(by * z - rest), 0) - row[target]!
}

const sum = ({ outputs, targets }: Outputs, of: typeof lossOf, by: number): number =>
  outputs.reduce((all, row, i) => all + of(row, targets[i]!, by), 0)

const eceOf = ({ outputs, targets }: Outputs, by: number): number => {
  const confidences: Array<number> = []
  const right: Array<boolean> = []
  outputs.forEach((row, i) => {
    const target = targets[i]!
    const logits = Float32Array.from(row, (z) => z * by)
    if (typeof target === 'number') {
      const probabilities = activate('softmax', row.length)(logits)
      const predicted = argMax(probabilities, 0, row.length)
      confidences.push(probabilities[predicted]!)
      right.push(predicted === target)
    } else {
      confidences.push(...activate('sigmoid', row.length)(logits))
      right.push(...target.map((label) => label === 1))
    }
  })
  return reliability(confidences, right).ece
}

const scoresAt = (of: Outputs, by: number): CalibrationScores => ({
  nll: sum(of, lossOf, by) / of.outputs.length,
  ece: eceOf(of, by)
})

/**
 * Fits a temperature on raw outputs of images that the network was not trained on: the one that minimises the negative
 * log-likelihood. Targets are class indices (softmax), or a 0 or 1 for each label (sigmoid). Above 1, the network was
 * overconfident. The predicted class never changes. The temperature is from 0.05 to 20; it is at an end if all
 * predictions are right, or the outputs say nothing.
 *
 * @example
 * import { temperatureScaling } from 'graft-vision'
 *
 * // certain by the outputs, and wrong once in four times
 * const outputs = [[4, 0], [4, 0], [0, 4], [0, 4]]
 * const { temperature, before, after } = temperatureScaling({ outputs, targets: [0, 0, 1, 0] })
 * // then the outputs say so: exp(4 / T) = 3
 * assert.ok(Math.abs(temperature - 4 / Math.log(3)) < 1e-6)
 * assert.ok(after.nll < before.nll && after.ece < 1e-6)
 *
 * @category interpretation
 * @since 0.1.0
 */
export const temperatureScaling = (of: {
  readonly outputs: ReadonlyArray<ReadonlyArray<number>>
  readonly targets: ReadonlyArray<number | ReadonlyArray<number>>
}): TemperatureScaling => {
  let [low, high] = [1 / highest, 1 / lowest]
  for (let k = 0; k < 60; k++) {
    const middle = (low + high) / 2
    if (sum(of, slopeOf, middle) > 0) high = middle
    else low = middle
  }
  const by = (low + high) / 2
  return { temperature: 1 / by, before: scoresAt(of, 1), after: scoresAt(of, by) }
}
