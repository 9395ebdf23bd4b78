/**
 * `Processes`: other programs as a capability.
 *
 * @since 0.1.0
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { IO } from 'fp-ts/lib/IO.js'
import type { Task } from 'fp-ts/lib/Task.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as E from 'fp-ts/lib/Either.js'
import { codeOf, fromSystem, type IoError, notFound } from '../IoError.js'

/**
 * A program to start, with its arguments.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface Command {
  /** A name, or a path, which is relative to the folder of this process. */
  readonly program: string
  readonly args: ReadonlyArray<string>
  /** The folder to start it in; default: the current one. */
  readonly folder?: string
  /** Environment variables, in addition to those of this process. */
  readonly variables?: Readonly<Record<string, string>>
}

/**
 * How a program ended: its exit code, or the signal that ended it.
 *
 * @category capabilities
 * @since 0.1.0
 */
export type Exit =
  { readonly _tag: 'Exited'; readonly code: number } | { readonly _tag: 'Killed'; readonly signal: string }

/**
 * A program that has started.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface RunningProcess {
  /** Sends a signal to the program and all that it has started. */
  readonly signal: (name: 'SIGINT' | 'SIGTERM' | 'SIGKILL') => IO<void>
  /** Resolves when it has ended and all its output was read. */
  readonly exit: Task<Exit>
}

/**
 * Starting programs. Standard input is empty. Lines are those of both outputs, without their line ends.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface Processes {
  readonly spawn: (
    command: Command,
    onLine: (line: string, of: 'stdout' | 'stderr') => IO<void>
  ) => TaskEither<IoError, RunningProcess>
}

/**
 * Requires other programs.
 *
 * @category environment
 * @since 0.1.0
 */
export interface HasProcesses {
  readonly processes: Processes
}

const linesOf = (stream: Readable, onLine: (line: string) => void): Promise<void> =>
  new Promise((done) => {
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine).on('close', done)
  })

/** A path is relative to the folder of this process, not to that of the program; a name is looked up. */
const located = (program: string): string => (/[\\/]/.test(program) ? resolve(program) : program)

/** Windows has no groups of processes. */
const grouped = process.platform !== 'win32'

const signal = (child: ChildProcess, name: NodeJS.Signals): void => {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  try {
    process.kill(grouped ? -child.pid : child.pid, name)
  } catch (cause) {
    // it has ended in the meantime
    if (codeOf(cause) !== 'ESRCH') throw cause
  }
}

/** Programs do not outlive the process that started them, however it ends itself. */
const stoppedWithUs = (child: ChildProcess): void => {
  const stop = (): void => signal(child, 'SIGTERM')
  process.on('exit', stop)
  child.on('exit', () => process.off('exit', stop))
}

/**
 * The programs of this machine, each in a process group of its own: a Ctrl-C in the terminal does not reach them, only
 * `signal` does.
 *
 * @example
 * import { nodeProcesses } from '../index.js'
 *
 * const lines: Array<string> = []
 * const command = { program: process.execPath, args: ['-e', 'console.log(1); process.exit(3)'] }
 * const started = await nodeProcesses.spawn(command, (line) => () => void lines.push(line))()
 * if (started._tag === 'Left') throw new Error(started.left.found)
 * assert.deepStrictEqual([await started.right.exit(), lines], [{ _tag: 'Exited', code: 3 }, ['1']])
 *
 * @category capabilities
 * @since 0.1.0
 */
export const nodeProcesses: Processes = {
  spawn:
    ({ program, args, folder, variables }, onLine) =>
    () =>
      new Promise((started) => {
        const child = spawn(located(program), args, {
          ...(folder === undefined ? {} : { cwd: folder }),
          env: { ...process.env, ...variables },
          stdio: ['ignore', 'pipe', 'pipe'],
          detached: grouped
        })
        stoppedWithUs(child)
        const said = Promise.all([
          linesOf(child.stdout, (line) => onLine(line, 'stdout')()),
          linesOf(child.stderr, (line) => onLine(line, 'stderr')())
        ])
        const ended = new Promise<Exit>((end) => {
          child.on('exit', (code, signal) =>
            end(code === null ? { _tag: 'Killed', signal: signal ?? 'unknown' } : { _tag: 'Exited', code })
          )
        })
        child.on('error', (cause) => {
          started(
            E.left(
              codeOf(cause) === 'ENOENT'
                ? notFound(program, 'a program of this name', 'none', 'install it, or pass its path')
                : fromSystem(program)(cause)
            )
          )
        })
        child.on('spawn', () => {
          started(
            E.right({
              signal: (name) => () => signal(child, name),
              exit: async () => {
                const exit = await ended
                await said
                return exit
              }
            })
          )
        })
      })
}
