// The package as it is published: packed, installed into an empty folder from a registry that knows nothing else than
// npm's, and run there under plain Node.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectNear } from '../engine/engines.js'
import { fencesOf } from '../docs/extraction.js'
import { workplace } from '../io/workplace.js'
import { command, type Ended, installed, openShop, type Shop } from '../registry/freshApp.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = workplace()
const limit = 600_000
const noEngine = 'the tarball of onnxruntime-node is neither in the cache of npm nor within reach'
const long = process.env['GRAFT_LONG'] !== undefined

let shop: Shop
let app: string
let installing: Ended
const home = join(folder, 'home')

beforeAll(async () => {
  shop = await openShop(folder)
  app = shop.emptyApp('app')
  installing = await command('npm', ['install', ...installed], app, shop.alone(home))
}, limit)

const graft = (...args: ReadonlyArray<string>) =>
  command('npm', ['exec', '--no', '--', 'graft', ...args], app, shop.alone(home))

/** Runs a module in a process of its own, and gives what it says last. */
const run = async (name: string, code: string): Promise<unknown> => {
  writeFileSync(join(app, name), code)
  const { status, stdout, stderr } = await command(process.execPath, [name], app, shop.alone(home))
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
  network: G.nn.sequential(
    G.nn.named('conv', G.nn.conv2d(3, 8, 5, { stride: 4 })), G.nn.named('bn', G.nn.batchNorm(8)), G.nn.relu, G.nn.named('pool', G.nn.maxPool2d(2))
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

const picture = 'digits/valid/3/00000.png'

describe('the packed package', () => {
  it('is installed by npm without a warning, and nothing in it asks for an install script', () => {
    expect(installing).toMatchObject({ status: 0, stderr: '' })
    const locked = JSON.parse(readFileSync(join(app, 'package-lock.json'), 'utf8')) as {
      readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>
    }
    expect(Object.keys(locked.packages)).toContain('node_modules/graft-vision')
    expect(Object.keys(locked.packages)).not.toContain('node_modules/onnxruntime-node')
    expect(Object.entries(locked.packages).filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([])
  })

  it('has the command', async () => {
    const { status, stdout } = await graft('summary', 'squeezenet1_1')
    expect([status, stdout.split('\n')[0]]).toEqual([0, 'squeezenet1_1  3×224×224 → 1000'])
  })

  it('says what to type for the engine, before anything needed it', async () => {
    const { status, stdout } = await graft('engines')
    expect(status).toBe(0)
    expect(stdout).toContain('onnxruntime: not usable')
    expect(stdout).toContain('npx --no -- graft engines --install')
    expect(existsSync(join(home, 'engines'))).toBe(false)
  })

  it('plans in a bare worker, where nothing native can be loaded', async () => {
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
    expect(await run('worker.mjs', starting)).toEqual(['Right', 'refused'])
  })

  it('has the PyTorch program, and no other files of Python', () => {
    const folder = join(app, 'node_modules/graft-vision/dist/graft_torch')
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining(['__main__.py', 'ray_entry.py']))
    expect(files.map(({ name }) => name).filter((name) => !name.endsWith('.py'))).toEqual([])
  })

  it('exports nothing internal', async () => {
    const code = `console.log(JSON.stringify(await import('graft-vision/dist/src/plan/unet.js').catch((e) => e.code)))`
    expect(await run('closed.mjs', code)).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED')
  })
})

describe('the pages of the packed package', () => {
  const packed = () => join(app, 'node_modules/graft-vision')
  const pages = () =>
    readdirSync(packed(), { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.md') && !path.includes('node_modules')
    )

  it('lead to pages and examples that are in it', () => {
    expect(pages()).toContain(join('docs', 'engines.md'))
    const links = pages().flatMap((page) =>
      [...readFileSync(join(packed(), page), 'utf8').matchAll(/\]\((?![a-z]+:)([^)#\s]+)/g)].map(
        ([, to]) => [page, to!] as const
      )
    )
    expect(links.length).toBeGreaterThan(50)
    expect(links.filter(([page, to]) => !existsSync(join(packed(), page, '..', to)))).toEqual([])
  })
})

describe('the types of the packed package', () => {
  it('need no skipLibCheck, though tfjs-core names a type that it does not import', { timeout: limit }, async () => {
    const entries = ['graft-vision', 'graft-vision/node', 'graft-vision/onnxruntime']
    writeFileSync(join(app, 'types.ts'), entries.map((entry, i) => `export * as e${i} from '${entry}'\n`).join(''))
    const compilerOptions = {
      ...{ strict: true, noEmit: true, skipLibCheck: false, module: 'nodenext', target: 'es2022' },
      ...{ types: ['node'], typeRoots: [join(root, 'node_modules/@types')] }
    }
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['types.ts'] }))
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const { stdout } = await command(process.execPath, [tsc, '-p', app], app, process.env)
    expect(stdout).toBe('')
  })
})

describe('the default engine of an installed package', () => {
  let written: Said
  beforeAll(async () => {
    if (shop.hasEngine) written = (await run('write.mjs', writing)) as Said
  }, limit)

  it('is fetched by the first training, from the registry alone, and is there from then on', async ({ skip }) => {
    skip(!shop.hasEngine, noEngine)
    const { stdout } = await graft('engines')
    expect(stdout).toContain('onnxruntime: usable (the default)')
  })

  it('is fetched by the command', async ({ skip }) => {
    skip(!shop.hasEngine, noEngine)
    const args = ['exec', '--no', '--', 'graft', 'engines', '--install']
    const { stdout, stderr } = await command('npm', args, app, shop.alone(join(folder, 'by-command')))
    expect(stdout, stderr).toContain('onnxruntime: usable (the default)')
  })

  it.each([
    ['onnxruntime', 'exact'],
    ['cpu', 'sums']
  ] as const)('predicts on %s what another process exported', async (engine, tolerance) => {
    if (!shop.hasEngine) return
    const read = (await run(`read-${engine}.mjs`, reading(engine, written))) as Said
    expect(new Set(read.probabilities).size).toBeGreaterThan(24)
    expectNear(read.probabilities, written.probabilities, tolerance)
  })

  it('predicts in the worker thread of docs/in-an-app.md, while the event loop turns', async ({ skip }) => {
    skip(!shop.hasEngine, noEngine)
    const page = readFileSync(join(app, 'node_modules/graft-vision/docs/in-an-app.md'), 'utf8')
    const programs = fencesOf(page).filter(({ language }) => language === 'js')
    for (const { words, lines } of programs) writeFileSync(join(app, words[0]!), lines.join('\n'))
    const { stdout, stderr } = await command(
      process.execPath,
      ['asking.mjs', 'exported', picture],
      app,
      shop.alone(home)
    )
    const said = JSON.parse(stdout || stderr) as { readonly class: string; readonly turns: number }
    expect(['3', '7']).toContain(said.class)
    expect(said.turns).toBeGreaterThan(0)
  })

  /** Another app, with an engine of its own, by another way to install; `run` runs the app's commands. */
  const worksWith = async (
    name: string,
    client: string,
    add: ReadonlyArray<string>,
    exec: ReadonlyArray<string>
  ): Promise<void> => {
    const other = shop.emptyApp(name)
    const env = shop.alone(join(other, 'home'))
    const inOther = (...args: ReadonlyArray<string>) => command(client, [...exec, 'graft', ...args], other, env)
    const added = await command(client, [...add, ...installed], other, env)
    expect(added.status, added.stdout + added.stderr).toBe(0)
    const engines = await inOther('engines', '--install')
    expect(engines.stdout, engines.stderr).toContain('onnxruntime: usable (the default)')
    const predicted = await inOther('predict', join(app, 'exported'), join(app, picture))
    expect(predicted.stdout, predicted.stderr).toMatch(/ [37] +[01]\.\d{4}$/m)
  }

  it('is installed by name where install scripts are off', { timeout: limit }, async ({ skip }) => {
    skip(!long, 'long: GRAFT_LONG is unset')
    skip(!shop.hasEngine, noEngine)
    await worksWith('scripts-off', 'npm', ['install', '--ignore-scripts'], ['exec', '--no', '--'])
  })

  it('is installed by name under pnpm', { timeout: limit }, async ({ skip }) => {
    skip(!long, 'long: GRAFT_LONG is unset')
    skip(!shop.hasEngine, noEngine)
    const got = await command('npm', ['install', '--prefix', folder, '--prefer-offline', 'pnpm'], folder, process.env)
    skip(got.status !== 0, 'pnpm is neither in the cache of npm nor within reach')
    await worksWith(
      'with-pnpm',
      join(folder, 'node_modules/.bin/pnpm'),
      ['add', `--store-dir=${join(folder, 'store')}`],
      ['exec']
    )
  })
})
