import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isLeft } from 'fp-ts/lib/Either.js'
import { acquireEngine, type ConvCosts, Io, readSaved, tunedCostsFile } from 'graft-vision/node'
import { describe, expect, it } from 'vitest'
import { costsText, cpuName } from '../../src/engine/keptCosts.js'
import { costs } from '../../src/engine/onnxruntime/conv/index.js'
import { registerOnnxruntime } from '../../src/engine/onnxruntime/index.js'
import { main, placeForRuns, type Place, type Started } from './graft.js'

const none = { ms: 0, perGflop: 0, perGbyte: 0 }

/** By which every convolution takes its direct form. */
const direct: ConvCosts = { ...costs[16]!, direct: { forward: none, input: none, training: none } }

/** Writes what `--tune` would have. */
const tune = async ({ folder }: Place, measured: ConvCosts): Promise<string> => {
  const home = join(folder, 'home')
  const [engine, file] = [await acquireEngine('onnxruntime', { home })(), await tunedCostsFile({ home })()]
  if (isLeft(engine) || isLeft(file)) throw new Error('the onnxruntime engine is needed')
  const { versions, threads } = engine.right
  const of = {
    onnxruntime: versions['onnxruntime-node']!,
    cpu: cpuName(),
    block: registerOnnxruntime().block,
    threads: threads!
  }
  mkdirSync(dirname(file.right), { recursive: true })
  writeFileSync(file.right, costsText(of, measured, '2026-11-30T00:00:00.000Z'))
  return file.right
}

const network = `
import { arch, nn } from '${pathToFileURL(join(dirname(main), '../index.js')).href}'
export const net = arch({
  name: 'three',
  network: nn.sequential(
    nn.named('conv', nn.conv2d(3, 8, 3, { padding: 1 })), nn.named('bn', nn.batchNorm(8)), nn.relu,
    nn.named('again', nn.conv2d(8, 8, 3, { padding: 1 })), nn.relu, nn.named('pool', nn.maxPool2d(2))
  )
})
`

const train = [
  'train',
  'data.json',
  '--arch',
  './three.mjs#net',
  '--no-figures',
  '--epochs',
  '3',
  '--lr',
  '1e-2'
] as const

const place = (): Place => {
  const made = placeForRuns()
  made.file('three.mjs', network)
  return made
}

/** Interrupts a process once it has said something. */
const interruptedAt = ({ process, ended }: Started, said: string) => {
  let heard = ''
  process.stderr!.on('data', (chunk: Buffer) => {
    const before = heard.includes(said)
    heard += chunk.toString()
    if (!before && heard.includes(said)) process.kill('SIGINT')
  })
  return ended
}

const modelOf = ({ folder }: Place, run: string): Buffer => readFileSync(join(folder, run, 'model.safetensors'))

/** The numbers alone: a run's file names the run, which is another one with other costs. */
const numbersOf = async ({ folder }: Place, run: string) => {
  const saved = await readSaved(join(folder, run, 'model.safetensors'))({ files: Io.nodeFiles })()
  if (isLeft(saved)) throw new Error(`${run} has no model`)
  return saved.right.tensors
}

describe('graft engines', () => {
  it('reports the costs that convolutions are chosen by, and whether they were measured', async () => {
    const here = place()
    const builtIn = await here.graft('engines')
    expect(builtIn.stdout).toMatch(/ {2}costs {4}built-in, (measured on AVX|an estimate).*graft engines --tune/)
    const file = await tune(here, direct)
    expect((await here.graft('engines')).stdout).toContain(`  costs    measured on this machine, 2026-11-30: ${file}`)
    writeFileSync(file, 'no table')
    const broken = await here.graft('engines')
    expect([broken.code, broken.stdout]).toEqual([0, expect.stringContaining(`not used: ${file} is no JSON`)])
    expect((await here.graft('engines', '--untune')).stdout).toContain('built-in')
    expect(existsSync(file)).toBe(false)
  })

  it('--tune reports progress, and leaves nothing when interrupted', async () => {
    const here = place()
    const { code, stderr } = await interruptedAt(here.start('engines', '--tune'), 'measuring convolutions: ')
    expect([code, stderr]).toEqual([130, expect.stringMatching(/measuring convolutions: \d+ of \d+[^]*interrupted/)])
    const engines = join(here.folder, 'home/engines')
    expect(existsSync(engines) ? readdirSync(engines) : []).toEqual([])
  })
})

describe('a resumed run keeps the costs that it started with, bit for bit', () => {
  it('even if others were measured in the meantime, or the original ones are gone', async () => {
    const here = place()
    expect((await here.graft(...train, '--quiet', '--out', 'own')).code).toBe(0)
    const halt = (out: string) =>
      interruptedAt(here.start(...train, '--json', '--checkpoint-every', '1', '--out', out), '"kind":"checkpoint"')
    expect((await halt('before')).code).toBe(130)
    const file = await tune(here, direct)
    expect((await here.graft('train', '--resume', 'before', '--quiet')).code).toBe(0)
    expect(modelOf(here, 'before').equals(modelOf(here, 'own'))).toBe(true)

    expect((await here.graft(...train, '--quiet', '--out', 'tuned')).code).toBe(0)
    expect(await numbersOf(here, 'tuned')).not.toEqual(await numbersOf(here, 'own'))
    expect((await halt('after')).code).toBe(130)
    rmSync(file)
    expect((await here.graft('train', '--resume', 'after', '--quiet')).code).toBe(0)
    expect(modelOf(here, 'after').equals(modelOf(here, 'tuned'))).toBe(true)
    expect((await here.graft('train', '--resume', 'tuned', '--epochs', '1', '--quiet')).code).toBe(0)
  }, 120_000)
})
