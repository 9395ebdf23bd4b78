import { describe, expect, it } from 'vitest'
import { scheduled } from '../../../src/engine/onnxruntime/graph/schedule.js'
import { node } from '../../../src/format/bytes/onnxGraph.js'

/** A network of two layers: its activations, gradients and updates, in the order in which they are recorded. */
const step = [
  node('MatMul', ['x', 'w1'], ['a1']),
  node('MatMul', ['a1', 'w2'], ['a2']),
  node('Neg', ['a2'], ['d2']),
  node('MatMul', ['d2', 'w2'], ['d1']),
  node('MatMul', ['a1', 'd2'], ['g2']),
  node('MatMul', ['x', 'd1'], ['g1']),
  node('Sub', ['w1', 'g1'], ['next w1']),
  node('Sub', ['w2', 'g2'], ['next w2'])
]

const results = (nodes: ReturnType<typeof scheduled>) => nodes.map(({ outputs }) => outputs[0])

describe('the schedule of a graph', () => {
  it('has the updates with the shortest way to them last, where ONNX Runtime begins', () => {
    expect(results(scheduled(step, () => [2, 2])).slice(-2)).toEqual(['next w1', 'next w2'])
    const other = [...step.slice(0, 6), step[7]!, step[6]!]
    expect(results(scheduled(other, () => [2, 2])).slice(-2)).toEqual(['next w1', 'next w2'])
  })

  it('reaches each of many gradients that are concatenated, the last layer before the first', () => {
    const together = [...step.slice(0, 6), node('Concat', ['g1', 'g2'], ['g'])]
    const order = results(scheduled(together, (name) => (name === 'g' ? [1, 8] : [1, 4])))
    expect(order.slice(-3)).toEqual(['g', 'shape of g1', 'shape of g2'])
  })

  it('keeps every node after those it reads, and more nodes apart than a word has bits', () => {
    const chain = Array.from({ length: 100 }, (_, i) => node('Neg', [`n${i}`], [`n${i + 1}`]))
    const leaves = Array.from({ length: 100 }, (_, i) => node('Abs', [`n${i + 1}`], [`y${i}`]))
    const order = results(scheduled([...chain, ...leaves], () => []))
    expect(order.slice(0, 100)).toEqual(chain.map(({ outputs }) => outputs[0]))
    expect(order.slice(100)).toEqual(leaves.map(({ outputs }) => outputs[0]).reverse())
  })
})
