import { fc, test } from '@fast-check/vitest'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { pixelShuffle } from '../../src/engine/fusedPixelShuffle.js'
import { expectMapped, tensorOf } from './engines.js'

const sides = fc.constantFrom(1, 2, 3, 4, 6, 8)

/** Images before the shuffle, some of which have rows ordered by tiles before it, after it or both. */
const cases = fc.record({
  seed: fc.integer({ min: 1, max: 1 << 30 }),
  scale: fc.constantFrom(1, 2, 3),
  images: fc.constantFrom(1, 3),
  height: sides,
  width: sides,
  channels: fc.integer({ min: 1, max: 5 })
})

describe('a pixel shuffle', () => {
  it('moves groups of channels to blocks of pixels, row by row', () => {
    const x = tf.tensor4d([1, 2, 3, 4, 10, 20, 30, 40], [1, 1, 1, 8])
    expect([...pixelShuffle(x, 2).dataSync()]).toEqual([1, 10, 2, 20, 3, 30, 4, 40])
  })

  test.prop([cases], { seed: 20261130, numRuns: 30 })(
    'is the same on every engine, as is its gradient, also between convolutions',
    ({ seed, scale, images, height, width, channels }) => {
      const shape = [images, height, width, channels * scale ** 2]
      const filter = tensorOf(seed + 1, [1, 1, shape[3]!, shape[3]!]) as tf.Tensor4D
      const small = tensorOf(seed + 2, [1, 1, channels, channels]) as tf.Tensor4D
      const weights = tensorOf(seed + 3, [images, height * scale, width * scale, channels])
      expectMapped(() => {
        const x = tensorOf(seed, shape) as tf.Tensor4D
        const large = (z: tf.Tensor4D) => pixelShuffle(tf.conv2d(z, filter, 1, 'same'), scale)
        const loss = (z: tf.Tensor) => tf.sum(tf.mul(tf.conv2d(large(z as tf.Tensor4D), small, 1, 'same'), weights))
        return [pixelShuffle(x, scale), large(x), tf.grad(loss)(x)]
      }, 'training')
    }
  )
})
