import * as tf from '@tensorflow/tfjs-core'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { convolve } from '../../../src/engine/index.js'
import { grouped, merged, mergedBy, type Grouped } from '../../../src/engine/onnxruntime/conv/grouped.js'
import { windowOf } from '../../../src/engine/onnxruntime/conv/index.js'
import { graph, type CompilerSettings } from '../../../src/engine/onnxruntime/graph/Graph.js'
import { plain, plainly } from '../../../src/engine/onnxruntime/graph/Layout.js'
import { loadNative } from '../../../src/engine/onnxruntime/running/native.js'
import { writeOnnx } from '../../../src/format/bytes/onnx.js'
import { cpu, expectNear, numbers, resultsOn, sizeOf, tensorOf } from '../engines.js'

const loaded = loadNative()
if (isLeft(loaded)) throw new Error(loaded.left.error.hint)
const native = loaded.right
const settings: CompilerSettings = { exactConv: false, block: 0 }

type Shape4 = [number, number, number, number]

const groups = 6
const filterShape: Shape4 = [3, 3, 2, 18]
const inputShape: Shape4 = [2, 8, 7, 12]

const groupedOf = (stride: number, dilation: number): Grouped => {
  const whole: Shape4 = [3, 3, 12, 18]
  const info = tf.backend_util.computeConv2DInfo(inputShape, whole, stride, dilation, 2, 'floor')
  return {
    groups,
    whole: {
      window: windowOf(info),
      images: 2,
      channels: 12,
      filters: 18,
      input: info.inShape,
      output: info.outShape
    }
  }
}

/** Output and gradients with so many groups at a time. */
const computed = (c: Grouped, count: number): ReadonlyArray<ArrayLike<number>> => {
  const g = graph(settings)
  const m = mergedBy(c, count)
  const shapes = [inputShape, filterShape, c.whole.output]
  const [x, filter, dy] = shapes.map((shape) => g.input('float32', shape, false)) as [
    ReturnType<typeof g.input>,
    ReturnType<typeof g.input>,
    ReturnType<typeof g.input>
  ]
  const results = [
    plain(g, grouped.forward(g, plainly(x), filter, m)),
    plain(g, grouped.input(g, plainly(dy), filter, m)),
    grouped.filter(g, plainly(x), plainly(dy), m)
  ]
  const { main } = g.finish(results)
  const session = native.session(writeOnnx(main.model), 1)
  try {
    const feeds = main.inputs.map(({ ref, origin }) => {
      const data = numbers(1 + origin.index, sizeOf(shapes[origin.index]!))
      return [ref.name, native.tensor('float32', data, ref.shape)] as const
    })
    const fetches = Object.fromEntries(main.outputs.map(({ name }) => [name, null]))
    const found = session.run(Object.fromEntries(feeds), fetches, {})
    return main.outputs.map(({ name }) => found[name]!.data as Float32Array)
  } finally {
    session.dispose()
  }
}

const expected = (c: Grouped) =>
  resultsOn(cpu, () => {
    const { stride, dilation } = c.whole.window
    const on = (x: tf.Tensor, filter: tf.Tensor) =>
      convolve(x as tf.Tensor4D, filter as tf.Tensor4D, { stride, dilation, padding: [2, 2], groups })
    const [x, filter] = [tensorOf(1, inputShape), tensorOf(2, filterShape)]
    return [on(x, filter), ...tf.grads(on)([x, filter], tensorOf(3, c.whole.output))]
  })

const windows = [
  [1, 1],
  [2, 1],
  [1, 2],
  [2, 2]
] as const

describe('a convolution in six groups', () => {
  it.each(windows.flatMap(([stride, dilation]) => [1, 2, 3, 6].map((count) => [stride, dilation, count] as const)))(
    'is the same for any number of merged groups: stride %i, dilation %i, %i merged',
    (stride, dilation, count) => {
      const c = groupedOf(stride, dilation)
      const results = computed(c, count)
      expected(c).forEach(({ data }, i) => expectNear(results[i]!, data, 'sums'))
    }
  )

  it('merges as many groups as the cost table chooses, always a divisor of their number', () => {
    const { count, parts } = merged(groupedOf(1, 1), settings)
    expect(count * parts).toBe(groups)
    // products of 2 channels are too small to be worth an operator each
    expect(count).toBeGreaterThan(1)
  })
})
