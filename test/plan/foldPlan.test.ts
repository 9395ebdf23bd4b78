import { describe, expect, it } from 'vitest'
import { arch, concat, conv2d, identity, named, numbered, relu, sequential, sum } from '../../src/model/index.js'
import { foldPlan, plan } from '../../src/plan/index.js'
import { right } from '../io/workplace.js'

const network = sequential(
  named('a', sum(named('conv', conv2d(2, 2, 1)), identity)),
  numbered(),
  named(
    'b',
    concat(
      named('conv', conv2d(2, 3, 1, { stride: 2 })),
      sequential(named('down', conv2d(2, 4, 1, { stride: 2 })), relu)
    )
  )
)
const planned = right(plan({ input: [2, 4, 4] })(arch({ name: 'both', network })))

describe('a fold over a plan', () => {
  it('visits each layer once, in data-flow order', () => {
    const read = foldPlan<ReadonlyArray<unknown>>({
      leaf: (layer) => [layer],
      sequential: (parts) => parts.flat(),
      sum: (branches) => branches.flat(),
      product: (branches) => branches.flat(),
      concat: (branches) => branches.flat()
    })(planned)
    expect(read).toEqual(planned.layers)
  })
  it('passes the path and the output shape of each combination', () => {
    const given = foldPlan<ReadonlyArray<string>>({
      leaf: () => [],
      sequential: (parts, { path, output }) => [...parts.flat(), `sequential ${path} ${output.join('x')}`],
      sum: (branches, { path, output }) => [...branches.flat(), `sum ${path} ${output.join('x')}`],
      product: (branches, { path, output }) => [...branches.flat(), `product ${path} ${output.join('x')}`],
      concat: (branches, { path, output }) => [...branches.flat(), `concat ${path} ${output.join('x')}`]
    })(planned)
    expect(given).toEqual([
      'sum a 2x4x4',
      // nothing in it: what comes in goes out
      'sequential  2x4x4',
      'sequential b 4x2x2',
      'concat b 7x2x2',
      'sequential  7x2x2'
    ])
  })
  it("ends with the plan's output shape", () => {
    const output = foldPlan<ReadonlyArray<number>>({
      leaf: (layer) => layer.output,
      sequential: (_, at) => at.output,
      sum: (_, at) => at.output,
      product: (_, at) => at.output,
      concat: (_, at) => at.output
    })(planned)
    expect(output).toEqual(planned.output)
  })
})
