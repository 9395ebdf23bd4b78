// What the benches have in common: runs of child processes, medians, and rows of results in a file named by bench,
// machine and engine.
import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The command as it is built in this clone. */
export const graft = fileURLToPath(new URL('../dist/src/cli/main.js', import.meta.url))

/**
 * glibc gives large blocks back to the system and takes them again at every step, which costs PyTorch up to half of
 * its time; with these it keeps them. Results are quoted against both.
 */
export const tunedMalloc = {
  MALLOC_MMAP_THRESHOLD_: '4000000000',
  MALLOC_TRIM_THRESHOLD_: '8000000000',
  MALLOC_TOP_PAD_: '500000000'
}

/** The Python named by PYTHON, or python3; it must have the packages. */
export const python = (...packages) => {
  const interpreter = process.env.PYTHON || 'python3'
  const absent = `import importlib.util, sys; print(*[p for p in sys.argv[1:] if not importlib.util.find_spec(p)], sep=', ')`
  const { status, stdout, error } = spawnSync(interpreter, ['-c', absent, ...packages], { encoding: 'utf8' })
  if (status === 0 && stdout.trim() === '') return interpreter
  const why = status === 0 ? `has no ${stdout.trim()}` : `does not run${error ? `: ${error.message}` : ''}`
  console.error(`${interpreter} ${why}: set PYTHON to a Python with ${packages.join(', ')}`)
  process.exit(2)
}

/** Runs a child process: its standard output and how long it took, its start included. */
export const timed = (command, args, env = {}) => {
  const started = performance.now()
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 2 ** 28
  })
  if (error || status !== 0) throw new Error(`${[command, ...args].join(' ')}: ${error ?? `exit ${status}`}\n${stderr}`)
  return { stdout, seconds: (performance.now() - started) / 1000 }
}

/** The last line of JSON of a child's output. */
export const lastJson = (stdout) => JSON.parse(stdout.trim().split('\n').at(-1))

/** The most memory this process has held so far, as Linux counts it. */
export const peakRssMB = () => Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024

/** The value of what must not fail. */
export const right = (either) => {
  if (either._tag === 'Left') throw new Error(JSON.stringify(either.left))
  return either.right
}

export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

export const mean = (numbers) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length

const slug = (text) =>
  text
    .toLowerCase()
    .replace(/\((r|tm)\)|\bcpu\b|@.*$/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')

/** The widest vectors of an x86 processor, whose model's name often does not tell; Linux alone says. */
const vectors = () => {
  const flags = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : ''
  const widest = ['avx512f', 'avx2'].find((name) => new RegExp(`\\b${name}\\b`).test(flags))
  return widest === undefined ? '' : `-${widest}`
}

const machine = () => `${slug(cpus()[0]?.model ?? process.arch)}${vectors()}_${availableParallelism()}-cores`

const cell = (value) => (/[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value))

/** Where the rows of a bench on machines of this class go. */
export const resultsFile = (bench, engine) =>
  fileURLToPath(new URL(`results/${bench}_${machine()}_${engine}.csv`, import.meta.url))

/** Appends rows to `results/<bench>_<machine>_<engine>.csv`, whose columns are those of the first row ever written. */
export const record = (bench, engine, rows) => {
  const file = resultsFile(bench, engine)
  mkdirSync(dirname(file), { recursive: true })
  const stamped = rows.map((row) => ({ date: new Date().toISOString().slice(0, 10), ...row }))
  if (!existsSync(file)) writeFileSync(file, `${Object.keys(stamped[0]).join(',')}\n`)
  appendFileSync(file, stamped.map((row) => `${Object.values(row).map(cell).join(',')}\n`).join(''))
  console.error(`written to bench/results/${basename(file)}`)
}

/** Medians of the seconds of each arm, and how many times faster `ours` is than each other arm. */
export const compared = (ours, arms) => {
  const mine = median(arms[ours])
  return Object.entries(arms).map(([arm, seconds]) => ({
    arm,
    median: median(seconds),
    ratio: median(seconds) / mine
  }))
}
