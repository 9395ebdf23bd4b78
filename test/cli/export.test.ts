import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { Io, loadPredictor } from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { images, predicted, runOnnx } from '../emit/session.js'
import { cpu, expectClose } from '../engine/engines.js'
import { right } from '../io/workplace.js'
import { placeForRuns, tiny } from './graft.js'

const { folder, graft } = placeForRuns()

beforeAll(async () => {
  expect((await graft(...tiny, '--out', 'run', '--engine', 'cpu')).code).toBe(0)
})

describe('graft export', () => {
  it("exports the model of a run's directory as ONNX with the same outputs", async () => {
    const { code, stdout } = await graft('export', 'run', '--onnx', 'net.onnx')
    expect([code, stdout]).toEqual([0, 'net.onnx\n'])
    const { plan, state } = right(await loadPredictor(join(folder, 'run/model.safetensors'))({ files: Io.nodeFiles })())
    const x = images(plan.input, 2)
    const { data } = await runOnnx(join(folder, 'net.onnx'), plan.input, x, 2)
    const host = (values: Float32Array) => [{ shape: [2, 2], dtype: 'float32', data: [...values] }]
    expectClose(host(data), host(predicted(cpu, plan, state, x, 2)), 'sums')
  })

  it('outputs probabilities, and writes weights to a second file, when told to', async () => {
    const { code, stdout } = await graft(
      ...['export', 'run/model.safetensors', '--onnx', 'out/net.onnx', '--activation', '--weights-beside', '--json']
    )
    expect(code).toBe(0)
    const { files } = JSON.parse(stdout) as { readonly files: ReadonlyArray<string> }
    expect(files).toEqual(['out/net.onnx', expect.stringMatching(/^out\/net\.onnx\.[0-9a-f]{16}\.data$/)])
    const { data } = await runOnnx(join(folder, 'out/net.onnx'), [3, 28, 28], images([3, 28, 28], 1), 1)
    expect(data[0]! + data[1]!).toBeCloseTo(1)
  })

  it('refuses a file name without .onnx, so that a model is not replaced by its export', async () => {
    const model = readFileSync(join(folder, 'run/model.safetensors'))
    const { code, stderr } = await graft('export', 'run', '--onnx', 'run/model.safetensors')
    expect(code).toBe(2)
    expect(stderr).toContain('a name that ends in .onnx')
    expect(readFileSync(join(folder, 'run/model.safetensors'))).toEqual(model)
  })

  it('writes a folder, with ONNX beside when asked for, that predicts like the run', async () => {
    const { code, lines } = await graft('export', 'run', '--out', 'exported', '--onnx')
    expect([code, lines]).toEqual([0, ['exported/model.safetensors', 'exported/model.onnx']])
    expect(readdirSync(join(folder, 'exported')).sort()).toEqual(['model.onnx', 'model.safetensors'])
    const picture = join(
      'digits',
      readdirSync(join(folder, 'digits'), { recursive: true, encoding: 'utf8' }).find((f) => f.endsWith('.png'))!
    )
    const [run, exported] = [
      await graft('predict', 'run', picture, '--json'),
      await graft('predict', 'exported', picture, '--json')
    ]
    expect([exported.code, exported.stdout]).toEqual([0, run.stdout])
    // of that folder, another; and of a run's, none
    expect((await graft('export', 'exported', '--out', 'again')).code).toBe(0)
    const refused = await graft('export', 'exported', '--out', 'run')
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('one that contains a run')])
  })

  it('requires the name of the file', async () => {
    const { code, stderr } = await graft('export', 'run')
    expect(code).toBe(2)
    expect(stderr).toContain('--onnx')
  })

  it('writes nothing before it has checked every name and flag', async () => {
    for (const wrong of [['--onnx', 'model.txt'], ['--activation'], ['--weights-beside']]) {
      const { code, stderr } = await graft('export', 'run', '--out', 'refused', ...wrong)
      expect([code, stderr]).toEqual([2, expect.stringContaining(wrong[0]!)])
    }
    expect(existsSync(join(folder, 'refused'))).toBe(false)
  })

  it('names a file that is not a model, and writes nothing', async () => {
    const { code, stderr } = await graft('export', 'data.json', '--onnx', 'none.onnx')
    expect(code).toBe(1)
    expect(stderr).toContain('data.json')
    expect(existsSync(join(folder, 'none.onnx'))).toBe(false)
  })
})

describe('graft export with calibration and preprocessing', () => {
  it('exports what it fitted on the data of the run, and predictions apply it', async () => {
    const how = ['--calibrate', '--abstain', 'energy:0.5']
    const { code, stderr } = await graft('export', 'run', '--out', 'fitted', ...how)
    expect(code, stderr).toBe(0)
    expect(stderr).toMatch(/^temperature \d+\.\d{4}: NLL .* -> .*, ECE .* -> /m)
    expect(stderr).toMatch(/abstains by energy below .*: answers 5\d\.\d % of the validation images, with accuracy/)
    const predicted = await graft('predict', 'fitted', 'digits/valid', '--json')
    const answers = predicted.lines.map((line) => JSON.parse(line) as { class: string; abstained?: { _tag: string } })
    const none = answers.filter((answer) => answer.class === 'none of these')
    expect(none.length).toBe(12)
    expect(none.every(({ abstained }) => abstained?._tag === 'NoneOfThese')).toBe(true)
    expect((await graft('predict', 'fitted', 'digits/valid')).stdout).toContain('none of these')
  })

  it('writes images and scores by which a model with its own preprocessing is checked', async () => {
    const how = ['--activation', '--preprocessing', 'in-graph', '--reference', 'digits/valid/3']
    const { code, stderr, lines } = await graft('export', 'run', '--onnx', 'own/model.onnx', '--calibrate', ...how)
    expect(code, stderr).toBe(0)
    expect(lines).toContain(join('own', 'reference', 'reference.json'))
    const { images } = JSON.parse(readFileSync(join(folder, 'own/reference/reference.json'), 'utf8')) as {
      images: ReadonlyArray<{ pixels: string; scores: ReadonlyArray<number> }>
    }
    const session = await InferenceSession.create(join(folder, 'own/model.onnx'), { logSeverityLevel: 3 })
    for (const { pixels, scores } of images) {
      const bytes = readFileSync(join(folder, 'own/reference', pixels))
      const start = 10 + bytes.readUInt16LE(8)
      const input = new Tensor('uint8', new Uint8Array(bytes.subarray(start)), [1, 28, 28, 3])
      const { output } = await session.run({ images: input })
      scores.forEach((score, i) => expect((output!.data as Float32Array)[i]).toBeCloseTo(score, 5))
    }
    await session.release()
  })

  it.each([
    [['--onnx', 'a.onnx', '--preprocessing', 'inside'], '--preprocessing'],
    [['--out', 'a', '--preprocessing', 'in-graph'], '--preprocessing'],
    [['--onnx', 'a.onnx', '--reference', 'digits'], '--reference'],
    [['--out', 'a', '--abstain', 'often'], '--abstain'],
    [['--out', 'a', '--data', 'digits'], '--data'],
    [['--onnx', 'a.onnx', '--abstain', 'knn'], '--abstain']
  ])('rejects %j', async (options, path) => {
    const { code, stderr } = await graft('export', 'run', ...options)
    expect([code, stderr.includes(`SettingError at ${path}`)], stderr).toEqual([2, true])
  })
})
