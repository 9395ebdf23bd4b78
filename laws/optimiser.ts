/**
 * Optimisers by their formulas (torch's) in double precision, on one linear neuron under squared error, whose gradient
 * is 2·(w·x + b − y)·(x, 1).
 */
import type { Optimiser } from '../src/recipe/index.js'

interface Neuron {
  readonly optimiser: Optimiser
  readonly trueWd: boolean
  /** Weights, then the bias. */
  readonly start: ReadonlyArray<number>
  readonly batches: ReadonlyArray<{ readonly x: ArrayLike<number>; readonly y: ArrayLike<number> }>
  readonly hyper: { readonly lr: number; readonly mom: number; readonly wd: number }
}

interface Scalar {
  readonly p: number
  readonly m: number
  readonly v: number
}

const step = (o: Optimiser, s: Scalar, g: number, lr: number, mom: number, t: number): Scalar => {
  switch (o._tag) {
    case 'Adam': {
      const [m, v] = [mom * s.m + (1 - mom) * g, o.betas[1] * s.v + (1 - o.betas[1]) * g * g]
      const [corrected, deviation] = [m / (1 - mom ** t), Math.sqrt(v / (1 - o.betas[1] ** t))]
      return { p: s.p - (lr * corrected) / (deviation + o.eps), m, v }
    }
    case 'Sgd': {
      const m = mom * s.m + g
      return { p: s.p - lr * (o.nesterov ? g + mom * m : m), m, v: 0 }
    }
    case 'Rmsprop': {
      const v = o.alpha * s.v + (1 - o.alpha) * g * g
      const m = mom * s.m + g / (Math.sqrt(v) + o.eps)
      return { p: s.p - lr * m, m, v }
    }
    case 'CustomOptimiser':
      return s
  }
}

/** The neuron's weights and bias after a step on each batch. */
export const steppedByFormula = ({ optimiser, trueWd, start, batches, hyper }: Neuron): ReadonlyArray<number> => {
  const decoupled = trueWd || (optimiser._tag === 'Adam' && optimiser.decoupled)
  let all: ReadonlyArray<Scalar> = start.map((p) => ({ p, m: 0, v: 0 }))
  batches.forEach(({ x, y }, k) => {
    const inputs = [...Array.from(x), 1]
    const error = inputs.reduce((sum, value, i) => sum + value * all[i]!.p, 0) - y[0]!
    all = all.map((s, i) => {
      const p = decoupled ? s.p * (1 - hyper.lr * hyper.wd) : s.p
      const g = 2 * error * inputs[i]! + (decoupled ? 0 : hyper.wd * p)
      return step(optimiser, { ...s, p }, g, hyper.lr, hyper.mom, k + 1)
    })
  })
  return all.map((s) => s.p)
}
