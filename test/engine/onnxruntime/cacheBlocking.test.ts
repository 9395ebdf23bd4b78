import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { batchNormTrain } from '../../../src/engine/index.js'
import { cacheBlocked } from '../../../src/engine/onnxruntime/graph/cacheBlocking.js'
import { type Attributes, constant, node, readsOf } from '../../../src/format/bytes/onnxGraph.js'
import type { OnnxNode } from '../../../src/format/bytes/onnx.js'
import { expectAgreement, numbers, resultsOn, ort } from '../engines.js'

const [ROWS, COLUMNS] = [1024, 512]

const large = (seed: number, [rows, columns]: readonly [number, number] = [ROWS, COLUMNS]): tf.Tensor2D =>
  tf.tensor2d(numbers(seed, rows * columns), [rows, columns])

const row = (seed: number, columns = COLUMNS): tf.Tensor2D => tf.tensor2d(numbers(seed, columns), [1, columns])

/** A matrix with its rows in another order, which is no element-wise operator. */
const turned = (x: tf.Tensor2D): tf.Tensor2D =>
  tf.concat([tf.slice(x, [ROWS / 2, 0], [ROWS / 2, COLUMNS]), tf.slice(x, [0, 0], [ROWS / 2, COLUMNS])], 0)

describe('operators over large tensors, block by block', () => {
  it('gives what the reference gives for rows, scalars and sums of columns', () => {
    expectAgreement(() => {
      const y = tf.relu(tf.add(tf.mul(large(1), row(2)), tf.mul(row(3), 0.5)))
      const sums = tf.sum(y, 0, true)
      const centred = tf.sub(y, tf.div(sums, ROWS))
      return [centred, sums, tf.sum(tf.square(centred), 0)]
    })
  })

  it('gives results that are read both in a block and outside', () => {
    expectAgreement(() => {
      const y = tf.add(tf.mul(large(1), large(2)), 1)
      const z = tf.sub(tf.mul(y, 3), large(1))
      return [y, z, turned(y as tf.Tensor2D), tf.add(turned(z as tf.Tensor2D), y)]
    })
  })

  it('cuts tensors of one row, and leaves those that have no divisor alone', () => {
    for (const shape of [
      [1, ROWS * COLUMNS],
      [ROWS * COLUMNS, 1],
      [1, 524309],
      [7, 7 * 16384]
    ] as const)
      expectAgreement(() => tf.sub(tf.mul(large(1, shape), 2), tf.mul(large(2, shape), large(1, shape))))
  })

  it('gives chains through several shapes', () => {
    expectAgreement(() => {
      const wide = tf.mul(tf.reshape(tf.mul(large(1), row(2)), [ROWS / 2, COLUMNS * 2]), row(3, COLUMNS * 2))
      const long = tf.sub(tf.reshape(tf.relu(wide), [ROWS * 2, COLUMNS / 2]), row(4, COLUMNS / 2))
      const flat = tf.mul(tf.reshape(long, [ROWS * COLUMNS]), 0.5)
      return [flat, wide, tf.sum(long, 0), tf.sum(tf.reshape(tf.add(flat, 1), [ROWS, COLUMNS]), 0)]
    })
  })

  it('gives a batch norm and its gradients', () => {
    expectAgreement(() => {
      const images = tf.tensor4d(numbers(1, 8 * 32 * 32 * 64), [8, 32, 32, 64])
      const [gamma, beta] = [tf.tensor1d(numbers(2, 64)), tf.tensor1d(numbers(3, 64))]
      const weight = tf.tensor4d(numbers(4, 8 * 32 * 32 * 64), [8, 32, 32, 64])
      const f = (x: tf.Tensor, a: tf.Tensor, b: tf.Tensor) =>
        tf.sum(tf.mul(tf.relu(batchNormTrain(x, a as tf.Tensor1D, b as tf.Tensor1D, 1e-5).y), weight))
      return tf.grads(f)([images, gamma, beta])
    }, 'training')
  })

  it('gives random programs of operators in and out of blocks', () => {
    for (let seed = 1; seed <= 4; seed++)
      expectAgreement(() => {
        const draws = numbers(seed, 400)
        let at = 0
        const draw = (n: number): number => Math.floor(((draws[at++]! + 1) / 2) * n)
        const made: Array<tf.Tensor2D> = [large(seed), large(seed + 100)]
        const one = () => made[Math.max(0, made.length - 1 - draw(4))]!
        const steps: ReadonlyArray<() => tf.Tensor> = [
          () => tf.mul(one(), one()),
          () => tf.add(one(), one()),
          () => tf.sub(one(), row(draw(9))),
          () => tf.relu(one()),
          () => tf.mul(one(), 0.5),
          () => turned(one()),
          () => {
            const wide = tf.mul(tf.reshape(one(), [ROWS / 2, COLUMNS * 2]), row(draw(9), COLUMNS * 2))
            return tf.reshape(wide, [ROWS, COLUMNS])
          },
          () => tf.sub(one(), tf.div(tf.sum(one(), 0, true), ROWS))
        ]
        for (let i = 0; i < 14; i++) made.push(tf.tanh(steps[draw(steps.length)]!()) as tf.Tensor2D)
        return [made.at(-1)!, made[draw(made.length)]!]
      })
  })

  it('gives the same bits in every run', () => {
    const program = () => tf.sum(tf.relu(tf.sub(tf.mul(large(1), row(2)), 0.1)), 0)
    expect(resultsOn(ort, program)).toEqual(resultsOn(ort, program))
  })
})

const shape = [ROWS, COLUMNS]

const blocked = (nodes: ReadonlyArray<OnnxNode>, outputs: ReadonlyArray<string>, inputs: ReadonlyArray<string> = []) =>
  cacheBlocked(nodes, {
    shapeOf: (name) => (name.startsWith('row') ? [1, COLUMNS] : name === 'ones' ? [1, ROWS] : shape),
    constants: new Map([['ones', constant('ones', [1, ROWS], new Float32Array(ROWS).fill(1))]]),
    inputs: new Map(inputs.map((name) => [name, { name, shape, dtype: 'float32' }])),
    outputs: new Set(outputs)
  })

const ops = (nodes: ReadonlyArray<OnnxNode>) => nodes.map(({ op }) => op)

const bodiesOf = (nodes: ReadonlyArray<OnnxNode>) =>
  nodes.flatMap(({ attributes }) =>
    Object.values<Attributes[string]>(attributes).flatMap((a) => (a._tag === 'graph' ? [ops(a.value.nodes)] : []))
  )

describe('the nodes in blocks', () => {
  const chain = [node('Mul', ['x', 'row a'], ['p']), node('Add', ['p', 'row b'], ['q']), node('Relu', ['q'], ['y'])]

  it('are one Scan that reads the rows around it', () => {
    const { nodes } = blocked([node('Gather', ['w', 'i'], ['x']), ...chain], ['y'])
    expect(bodiesOf(nodes)).toEqual([['Mul', 'Add', 'Relu']])
    const scan = nodes.find(({ op }) => op === 'Scan')!
    expect(readsOf(scan)).toEqual(expect.arrayContaining(['row a', 'row b']))
    expect(scan.outputs).toEqual(['y'])
  })

  it('view inputs in another shape instead of copying them', () => {
    const { nodes, views, shapes } = blocked(chain, ['y'], ['x'])
    expect(ops(nodes)).toEqual(['Scan'])
    expect(views.map(({ of, ref }) => [of, ref.name, ref.shape])).toEqual([['x', nodes[0]!.inputs[0], [2, 512, 512]]])
    expect([...shapes]).toEqual([['y', [2, 512, 512]]])
  })

  it('that only the backward pass needs are not computed in the forward pass', () => {
    const { nodes } = blocked(
      [
        node('Gather', ['w', 'i'], ['x']),
        ...chain,
        node('Gather', ['y', 'i'], ['z']),
        node('Gather', ['z', 'j'], ['d']),
        node('HardSigmoid', ['y'], ['mask']),
        node('Mul', ['d', 'mask'], ['e']),
        node('Mul', ['e', 'x'], ['f']),
        node('MatMul', ['ones', 'f'], ['row sums'])
      ],
      ['e', 'row sums']
    )
    expect(bodiesOf(nodes)).toEqual([
      ['Mul', 'Add', 'Relu'],
      ['HardSigmoid', 'Mul', 'Mul', 'MatMul']
    ])
  })

  it('are left alone where they are small, alone, or between two that depend on them', () => {
    const single = [node('Gather', ['w', 'i'], ['x']), node('Relu', ['x'], ['y'])]
    expect(blocked(single, ['y']).nodes).toBe(single)
    const around = [
      ...chain,
      node('Gather', ['y', 'i'], ['z']),
      node('Mul', ['z', 'y'], ['u']),
      node('Add', ['u', 'row a'], ['v']),
      node('Relu', ['v'], ['o'])
    ]
    expect(bodiesOf(blocked(around, ['o']).nodes)).toEqual([
      ['Mul', 'Add', 'Relu'],
      ['Mul', 'Add', 'Relu']
    ])
  })
})
