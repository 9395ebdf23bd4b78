import { fc, test } from '@fast-check/vitest'
import * as tf from '@tensorflow/tfjs-core'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { writeOnnx } from '../../../src/format/bytes/onnx.js'
import { convForms, windowOf, type Convolution, type Direction } from '../../../src/engine/onnxruntime/conv/index.js'
import { graph, type CompilerSettings } from '../../../src/engine/onnxruntime/graph/Graph.js'
import { images, plain, plainly, type Laid } from '../../../src/engine/onnxruntime/graph/Layout.js'
import { loadNative } from '../../../src/engine/onnxruntime/running/native.js'
import { probeBlock } from '../../../src/engine/onnxruntime/running/probeBlock.js'
import { direct } from '../../../src/engine/onnxruntime/conv/patches.js'
import { winograd2, winograd4 } from '../../../src/engine/onnxruntime/conv/winograd.js'
import { cpu, expectClose, expectNear, numbers, resultsOn, sizeOf, tensorOf } from '../engines.js'

const SEED = 20260103

const loaded = loadNative()
if (isLeft(loaded)) throw new Error(loaded.left.error.hint)
const native = loaded.right
const settings: CompilerSettings = { exactConv: false, block: probeBlock(native) }

interface Shape {
  readonly images: number
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly filters: number
  readonly kernel: number
  readonly stride: number
  readonly pad: number
}

const filterShape = (s: Shape): [number, number, number, number] => [s.kernel, s.kernel, s.channels, s.filters]

const inputShape = (s: Shape): [number, number, number, number] => [s.images, s.height, s.width, s.channels]

const convolutionOf = (s: Shape): Convolution => {
  const info = tf.backend_util.computeConv2DInfo(inputShape(s), filterShape(s), s.stride, 1, s.pad, 'floor')
  return {
    window: windowOf(info),
    images: s.images,
    channels: s.channels,
    filters: s.filters,
    input: info.inShape,
    output: info.outShape
  }
}

/** What a form computes of two operands, run by itself. */
const computed = (form: (typeof convForms)[number], c: Convolution, s: Shape, direction: Direction, seed: number) => {
  const g = graph(settings)
  const shapes = { x: c.input, w: filterShape(s), dy: c.output }
  const [first, second] = { forward: ['x', 'w'], input: ['dy', 'w'], filter: ['x', 'dy'] }[direction] as [
    keyof typeof shapes,
    keyof typeof shapes
  ]
  const operands = [first, second].map((name) => g.input('float32', shapes[name], false))
  const [a, b] = operands.map((ref) => plainly(ref)) as [Laid, Laid]
  const results = {
    forward: () => plain(g, images(g, form.forward(g, a, b.ref, c), c.output)),
    input: () => plain(g, images(g, form.input(g, a, b.ref, c), c.input)),
    filter: () => form.filter(g, a, b, c)
  }
  const { main } = g.finish([results[direction]()])
  const session = native.session(writeOnnx(main.model), 1)
  const data = [first, second].map((name, i) => numbers(seed + i, sizeOf(shapes[name])))
  const feeds = main.inputs.map(
    ({ ref, origin }) => [ref.name, native.tensor('float32', data[origin.index]!, ref.shape)] as const
  )
  try {
    return session.run(Object.fromEntries(feeds), { [main.outputs[0]!.name]: null }, {})[main.outputs[0]!.name]!.data
  } finally {
    session.dispose()
  }
}

const expected = (c: Convolution, s: Shape, direction: Direction, seed: number) =>
  resultsOn(cpu, () => {
    const conv = (x: tf.Tensor, w: tf.Tensor) =>
      tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, s.stride, s.pad, 'NHWC', 1, 'floor')
    const operand = (at: number, shape: ReadonlyArray<number>) => tensorOf(seed + at, [...shape])
    if (direction === 'forward') return conv(operand(0, c.input), operand(1, filterShape(s)))
    if (direction === 'input') {
      const w = operand(1, filterShape(s))
      return tf.grad((x) => conv(x, w))(tf.zeros([...c.input]), operand(0, c.output))
    }
    const x = operand(0, c.input)
    return tf.grad((w) => conv(x, w))(tf.zeros(filterShape(s)), operand(1, c.output))
  })

const shapes = fc.record({
  images: fc.constantFrom(1, 3, 5),
  height: fc.integer({ min: 3, max: 18 }),
  width: fc.integer({ min: 3, max: 18 }),
  channels: fc.constantFrom(1, 3, 5),
  filters: fc.constantFrom(2, 16),
  kernel: fc.constantFrom(1, 3, 5),
  stride: fc.integer({ min: 1, max: 2 }),
  pad: fc.integer({ min: 0, max: 2 })
})

describe.each(convForms.map((form) => [form.name, form] as const))('the form %s', (_, form) => {
  test.prop([shapes, fc.constantFrom<Direction>('forward', 'input', 'filter'), fc.integer({ min: 1, max: 1 << 20 })], {
    seed: SEED,
    numRuns: 40
  })('equals the cpu kernels for every convolution that it supports', (s, direction, seed) => {
    fc.pre(s.pad < s.kernel && Math.min(s.height, s.width) + 2 * s.pad >= s.kernel)
    const c = convolutionOf(s)
    fc.pre(form.applies(c, direction, settings))
    const result = computed(form, c, s, direction, seed)
    const [reference] = expected(c, s, direction, seed)
    expectClose([{ ...reference!, data: Array.from(result) }], [reference!], 'sums')
  })
})

describe('maps that are computed in parts', () => {
  it.each(
    [winograd2, winograd4].flatMap((form) =>
      (['forward', 'input', 'filter'] as const).flatMap((direction) =>
        (
          [
            [16, 16],
            [18, 14]
          ] as const
        ).map(([height, width]) => [form.name, direction, height, width, form] as const)
      )
    )
  )('are those of the direct form: %s, %s, %ix%i', (_, direction, height, width, form) => {
    const s: Shape = { images: 24, height, width, channels: 32, filters: 48, kernel: 3, stride: 1, pad: 1 }
    const c = convolutionOf(s)
    const [result, reference] = [form, direct].map((each) => computed(each, c, s, direction, 1))
    // in units of their ordinary size
    const unit = Math.sqrt(Array.from(reference!).reduce((sum, x) => sum + x * x, 0) / reference!.length)
    const inUnits = (data: ArrayLike<number>) => Array.from(data, (x) => x / unit)
    expectNear(inUnits(result!), inUnits(reference!), 'sums')
  })
})

it.each([
  ['shares transformed images between the forward pass and the gradient of the weights', 8, 1],
  ['transforms images of more than 100 MB again for the gradient of the weights', 9, 2]
] as const)('%s', (_, count, times) => {
  const s: Shape = { images: count, height: 256, width: 256, channels: 21, filters: 4, kernel: 3, stride: 1, pad: 1 }
  const [g, c] = [graph(settings), convolutionOf(s)]
  const [x, w, dy] = [c.input, filterShape(s), c.output].map((shape) => plainly(g.input('float32', shape, false)))
  const results = [winograd4.forward(g, x!, w!.ref, c), winograd4.filter(g, x!, dy!, c)]
  const { nodes } = g.finish(results).main.model
  // one gather for each part, and the order of the pixels of x and of dy
  const parts = nodes.filter(({ op }) => op === 'Concat')[0]!.inputs.length
  expect(nodes.filter(({ op }) => op === 'Gather')).toHaveLength(times * (parts + 1) + 1)
  expect(nodes.filter(({ op }) => op === 'Pad')).toHaveLength(times)
})

it('finds blocks of channels, or none, on any machine', () => {
  expect([0, 8, 16]).toContain(settings.block)
})
