import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { acquireEngine, type EngineOptions } from '../../../src/engine/index.js'
import { expectMapped, tensorOf } from '../engines.js'

const ask = async (options: EngineOptions): Promise<void> =>
  expect(E.isRight(await acquireEngine('onnxruntime', options)())).toBe(true)

const picture = (): tf.Tensor4D => tensorOf(1, [4, 32, 32, 3]) as tf.Tensor4D
const first = (): tf.Tensor4D => tensorOf(2, [7, 7, 3, 16]) as tf.Tensor4D
const second = (): tf.Tensor4D => tensorOf(3, [3, 3, 16, 32], 0.1) as tf.Tensor4D

/** Pictures through a wide window with a stride, then a 3x3 window over 16 and 8 pixels. */
const maps = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
  tf.conv2d(tf.relu(tf.conv2d(picture(), a as tf.Tensor4D, 2, 3, 'NHWC', 1, 'floor')), b as tf.Tensor4D, 1, 'same')

// the process's one backend: other machines' choices, one after the other
describe.each([0, 8, 16] as const)('forms by the costs of machines with blocks of %i channels', (block) => {
  beforeAll(() => ask({ block }))
  afterAll(() => ask({}))

  it('compute the same', () => {
    expectMapped(() => maps(first(), second()), 'sums')
  })

  it('have the same gradients', () => {
    expectMapped(() => tf.grads((a, b) => tf.mul(maps(a, b), 0.1))([first(), second()]), 'sums')
  })
})
