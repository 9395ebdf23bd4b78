/**
 * Multinomial logistic regression with an L2 penalty, fitted by L-BFGS (Liu and Nocedal, On the Limited Memory BFGS Method
 * for Large Scale Optimization, 1989). The objective is that of scikit-learn's `LogisticRegression`.
 */

/** Rows of features, one for each image. */
export type Rows = ReadonlyArray<Float32Array | Float64Array>

/** Weights by class and feature, then a bias for each class. */
export interface LogisticRegression {
  readonly classes: number
  readonly features: number
  readonly parameters: Float64Array
}

/** The probabilities of the classes of an image, written to `out`; returns the logarithm of their sum of exponentials. */
const probabilitiesInto = (
  { classes, features, parameters }: LogisticRegression,
  x: Float32Array | Float64Array,
  out: Float64Array
): void => {
  let most = -Infinity
  for (let k = 0; k < classes; k++) {
    let sum = parameters[classes * features + k]!
    for (let f = 0; f < features; f++) sum += parameters[k * features + f]! * x[f]!
    out[k] = sum
    if (sum > most) most = sum
  }
  let total = 0
  for (let k = 0; k < classes; k++) total += out[k] = Math.exp(out[k]! - most)
  for (let k = 0; k < classes; k++) out[k]! /= total
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

interface Value {
  readonly loss: number
  readonly gradient: Float64Array
}

/** The penalty is half the squared weights; each image adds `c` times its cross entropy. */
const objective = (x: Rows, y: ReadonlyArray<number>, of: Omit<LogisticRegression, 'parameters'>, c: number) => {
  const { classes, features } = of
  const p = new Float64Array(classes)
  return (parameters: Float64Array): Value => {
    const gradient = new Float64Array(parameters.length)
    let loss = 0
    for (let i = 0; i < classes * features; i++) {
      loss += parameters[i]! ** 2 / 2
      gradient[i] = parameters[i]!
    }
    x.forEach((row, i) => {
      probabilitiesInto({ ...of, parameters }, row, p)
      loss -= c * Math.log(Math.max(p[y[i]!]!, 1e-300))
      for (let k = 0; k < classes; k++) {
        const error = c * (p[k]! - (y[i] === k ? 1 : 0))
        for (let f = 0; f < features; f++) gradient[k * features + f]! += error * row[f]!
        gradient[classes * features + k]! += error
      }
    })
    return { loss, gradient }
  }
}

/** A step and the change of the gradient along it. */
interface Pair {
  readonly s: Float64Array
  readonly y: Float64Array
  readonly rho: number
}

const remembered = 10

/** The direction of descent: the gradient times an estimate of the inverse Hessian by the last steps. */
const directionOf = (gradient: Float64Array, pairs: ReadonlyArray<Pair>): Float64Array => {
  const q = gradient.slice()
  const alphas = pairs.map(() => 0)
  for (let j = pairs.length - 1; j >= 0; j--) {
    const { s, y, rho } = pairs[j]!
    const alpha = (alphas[j] = rho * dot(s, q))
    for (let i = 0; i < q.length; i++) q[i]! -= alpha * y[i]!
  }
  const last = pairs.at(-1)
  const scale = last === undefined ? 1 / Math.max(1, Math.sqrt(dot(q, q))) : 1 / (last.rho * dot(last.y, last.y))
  for (let i = 0; i < q.length; i++) q[i]! *= scale
  pairs.forEach(({ s, y, rho }, j) => {
    const beta = rho * dot(y, q)
    for (let i = 0; i < q.length; i++) q[i]! += s[i]! * (alphas[j]! - beta)
  })
  return q.map((value) => -value)
}

/**
 * Fits a classifier of `classes` classes to rows of features. `c` (1) is the inverse of the strength of the penalty; biases
 * have none. It ends when no component of the gradient exceeds `tolerance` (1e-4) for each image, or after 200 iterations.
 */
export const fitLogistic = (
  x: Rows,
  y: ReadonlyArray<number>,
  classes: number,
  { c = 1, tolerance = 1e-4, iterations = 200 } = {}
): LogisticRegression => {
  const of = { classes, features: x[0]?.length ?? 0 }
  const at = objective(x, y, of, c)
  let parameters = new Float64Array(classes * (of.features + 1))
  let now = at(parameters)
  const pairs: Array<Pair> = []
  for (let iteration = 0; iteration < iterations; iteration++) {
    if (now.gradient.every((g) => Math.abs(g) <= tolerance * x.length)) break
    const direction = directionOf(now.gradient, pairs)
    const slope = dot(direction, now.gradient)
    let size = 1
    let [moved, next] = [parameters, now]
    // a step that decreases the loss enough (Armijo); the objective is convex, so one is found
    do {
      const by = size
      moved = parameters.map((value, i) => value + by * direction[i]!)
      next = at(moved)
      size /= 2
    } while (next.loss > now.loss + 1e-4 * 2 * size * slope && size > 1e-10)
    const s = moved.map((value, i) => value - parameters[i]!)
    const change = next.gradient.map((value, i) => value - now.gradient[i]!)
    const curvature = dot(s, change)
    if (curvature > 1e-12) pairs.push({ s, y: change, rho: 1 / curvature })
    if (pairs.length > remembered) pairs.shift()
    if (size <= 1e-10) break
    ;[parameters, now] = [moved, next]
  }
  return { ...of, parameters }
}

/** The probabilities of the classes for each row of features. */
export const logisticProbabilities =
  (fitted: LogisticRegression) =>
  (x: Rows): ReadonlyArray<ReadonlyArray<number>> =>
    x.map((row) => {
      const out = new Float64Array(fitted.classes)
      probabilitiesInto(fitted, row, out)
      return Array.from(out)
    })
