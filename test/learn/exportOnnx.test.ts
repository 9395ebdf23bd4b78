import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { arch, classification, imagenetStats, nn, plan } from 'graft-vision'
import { Engine, exportOnnx, Io, type Predictor } from 'graft-vision/node'
import { describe, expect, it } from 'vitest'
import { images, predicted, runOnnx } from '../emit/session.js'
import { cpu, expectClose } from '../engine/engines.js'
import { left, right, workplace } from '../io/workplace.js'

const folder = workplace()
const network = nn.sequential(
  nn.named('conv', nn.conv2d(3, 64, 3)),
  nn.flatten,
  nn.named('fc', nn.linear(64 * 6 * 6, 2))
)
const task = classification(['ant', 'bee'])
const predictor = (seed: number): Predictor => {
  const p = right(plan({ input: [3, 8, 8], task })(arch({ name: 'net', network })))
  return {
    plan: p,
    state: Engine.initialState(p, seed),
    task,
    stats: imagenetStats,
    resize: 'crop',
    decoding: Io.defaultDecoding,
    activation: 'softmax'
  }
}

const exported = (file: string, seed: number, options: Parameters<typeof exportOnnx>[1] = {}, files = Io.nodeFiles) =>
  exportOnnx(join(folder, file), options)(predictor(seed))({ files })()

/** The file gives what the network gives. */
const expectNetwork = async (file: string, seed: number) => {
  const { plan: p, state } = predictor(seed)
  const x = images(p.input, 2)
  const { data } = await runOnnx(join(folder, file), p.input, x, 2)
  const host = (values: Float32Array) => [{ shape: [2, 2], dtype: 'float32', data: [...values] }]
  expectClose(host(data), host(predicted(cpu, p, state, x, 2)), 'sums')
}

const filesIn = (name: string) => readdirSync(join(folder, name)).sort()

describe('exportOnnx', () => {
  it("writes one file with the network's outputs", async () => {
    expect(right(await exported('inside/net.onnx', 1))).toEqual([join(folder, 'inside/net.onnx')])
    expect(filesIn('inside')).toEqual(['net.onnx'])
    await expectNetwork('inside/net.onnx', 1)
  })

  it('writes the weights beside when told to, and ONNX Runtime finds them', async () => {
    const [model, weights] = right(await exported('beside/net.onnx', 1, { weightsBeside: true }))
    expect(filesIn('beside')).toEqual([basename(model!), basename(weights!)])
    expect(statSync(model!).size).toBeLessThan(2500)
    expect(statSync(weights!).size).toBeGreaterThan(4 * 64 * 6 * 6 * 2)
    await expectNetwork('beside/net.onnx', 1)
  })

  it('replaces an earlier export together with its weights, and nothing else', async () => {
    const beside = { weightsBeside: true }
    right(await exported('again/net.onnx', 1, beside))
    right(await exported('again/other.onnx', 1, beside))
    const [, weights] = right(await exported('again/net.onnx', 2, beside))
    expect(filesIn('again').filter((name) => name.startsWith('net.'))).toEqual(['net.onnx', basename(weights!)])
    await expectNetwork('again/net.onnx', 2)
    await expectNetwork('again/other.onnx', 1)
    right(await exported('again/net.onnx', 3))
    expect(filesIn('again').filter((name) => name.startsWith('net.'))).toEqual(['net.onnx'])
    await expectNetwork('again/net.onnx', 3)
  })

  it('leaves an earlier export whole when the new one stops between its two files', async () => {
    const beside = { weightsBeside: true }
    right(await exported('stopped/net.onnx', 1, beside))
    const full: Io.Files = { ...Io.nodeFiles, write: (at) => TE.left(Io.fromSystem(at)({ code: 'ENOSPC' })) }
    expect(left(await exported('stopped/net.onnx', 2, beside, full))).toMatchObject({ _tag: 'DiskFull' })
    await expectNetwork('stopped/net.onnx', 1)
    // what was left lying is gone with the next export
    right(await exported('stopped/net.onnx', 1, beside))
    expect(filesIn('stopped')).toHaveLength(2)
  })

  it('leaves nothing behind when the weights cannot be written', async () => {
    const full: Io.Files = { ...Io.nodeFiles, append: (at) => TE.left(Io.fromSystem(at)({ code: 'ENOSPC' })) }
    const error = left(await exported('full/net.onnx', 1, { weightsBeside: true }, full))
    expect(error).toMatchObject({ _tag: 'DiskFull' })
    expect(filesIn('full')).toEqual([])
  })

  it('ends with the loss’s activation when told to', async () => {
    right(await exported('activated.onnx', 1, { activation: true }))
    const { data } = await runOnnx(join(folder, 'activated.onnx'), [3, 8, 8], images([3, 8, 8], 1), 1)
    expect(data[0]! + data[1]!).toBeCloseTo(1)
  })

  it('writes the same bytes each time', async () => {
    for (const file of ['one.onnx', 'two.onnx']) right(await exported(file, 1))
    expect(readFileSync(join(folder, 'one.onnx'))).toEqual(readFileSync(join(folder, 'two.onnx')))
  })

  it('reports a missing array, and a file that cannot be written', async () => {
    const at = join(folder, 'never.onnx')
    const missing = left(await exportOnnx(at)({ ...predictor(1), state: new Map() })({ files: Io.nodeFiles })())
    expect(missing).toMatchObject({ _tag: 'Mistakes', what: at, errors: [{ path: 'conv.weight' }, {}, {}, {}] })
    expect(existsSync(at)).toBe(false)
    mkdirSync(join(folder, 'folder.onnx'))
    expect(left(await exported('folder.onnx', 1))).toMatchObject({ path: join(folder, 'folder.onnx') })
  })
})
