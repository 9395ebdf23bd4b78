/** The command as a user runs it: the built one, in a process and a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { workplace } from '../io/workplace.js'

const dist = fileURLToPath(new URL('../../dist/src/', import.meta.url))
export const main = join(dist, 'cli/main.js')

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** The lines of stdout. */
  readonly lines: ReadonlyArray<string>
}

export interface Started {
  readonly process: ChildProcess
  /** When it has ended, by itself or not. */
  readonly ended: Promise<Outcome>
}

/** A folder with a description of data (64 drawn digits, 24 to validate on) and a module with a tiny architecture. */
export interface Place {
  readonly folder: string
  readonly start: (...args: ReadonlyArray<string>) => Started
  readonly graft: (...args: ReadonlyArray<string>) => Promise<Outcome>
  readonly file: (name: string, content: string) => string
}

/** Caches of its own, and no network. */
const own = (folder: string): Readonly<Record<string, string>> => ({
  GRAFT_HOME: join(folder, 'home'),
  GRAFT_ASSETS: '',
  HF_HOME: join(folder, 'hf'),
  HF_HUB_CACHE: '',
  TORCH_HOME: join(folder, 'torch'),
  HF_HUB_OFFLINE: '1'
})

const module = `
import { arch, nn } from '${pathToFileURL(join(dist, 'index.js')).href}'
export const net = arch({
  name: 'tiny',
  network: nn.sequential(
    nn.named('conv', nn.conv2d(3, 8, 5, { stride: 4 })), nn.named('bn', nn.batchNorm(8)), nn.relu, nn.named('pool', nn.maxPool2d(2))
  )
})
export const nothing = 1
`

export const placeForRuns = (): Place => {
  if (!existsSync(main)) throw new Error('build graft first: npm run build')
  const folder = workplace()
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content)
    return name
  }
  file('mine.mjs', module)
  file('data.json', JSON.stringify({ source: { digits: { n: 64, valid: 24, path: 'digits' } }, bs: 16 }))
  const start = (...args: ReadonlyArray<string>): Started => {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: folder,
      env: { ...process.env, ...own(folder) }
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    const ended = new Promise<Outcome>((resolve) =>
      child.on('close', (code) => {
        resolve({ code, stdout, stderr, lines: stdout.trimEnd().split('\n') })
      })
    )
    return { process: child, ended }
  }
  return { folder, file, start, graft: (...args) => start(...args).ended }
}

/** What trains the tiny network on the drawn digits; drawing its curves would take longer than that. */
export const tiny = ['train', 'data.json', '--arch', './mine.mjs#net', '--no-figures'] as const
