import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { Recipe } from 'graft-vision'
import { beginRun, carryOn, learner, openData, type Prediction, type RunDescription, validate } from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { right } from '../io/workplace.js'
import { drawn, envWith, model } from '../learn/tiny.js'
import { main, type Outcome, placeForRuns, tiny } from './graft.js'

const { folder, file, graft, spawned, start } = placeForRuns()

beforeAll(async () => {
  expect((await graft(...tiny, '--out', 'run', '--lr', '1e-2')).code).toBe(0)
})

describe('graft predict', () => {
  const aThree = (): string => join('digits/valid/3', readdirSync(join(folder, 'digits/valid/3'))[0]!)

  it("prints image, class and probability, given a run's directory or its model", async () => {
    const byRun = await graft('predict', 'run', aThree())
    expect(byRun.code).toBe(0)
    expect(byRun.stdout).toMatch(/^digits\/valid\/3\/\d+\.png {2}[37] {2}[01]\.\d{4}\n$/)
    expect((await graft('predict', 'run/model.safetensors', aThree())).stdout).toBe(byRun.stdout)
  })

  it("reproduces the validation's probabilities bit for bit in another process, from the file alone", async () => {
    const env = await envWith('onnxruntime')
    const description: RunDescription = {
      data: drawn(folder),
      model,
      archModule: null,
      recipe: Recipe.fitOneCycle(1, 1e-2),
      seed: 42,
      wd: 0.01,
      engine: 'onnxruntime',
      threads: null
    }
    const run = right(await beginRun(join(folder, 'here'), description)(env)())
    const trained = right(
      await pipe(
        openData(description.data),
        RTE.chainW((data) => learner({ data, model })),
        RTE.chainW(carryOn(run))
      )(env)()
    ).learner
    const { predictions } = right(await validate(trained)(env)())
    const files = predictions.map(({ image }) => join(trained.data.root, image))
    const { lines } = await spawned('predict', 'here', ...files, '--bs', '16', '--json')
    const again = lines.map((line) => JSON.parse(line) as Prediction)
    expect(again.map((p) => p.image)).toEqual(files)
    expect(again.map((p) => p.probabilities)).toEqual(predictions.map((p) => p.probabilities))
  })

  it('refuses a flag that does not apply to its model', async () => {
    const { code, stdout, stderr } = await graft('predict', 'run', aThree(), '--out', 'masks')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/--out[^]*leave --out out/)
  })

  it('predicts the others when an image cannot be read, names it, and exits with 1', async () => {
    const csv = file('labels.csv', 'name,label\n')
    const { code, stderr, lines } = await graft('predict', 'run', aThree(), csv, 'none.png', aThree(), '--json')
    expect(code).toBe(1)
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      [0, 1].map(() => expect.objectContaining({ image: aThree(), classes: ['3', '7'] }) as unknown)
    )
    const errors = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect(errors).toEqual([
      { error: expect.objectContaining({ _tag: 'UnreadableImage', path: csv }) as unknown },
      { error: expect.objectContaining({ _tag: 'NotFound', path: 'none.png' }) as unknown }
    ])
  })

  it('takes folders and patterns, in the order of the names', async () => {
    const folders = await graft('predict', 'run', 'digits/valid')
    const names = (out: Outcome): ReadonlyArray<string> => out.lines.map((line) => line.split(' ')[0]!)
    expect(names(folders)).toHaveLength(24)
    expect(names(folders)).toEqual([...names(folders)].sort())
    expect(names(await graft('predict', 'run', 'digits/valid/*/*0.png'))).toEqual(
      names(folders).filter((name) => name.endsWith('0.png'))
    )
  })

  it('reads an image from standard input and from a URL', async () => {
    const bytes = readFileSync(join(folder, aThree()))
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/three.png' ? 200 : 404
      response.end(bytes)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const run = start('predict', 'run', '-', `${url}/three.png`, `${url}/four.png`)
    run.process.stdin!.end(bytes)
    const { code, stderr, lines } = await run.ended
    server.close()
    const [, said] = /  (.*)/.exec((await graft('predict', 'run', aThree())).stdout)!
    expect(lines.map((line) => line.replace(/^\S+ +/, ''))).toEqual([said, said])
    expect([code, stderr]).toEqual([1, expect.stringContaining('found status 404')])
  })

  it('names standard input when it is not an image', async () => {
    const run = start('predict', 'run', '-')
    run.process.stdin!.end('no picture')
    expect((await run.ended).stderr).toContain('UnreadableImage at -\n')
  })

  it.each(['empty', 'nothing*.png'])('names %s, which has no image, and predicts the others', async (what) => {
    mkdirSync(join(folder, 'empty'), { recursive: true })
    const alone = await graft('predict', 'run', what)
    expect([alone.code, alone.stdout]).toEqual([2, ''])
    expect(alone.stderr).toContain(`found ${what}`)
    const among = await graft('predict', 'run', aThree(), what, aThree())
    expect([among.code, among.lines.length]).toEqual([1, 2])
    expect(among.stderr).toContain(`found ${what}`)
  })

  it('reads standard input once', async () => {
    const run = start('predict', 'run', '-', aThree(), '-')
    run.process.stdin!.end(readFileSync(join(folder, aThree())))
    const { code, stdout, stderr } = await run.ended
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('found - more than once')
  })

  it('does not point to the cache when a URL was given', async () => {
    const { code, stderr } = await graft('predict', 'run', 'http://127.0.0.1:1/cat.png')
    expect(code).toBe(1)
    expect(stderr).toContain('check the url and the network')
    expect(stderr).not.toContain('cache')
  })

  it.each([
    [['predict', 'none', 'cat.png'], /NotFound at none[^]*a trained model[^]*graft-out/],
    [['predict', 'digits', 'cat.png'], /SavedError at digits[^]*a folder without model.safetensors/],
    [['export', 'none', '--out', 'exported'], /NotFound at none[^]*a trained model/],
    [['interpret', 'none'], /NotFound at none[^]*a trained model/]
  ])('%j explains what a trained model is', async (args, said) => {
    const { code, stderr } = await graft(...args)
    expect([code, stderr]).toEqual([1, expect.stringMatching(said)])
  })

  it('prints the numbers of a regression, without classes', async () => {
    const rows = readdirSync(join(folder, 'digits/valid/3')).map((name, i) => `${name},${i / 10}`)
    const table = file(join('digits/valid/3', 'numbers.csv'), ['name,age', ...rows].join('\n'))
    const trained = await graft('train', table, ...tiny.slice(2), '--out', 'numbers', '--bs', '4')
    expect(trained.code).toBe(0)
    const { stdout } = await graft('predict', 'numbers', 'digits/valid/7', '--json', '--bs', '12')
    const said = JSON.parse(stdout.split('\n')[0]!) as object
    expect(said).toEqual({ image: expect.any(String) as string, numbers: [expect.any(Number)] })
  })

  it('predicts the others when an argument names no image', async () => {
    mkdirSync(join(folder, 'empty'), { recursive: true })
    const { code, lines, stderr } = await graft('predict', 'run', 'nothing*.png', aThree(), 'empty', aThree())
    expect(code).toBe(1)
    expect(lines.map((line) => line.split(' ')[0])).toEqual([aThree(), aThree()])
    expect(stderr).toMatch(/nothing\*\.png[^]*empty/)
  })

  it('names a file that is not a model', async () => {
    const { code, stderr } = await graft('predict', file('rubbish.safetensors', 'rubbish'), aThree())
    expect(code).toBe(1)
    expect(stderr).toContain('rubbish.safetensors')
  })

  it.each([
    ['page.safetensors', '<!doctype html><title>Log in</title>', 'found an HTML page'],
    ['pointer.safetensors', 'version https://git-lfs.github.com/spec/v1\n', 'found a Git LFS pointer'],
    ['described.json', '{"source": "photos"}', 'found a text in JSON']
  ])('says what %s is instead of a model', async (name, content, said) => {
    const { code, stderr } = await graft('predict', file(name, content), aThree())
    expect([code, stderr]).toEqual([1, expect.stringContaining(said)])
  })
})

describe('graft summary', () => {
  it('shows an architecture, a model as JSON, and a trained model', async () => {
    const arch = await graft('summary', 'resnet18', '--size', '64')
    expect(arch.lines[0]).toBe('resnet18  3×64×64 → 1000')
    const grafted = await graft('summary', file('model.json', '{"arch":"resnet18","freeze":"body"}'), '--classes', '3')
    expect(grafted.lines[0]).toBe('resnet18  3×224×224 → 3')
    const trained = await graft('summary', 'run')
    expect(trained.lines[0]).toBe('tiny  3×28×28 → 2')
    expect([arch.code, grafted.code, trained.code]).toEqual([0, 0, 0])
  })

  it('is printed as JSON', async () => {
    const { stdout } = await graft('summary', './mine.mjs#net', '--classes', '2', '--size', '28', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ name: 'tiny', input: [3, 28, 28], output: [2] })
  })

  it('refuses flags that do not apply to a trained model', async () => {
    for (const [command, flag] of [
      ['summary', ['--classes', '3']],
      ['diagram', ['--head', 'unet']],
      ['diagram', ['--freeze']]
    ] as const) {
      const { code, stdout, stderr } = await graft(command, 'run', ...flag)
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toContain(`SettingError at ${flag[0]}`)
      expect(stderr).toContain('a trained model')
    }
  })

  it('names a key of a model that it does not know', async () => {
    const { code, stderr } = await graft('summary', file('typo.json', '{"arch":"resnet18","heads":{}}'))
    expect(code).toBe(1)
    expect(stderr).toContain('typo.json: heads')
    expect(stderr).toContain('write "head"')
  })
})

describe('graft engines', () => {
  it('lists every engine: usable, or why not and what to do', async () => {
    const { code, stdout } = await graft('engines')
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^onnxruntime: usable \(the default\)\n {2}threads {2}\d+\n {2}versions onnxruntime-node 1\./m
    )
    const unusable = stdout.match(/: not usable/g)?.length ?? 0
    expect(stdout.match(/^ {2}why {6}.+\n {2}do {7}.+/gm) ?? []).toHaveLength(unusable)
  })

  it('lists them as JSON', async () => {
    const { stdout } = await graft('engines', '--json')
    const names = (JSON.parse(stdout) as ReadonlyArray<{ name: string }>).map(({ name }) => name)
    expect(names).toEqual(['onnxruntime', 'cpu', 'tensorflow', 'tensorflow-gpu'])
  })
})

describe('graft --help', () => {
  it.each([[[]], [['train']], [['predict']], [['export']], [['summary']], [['engines']], [['demo']]])(
    'has examples and the exit codes for %j',
    async (command) => {
      const { code, stdout } = await graft(...command, '--help')
      expect(code).toBe(0)
      for (const part of ['Usage: graft', 'Examples:', 'Exit codes:', '130']) expect(stdout).toContain(part)
    }
  )
})

describe('a reader that goes away', () => {
  it('is neither an error nor reported', async () => {
    const child = spawn(process.execPath, [main, 'summary', 'resnet50', '--json'], { cwd: folder })
    child.stdout.destroy()
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect([code, stderr]).toEqual([0, ''])
  })
})
