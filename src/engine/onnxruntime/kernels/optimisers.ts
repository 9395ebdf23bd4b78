import { arithmetic } from '../graph/arithmetic.js'
import { int, type Graph, type Ref } from '../graph/Graph.js'
import { forms, kernel, type Kernels } from '../recording/Kernel.js'

/** The hyper-parameters by position: they arrive as one small tensor, so that a new rate is no new graph. */
const hyper =
  (g: Graph, h: Ref) =>
  (position: number): Ref => {
    const index = g.table(`position ${position}`, [], () => Int32Array.of(position))
    return g.op('Gather', [h, index], [], { attributes: { axis: int(0) } })
  }

const complement = (g: Graph, x: Ref): Ref => arithmetic(g).sub(g.scalar(1), x)

/** `beta·old + (1 - beta)·now`. */
const average = (g: Graph, beta: Ref, old: Ref, now: Ref): Ref => {
  const { add, mul } = arithmetic(g)
  return add(mul(old, beta), mul(now, complement(g, beta)))
}

/** Parameter and state in the shape in which the gradient was made: in shapes of their own, some would have to be reshaped. */
const beside = <A extends Readonly<Record<'g' | 'h', Ref>>>(g: Graph, inputs: A): A => {
  const { shape } = g.asMade(inputs.g)
  const seen = Object.entries<Ref>(inputs).map(([name, x]) => [name, name === 'h' ? x : g.reshape(x, shape)])
  return Object.fromEntries(seen) as A
}

interface Decay {
  /** Whether the classic penalty joins the gradient at all. */
  readonly l2: boolean
}

/** Decoupled decay of the parameter, then the classic penalty added to the gradient. */
const decayed = (
  g: Graph,
  p: Ref,
  gradient: Ref,
  at: (position: number) => Ref,
  { l2 }: Decay
): readonly [Ref, Ref] => {
  const { add, mul } = arithmetic(g)
  const p1 = mul(p, at(1))
  return [p1, l2 ? add(gradient, mul(p1, at(2))) : gradient]
}

// Parameters are large and each operator is a pass over them: what concerns only the step is worked out on scalars,
// which all parameters of a group share.
export const optimisers: Kernels = {
  GraftAdamStep: kernel<'p' | 'g' | 'm' | 'v' | 'h', Decay>(({ p, m, v }, decay) =>
    forms([p, m, v], (g, all) => {
      const i = beside(g, all)
      const { add, sub, mul, div, sqrt, square } = arithmetic(g)
      const at = hyper(g, i.h)
      const [lr, beta1, beta2, eps, correction1, correction2] = [at(0), at(3), at(4), at(5), at(6), at(7)]
      const [p1, g1] = decayed(g, i.p, i.g, at, decay)
      const m1 = average(g, beta1, i.m, g1)
      const v1 = average(g, beta2, i.v, square(g1))
      // lr·(m1/c1) / (sqrt(v1/c2) + eps) with both corrections moved out
      const root = sqrt(correction2)
      const rate = div(mul(lr, root), correction1)
      const direction = div(m1, add(sqrt(v1), mul(eps, root)))
      return [sub(p1, mul(direction, rate)), m1, v1]
    })
  ),
  GraftRmspropStep: kernel<'p' | 'g' | 'v' | 'buf' | 'h', Decay>(({ p, v, buf }, decay) =>
    forms([p, v, buf], (g, all) => {
      const i = beside(g, all)
      const { add, sub, mul, div, sqrt, square } = arithmetic(g)
      const at = hyper(g, i.h)
      const [lr, alpha, eps, momentum] = [at(0), at(3), at(4), at(5)]
      const [p1, g1] = decayed(g, i.p, i.g, at, decay)
      const v1 = average(g, alpha, i.v, square(g1))
      const buf1 = add(mul(i.buf, momentum), div(g1, add(sqrt(v1), eps)))
      return [sub(p1, mul(buf1, lr)), v1, buf1]
    })
  ),
  GraftSgdStep: kernel<'p' | 'g' | 'buf' | 'h', Decay & { nesterov: boolean }>(({ p, buf }, { nesterov, ...decay }) =>
    forms([p, buf], (g, all) => {
      const i = beside(g, all)
      const { add, sub, mul } = arithmetic(g)
      const at = hyper(g, i.h)
      const [p1, g1] = decayed(g, i.p, i.g, at, decay)
      const buf1 = add(mul(i.buf, at(3)), g1)
      const step = nesterov ? add(g1, mul(buf1, at(3))) : buf1
      return [sub(p1, mul(step, at(0))), buf1]
    })
  )
}
