import { arithmetic } from '../arithmetic.js'
import { int, type Graph, type Ref } from '../Graph.js'
import { kernel, type Kernels } from '../Kernel.js'

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

/** Decoupled decay of the parameter, then the classic penalty added to the gradient. */
const decayed = (g: Graph, p: Ref, gradient: Ref, decay: Ref, l2: Ref): readonly [Ref, Ref] => {
  const { add, mul } = arithmetic(g)
  const p1 = mul(p, decay)
  return [p1, add(gradient, mul(p1, l2))]
}

export const optimisers: Kernels = {
  GraftAdamStep: kernel<'p' | 'g' | 'm' | 'v' | 'h'>(({ p, m, v }) => ({
    outputs: [p, m, v],
    emit: (g, i) => {
      const { add, sub, mul, div, sqrt, square } = arithmetic(g)
      const at = hyper(g, i.h)
      const [lr, beta1, beta2, eps, correction1, correction2] = [at(0), at(3), at(4), at(5), at(6), at(7)]
      const [p1, g1] = decayed(g, i.p, i.g, at(1), at(2))
      const m1 = average(g, beta1, i.m, g1)
      const v1 = average(g, beta2, i.v, square(g1))
      const deviation = add(sqrt(mul(v1, div(g.scalar(1), correction2))), eps)
      return [sub(p1, div(mul(m1, div(lr, correction1)), deviation)), m1, v1]
    }
  })),
  GraftRmspropStep: kernel<'p' | 'g' | 'v' | 'buf' | 'h'>(({ p, v, buf }) => ({
    outputs: [p, v, buf],
    emit: (g, i) => {
      const { add, sub, mul, div, sqrt, square } = arithmetic(g)
      const at = hyper(g, i.h)
      const [lr, alpha, eps, momentum] = [at(0), at(3), at(4), at(5)]
      const [p1, g1] = decayed(g, i.p, i.g, at(1), at(2))
      const v1 = average(g, alpha, i.v, square(g1))
      const buf1 = add(mul(i.buf, momentum), div(g1, add(sqrt(v1), eps)))
      return [sub(p1, mul(buf1, lr)), v1, buf1]
    }
  })),
  GraftSgdStep: kernel<'p' | 'g' | 'buf' | 'h', { nesterov: boolean }>(({ p, buf }, { nesterov }) => ({
    outputs: [p, buf],
    emit: (g, i) => {
      const { add, sub, mul } = arithmetic(g)
      const at = hyper(g, i.h)
      const [p1, g1] = decayed(g, i.p, i.g, at(1), at(2))
      const buf1 = add(mul(i.buf, at(3)), g1)
      const step = nesterov ? add(g1, mul(buf1, at(3))) : buf1
      return [sub(p1, mul(step, at(0))), buf1]
    }
  }))
}
