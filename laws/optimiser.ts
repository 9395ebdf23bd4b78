/**
 * The optimisers' formulas (torch's) in double precision, for a linear neuron with squared error, whose gradient is
 * 2·(w·x + b − y)·(x, 1).
 */
import type { NamedOptimiser } from '../src/recipe/index.js'

interface Neuron {
  readonly optimiser: NamedOptimiser
  readonly trueWd: boolean
  /** Weights, then the bias. */
  readonly start: ReadonlyArray<number>
  readonly batches: ReadonlyArray<{ readonly x: ArrayLike<number>; readonly y: ArrayLike<number> }>
  readonly hyper: { readonly lr: number; readonly mom: number; readonly wd: number }
}

type Numbers = ReadonlyArray<number>

/** A parameter, its first moment or buffer, its second, and slow weights. */
interface State {
  readonly p: Numbers
  readonly m: Numbers
  readonly v: Numbers
  readonly slow?: Numbers
}

interface Told {
  readonly lr: number
  readonly mom: number
  readonly wd: number
  readonly t: number
}

interface Formula<O> {
  readonly decays: 'the parameter' | 'as trueWd says' | 'the update'
  readonly step: (o: O, s: State, g: Numbers, told: Told) => State
}

/** `beta·old + (1 − beta)·now`. */
const average = (beta: number, old: Numbers, now: Numbers): Numbers =>
  old.map((x, i) => beta * x + (1 - beta) * now[i]!)

const squares = (g: Numbers): Numbers => g.map((x) => x * x)

const moments = (beta2: number, s: State, g: Numbers, { mom }: Told): Pick<State, 'm' | 'v'> => ({
  m: average(mom, s.m, g),
  v: average(beta2, s.v, squares(g))
})

/** m/(1 − β1ᵗ) / (√(v/(1 − β2ᵗ)) + eps). */
const direction = (
  { betas, eps }: { readonly betas: readonly [number, number]; readonly eps: number },
  { m, v }: Pick<State, 'm' | 'v'>,
  { mom, t }: Told
): Numbers => m.map((x, i) => x / (1 - mom ** t) / (Math.sqrt(v[i]! / (1 - betas[1] ** t)) + eps))

const adam: Formula<Extract<NamedOptimiser, { readonly _tag: 'Adam' | 'AdamW' }>>['step'] = (o, s, g, told) => {
  const next = moments(o.betas[1], s, g, told)
  const by = direction(o, next, told)
  return { ...next, p: s.p.map((p, i) => p - told.lr * by[i]!) }
}

const norm = (x: Numbers): number => Math.hypot(...x)

/** 1 if a norm is 0. */
const trustRatio = (p: Numbers, update: Numbers): number =>
  norm(p) > 0 && norm(update) > 0 ? norm(p) / norm(update) : 1

const rAdam: Formula<Extract<NamedOptimiser, { readonly _tag: 'RAdam' | 'Ranger' }>>['step'] = (o, s, g, told) => {
  const { m, v } = moments(o.betas[1], s, g, told)
  const corrected = 1 - o.betas[1] ** told.t
  const most = 2 / (1 - o.betas[1]) - 1
  const rho = most - (2 * told.t * o.betas[1] ** told.t) / corrected
  const variance = ((rho - 4) * (rho - 2) * most) / ((most - 4) * (most - 2) * rho)
  const scale = v.map((x) => (rho > 5 ? (Math.sqrt(variance) * Math.sqrt(corrected)) / (Math.sqrt(x) + o.eps) : 1))
  return { m, v, p: s.p.map((p, i) => p - (told.lr / (1 - told.mom ** told.t)) * m[i]! * scale[i]!) }
}

const formulas: {
  readonly [T in NamedOptimiser['_tag']]: Formula<Extract<NamedOptimiser, { readonly _tag: T }>>
} = {
  AdamW: { decays: 'the parameter', step: adam },
  Adam: { decays: 'as trueWd says', step: adam },
  Sgd: {
    decays: 'as trueWd says',
    step: (o, s, g, { lr, mom }) => {
      const m = s.m.map((x, i) => mom * x + g[i]!)
      return { p: s.p.map((p, i) => p - lr * (o.nesterov ? g[i]! + mom * m[i]! : m[i]!)), m, v: s.v }
    }
  },
  Rmsprop: {
    decays: 'as trueWd says',
    step: (o, s, g, { lr, mom }) => {
      const v = average(o.alpha, s.v, squares(g))
      const m = s.m.map((x, i) => mom * x + g[i]! / (Math.sqrt(v[i]!) + o.eps))
      return { p: s.p.map((p, i) => p - lr * m[i]!), m, v }
    }
  },
  Lamb: {
    decays: 'the update',
    step: (o, s, g, told) => {
      const next = moments(o.betas[1], s, g, told)
      const update = direction(o, next, told).map((x, i) => x + told.wd * s.p[i]!)
      const rate = told.lr * (told.wd > 0 || o.alwaysAdapt ? trustRatio(s.p, update) : 1)
      return { ...next, p: s.p.map((p, i) => p - rate * update[i]!) }
    }
  },
  Lion: {
    decays: 'the parameter',
    step: (o, s, g, { lr, mom }) => ({
      p: s.p.map((p, i) => p - lr * Math.sign(average(mom, s.m, g)[i]!)),
      m: average(o.betas[1], s.m, g),
      v: s.v
    })
  },
  RAdam: { decays: 'as trueWd says', step: rAdam },
  Ranger: {
    decays: 'the update',
    step: (o, s, g, told) => {
      const decayed = s.p.map((p) => p * (1 - told.lr * told.wd))
      const next = rAdam(o, { ...s, p: decayed }, g, told)
      const slow = s.slow ?? s.p
      if (told.t % o.k !== 0) return { ...next, slow }
      const synced = slow.map((x, i) => x + o.alpha * (next.p[i]! - x))
      return { ...next, p: synced, slow: synced }
    }
  }
}

const zeros = (p: Numbers): State => ({ p, m: p.map(() => 0), v: p.map(() => 0) })

/** The neuron's weights and bias after a step on each batch. */
export const steppedByFormula = ({ optimiser, trueWd, start, batches, hyper }: Neuron): Numbers => {
  const { decays, step } = formulas[optimiser._tag] as unknown as Formula<NamedOptimiser>
  const decoupled = decays === 'the parameter' || (decays === 'as trueWd says' && trueWd)
  const penalty = decoupled || decays === 'the update' ? 0 : hyper.wd
  let all = [zeros(start.slice(0, -1)), zeros(start.slice(-1))]
  batches.forEach(({ x, y }, k) => {
    const inputs = [Array.from(x), [1]]
    const error = inputs.flat().reduce((sum, value, i) => sum + value * all.flatMap(({ p }) => p)[i]!, 0) - y[0]!
    all = all.map((s, of) => {
      const p = s.p.map((w) => (decoupled ? w * (1 - hyper.lr * hyper.wd) : w))
      const g = p.map((w, i) => 2 * error * inputs[of]![i]! + penalty * w)
      return step(optimiser, { ...s, p }, g, { ...hyper, t: k + 1 })
    })
  })
  return all.flatMap(({ p }) => p)
}
