// The scaling, cropping and padding that an ONNX model does itself are those of the loader.
import { some } from 'fp-ts/lib/Option.js'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { arch, Format, nn, type OnnxOptions, plan, type Resize, toOnnx } from 'graft-vision'
import { Io } from 'graft-vision/node'
import { describe, expect, it } from 'vitest'
import { left, right } from '../io/workplace.js'

const stats = { mean: [0, 0, 0], std: [1, 1, 1] }
const pass = arch({ name: 'pass', network: nn.sequential(nn.named('conv', nn.conv2d(3, 3, 1, { bias: false }))) })
const identity = new Map([['conv.weight', Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1)]])

const opened = (options: OnnxOptions, [height, width]: readonly [number, number]) => {
  const planned = right(plan({ input: [3, height, width] })(pass))
  const model = right(toOnnx(planned, identity, { preprocessing: 'inGraph', stats, ...options }))
  return InferenceSession.create(Format.writeOnnx(model), { logSeverityLevel: 3 })
}

/** Levels without a pattern. */
const noise = (length: number): Uint8Array => {
  let state = length
  return Uint8Array.from({ length }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24)
}

/** Levels by the model, pixels last. */
const levelsOf = async (session: InferenceSession, data: Uint8Array, dims: ReadonlyArray<number>) => {
  const { output } = await session.run({ images: new Tensor('uint8', data, dims) })
  const [n, , h, w] = output!.dims as [number, number, number, number]
  const values = output!.data as Float32Array
  return Array.from({ length: n * h * w * 3 }, (_, i) => {
    const [image, pixel, c] = [Math.floor(i / (h * w * 3)), Math.floor(i / 3) % (h * w), i % 3]
    return Math.round(values[(image * 3 + c) * h * w + pixel]! * 255)
  })
}

const sizes: ReadonlyArray<readonly [number, number]> = [
  ...([
    [1, 1],
    [5, 3],
    [24, 20],
    [24, 31],
    [97, 13],
    [61, 83],
    [50, 400],
    [700, 3],
    [23, 19]
  ] as const)
]

describe('preprocessing in the graph', () => {
  it.each(['crop', 'pad', 'squish'] satisfies Resize[])(
    'equals that of the loader for any size of images: %s',
    async (resize) => {
      const session = await opened({ resize }, [24, 20])
      for (const [height, width] of sizes) {
        const data = noise(height * width * 3)
        const png = right(await Io.sharpImages().encode({ data, height, width, channels: 3 })())
        const how = { size: some([24, 20] as const), resize }
        const { data: expected } = right(await Io.sharpImages().decode('a.png', png, how)())
        const found = await levelsOf(session, data, [1, height, width, 3])
        expect(found, `${height} x ${width}`).toEqual([...expected])
      }
      await session.release()
    }
  )

  it('takes batches of images of the same size, and normalises', async () => {
    const session = await opened({ resize: 'crop', stats: { mean: [0.5, 0, 0], std: [0.25, 1, 1] } }, [4, 4])
    const data = noise(2 * 9 * 7 * 3)
    const [both, second] = [
      await session.run({ images: new Tensor('uint8', data, [2, 9, 7, 3]) }),
      await session.run({ images: new Tensor('uint8', data.slice(9 * 7 * 3), [1, 9, 7, 3]) })
    ]
    const values = both['output']!.data as Float32Array
    expect([...values.slice(48)]).toEqual([...(second['output']!.data as Float32Array)])
    expect(Math.min(...values.slice(0, 16))).toBeLessThan(0)
    await session.release()
  })

  it('needs the statistics and how images are resized', () => {
    const planned = right(plan({ input: [3, 8, 8] })(pass))
    expect(left(toOnnx(planned, identity, { preprocessing: 'inGraph' }))[0].expected).toContain('resize and stats')
  })

  it('divides by the temperature before the activation alone', () => {
    const planned = right(plan({ input: [3, 8, 8] })(pass))
    const ops = (options: OnnxOptions) =>
      right(toOnnx(planned, identity, { temperature: 2, ...options })).nodes.map(({ op }) => op)
    expect(ops({ activation: 'sigmoid' })).toEqual(['Conv', 'Div', 'Sigmoid'])
    expect(ops({})).toEqual(['Conv', 'Identity'])
  })
})
