/**
 * The built command in a folder of its own: as a process, as users run it, or as a function called in this process, which
 * starts no Node and loads nothing again.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Terminal } from '../../src/cli/output/Terminal.js'
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
  /** Starts a process. */
  readonly start: (...args: ReadonlyArray<string>) => Started
  /** Runs in a process: for what depends on how a process begins and ends, and for results that another process has. */
  readonly spawned: (...args: ReadonlyArray<string>) => Promise<Outcome>
  /** Runs in this process, after the runs before it. */
  readonly graft: (...args: ReadonlyArray<string>) => Promise<Outcome>
  readonly file: (name: string, content: string) => string
}

/** Of these trainings no report is read, and it would take longer than they do; `report.test.ts` asks for one. */
const withoutReport = (args: ReadonlyArray<string>): ReadonlyArray<string> => {
  const ends = ['--help', '--report'].some((flag) => args.includes(flag))
  return args[0] === 'train' && !ends
    ? ['train', '--no-report', ...args.slice(1)]
    : args.filter((arg) => arg !== '--report')
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

interface Captured {
  readonly terminal: Terminal
  readonly outcome: (code: number) => Outcome
}

const captured = (): Captured => {
  let [stdout, stderr] = ['', '']
  return {
    terminal: {
      screen: false,
      result: (line) => void (stdout += `${line}\n`),
      note: (line) => void (stderr += `${line}\n`),
      bar: (line) => void (stderr += line)
    },
    outcome: (code) => ({ code, stdout, stderr, lines: stdout.trimEnd().split('\n') })
  }
}

/** Does something in a folder and with these variables, and goes back. */
const inside = async <A>(
  folder: string,
  variables: Readonly<Record<string, string>>,
  act: () => Promise<A>
): Promise<A> => {
  const [home, before] = [process.cwd(), { ...process.env }]
  process.chdir(folder)
  Object.assign(process.env, variables)
  try {
    return await act()
  } finally {
    process.chdir(home)
    for (const name of Object.keys(variables))
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name)
      else process.env[name] = before[name]
  }
}

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

// The folder and the variables are the process's: one run at a time.
let last: Promise<unknown> = Promise.resolve()

const after = <A>(act: () => Promise<A>): Promise<A> => {
  const run = last.then(act)
  last = run.catch(() => undefined)
  return run
}

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
  const graft = (...args: ReadonlyArray<string>): Promise<Outcome> =>
    after(() =>
      inside(folder, own(folder), async () => {
        const { runCommand } = await import('./built.mjs')
        const { terminal, outcome } = captured()
        return outcome(await runCommand(terminal)(withoutReport(args))())
      })
    )
  return { folder, file, start, spawned: (...args) => start(...args).ended, graft }
}

/** What trains the tiny network on the drawn digits; drawing its curves would take longer than that. */
export const tiny = ['train', 'data.json', '--arch', './mine.mjs#net', '--no-figures'] as const
