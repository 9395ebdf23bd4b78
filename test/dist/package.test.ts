// The package as it is published: packed, installed into an empty folder, and run there under plain Node.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { expectNear } from '../engine/engines.js'
import { workplace } from '../io/workplace.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = workplace()
const app = join(folder, 'app')
const limit = 600_000

const npm = (cwd: string, ...args: ReadonlyArray<string>) =>
  spawnSync('npm', args, { cwd, encoding: 'utf8', shell: process.platform === 'win32' })

/** What npm says where there is no registry to install from. */
const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENOTCACHED/

let isInstalled = false

beforeAll(() => {
  if (!existsSync(join(root, 'dist'))) throw new Error('build graft first: npm run build')
  mkdirSync(app)
  writeFileSync(join(app, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  const packed = npm(root, 'pack', '--ignore-scripts', '--pack-destination', folder)
  if (packed.status !== 0) throw new Error(packed.stderr)
  const tarball = join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.tgz'))!
  )
  const quietly = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund']
  const installed = npm(app, 'install', tarball, 'fp-ts', '@tensorflow/tfjs-core', ...quietly)
  isInstalled = installed.status === 0
  if (!isInstalled && !unreachable.test(installed.stderr)) throw new Error(installed.stderr)
}, limit)

beforeEach(({ skip }) => {
  skip(!isInstalled, 'npm has no registry to install from')
})

/** Runs a module in a process of its own, and gives what it says last. */
const run = (name: string, code: string): unknown => {
  writeFileSync(join(app, name), code)
  const { status, stdout, stderr } = spawnSync(process.execPath, [name], { cwd: app, encoding: 'utf8' })
  expect(status, stderr).toBe(0)
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!)
}

interface Said {
  readonly files: ReadonlyArray<string>
  readonly probabilities: ReadonlyArray<number>
}

const imports = `
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { join } from 'node:path'
import * as G from 'graft-vision'
import * as N from 'graft-vision/node'
`

/** Says the files and their probabilities, or throws. */
const said = (engine: string, program: string): string => `
const result = await N.withNodeEnv({ engine: '${engine}' })(pipe(${program},
  RTE.bindTo('l'),
  RTE.bindW('all', ({ l }) => N.predictAll(files(l))(N.predictorOf(l)))
))()
if (result._tag === 'Left') throw new Error(JSON.stringify(result.left))
const { l, all } = result.right
console.log(JSON.stringify({ files: files(l), probabilities: all.flatMap((p) => p.probabilities) }))
`

const writing = `${imports}
const net = G.arch({
  name: 'mine',
  network: G.sequential(
    G.named('conv', G.conv2d(3, 8, 5, { stride: 4 })), G.named('bn', G.batchNorm(8)), G.relu, G.named('pool', G.maxPool2d(2))
  )
})
const files = ({ data }) => data.valid.items.map(({ file }) => join(data.root, file))
${said(
  'onnxruntime',
  `
  N.openData(G.withBatchSize(16)(G.digits({ n: 64, valid: 24, path: 'digits' }))),
  RTE.chainW((data) => N.cnnLearner(data, net, { pretrained: false })),
  RTE.chainW(N.train(G.Recipe.fitOneCycle(1, 1e-2))),
  RTE.chainFirstW(N.exportLearner('exported'))`
)}`

/** It knows the folder alone, not the architecture. */
const reading = (engine: string, { files }: Said): string =>
  `${imports}const files = () => ${JSON.stringify(files)}\n${said(engine, `N.loadLearner('exported')`)}`

describe('the packed package', () => {
  let written: Said
  beforeAll(() => {
    if (isInstalled) written = run('write.mjs', writing) as Said
  }, limit)

  it.each([
    ['onnxruntime', 'exact'],
    ['cpu', 'sums']
  ] as const)('predicts on %s what another process exported', (engine, tolerance) => {
    const read = run(`read-${engine}.mjs`, reading(engine, written)) as Said
    expect(new Set(read.probabilities).size).toBeGreaterThan(24)
    expectNear(read.probabilities, written.probabilities, tolerance)
  })

  it('has the command', () => {
    const { status, stdout } = npm(app, 'exec', '--no', '--', 'graft', 'summary', 'squeezenet1_1')
    expect([status, stdout.split('\n')[0]]).toEqual([0, 'squeezenet1_1  3×224×224 → 1000'])
  })

  it('plans in a bare worker, where nothing native can be loaded', () => {
    const planning = `
import { parentPort } from 'node:worker_threads'
import { pipe } from 'fp-ts/lib/function.js'
import { cut, head, plan, resnet18, withHead, classification } from 'graft-vision'
const planned = plan({ input: [3, 64, 64], task: classification(['a', 'b']) })(pipe(resnet18, cut, withHead(head())))
const native = await import('sharp').then(() => 'loaded', () => 'refused')
parentPort.postMessage([planned._tag, native])`
    writeFileSync(join(app, 'planning.mjs'), planning)
    const starting = `
import { Worker } from 'node:worker_threads'
const worker = new Worker(new URL('planning.mjs', import.meta.url), { execArgv: ['--no-addons'] })
worker.on('message', (said) => console.log(JSON.stringify(said)))`
    expect(run('worker.mjs', starting)).toEqual(['Right', 'refused'])
  })

  it('keeps what is not its own business to itself', () => {
    const code = `console.log(JSON.stringify(await import('graft-vision/dist/src/plan/unet.js').catch((e) => e.code)))`
    expect(run('closed.mjs', code)).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED')
  })
})
