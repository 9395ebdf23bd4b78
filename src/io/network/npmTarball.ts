/**
 * A package's tarball from npm's registry. npm itself downloads it, so that the machine's registry, credentials,
 * proxies, certificates and offline cache apply; without npm, a plain download.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as path from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import type * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { defaultStubbornness, downloadTo } from './download.js'
import type { FetchEnv } from '../weights/fetchVerified.js'
import { ioFailure, unreachable, type IoError } from '../IoError.js'

interface Package {
  readonly name: string
  readonly version: string
}

/** npm's own script, which needs no shell: the one that runs this process, or the one shipped with Node. */
const npmScript = (): string | undefined => {
  const bin = path.dirname(process.execPath)
  return [
    process.env['npm_execpath'] ?? '',
    path.join(bin, 'node_modules/npm/bin/npm-cli.js'),
    path.join(bin, '../lib/node_modules/npm/bin/npm-cli.js')
  ].find((file) => path.basename(file) === 'npm-cli.js' && existsSync(file))
}

/** Settings of a surrounding npm that would change what this one does. */
const misleading = /^npm_config_(global|location|dry_run|json|workspaces?|include_workspace_root|pack_destination)$/i

const flags = [
  '--ignore-scripts',
  '--loglevel=error',
  // report being offline soon
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=1000'
]

interface Ended {
  readonly status: number | null
  readonly stderr: string
}

/** Null without npm. */
const npm = (args: ReadonlyArray<string>): Promise<Ended | null> =>
  new Promise((resolve, reject) => {
    const script = npmScript()
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !misleading.test(name)))
    const [command, first] = script === undefined ? ['npm', []] : [process.execPath, [script]]
    const child = spawn(command, [...first, ...args], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      windowsHide: true,
      shell: script === undefined && process.platform === 'win32'
    })
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? resolve(null) : reject(error)))
    child.on('close', (status) => resolve({ status, stderr }))
  })

/** npm's reason for a failure, without the lines about npm itself. */
const reasonOf = ({ status, stderr }: Ended): string => {
  const lines = stderr
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim())
    .filter((line) => line !== '' && !/^(code|errno|syscall|network) |complete log|debug-0\.log|^npm warn/i.test(line))
  return lines[0] ?? `npm ended with ${status ?? 'a signal'}`
}

const unwritable = /\b(EACCES|EROFS|EPERM|ENOTDIR|EEXIST)\b/

const fileName = ({ name, version }: Package): string => `${name}-${version}.tgz`

const packed = (wanted: Package, into: string): TE.TaskEither<IoError, string | null> => {
  const spec = `${wanted.name}@${wanted.version}`
  const hint = "check that npm can reach its registry (npm ping), and npm's settings (npm config list)"
  const args = ['pack', spec, '--pack-destination', into, ...flags]
  return pipe(
    TE.tryCatch(
      async () => {
        const ended = await npm(args)
        // if npm's cache is not writable, use one in the folder
        return ended !== null && ended.status !== 0 && unwritable.test(ended.stderr)
          ? npm([...args, '--cache', path.join(into, 'npm')])
          : ended
      },
      (cause) => ioFailure(spec, 'npm to run', String(cause), hint)
    ),
    TE.chain((ended): TE.TaskEither<IoError, string | null> => {
      if (ended === null) return TE.right(null)
      return ended.status === 0
        ? TE.right(path.join(into, fileName(wanted)))
        : TE.left(unreachable(spec, "npm's registry", reasonOf(ended), hint))
    })
  )
}

const downloaded =
  (wanted: Package, into: string): RTE.ReaderTaskEither<FetchEnv, IoError, string> =>
  (env) => {
    const registry = process.env['npm_config_registry']
    if (registry === undefined)
      return TE.left(unreachable(wanted.name, 'npm, or a registry in npm_config_registry', 'neither', 'install npm'))
    const target = path.join(into, fileName(wanted))
    return pipe(
      downloadTo(`${registry.replace(/\/*$/, '/')}${wanted.name}/-/${fileName(wanted)}`, target, {
        ...defaultStubbornness,
        retries: 1
      })(env),
      TE.map(() => target)
    )
  }

/** Downloads a package's tarball to a folder and returns its file. */
export const npmTarball =
  (wanted: Package, into: string): RTE.ReaderTaskEither<FetchEnv, IoError, string> =>
  (env) =>
    pipe(
      packed(wanted, into),
      TE.chain((file) => (file === null ? downloaded(wanted, into)(env) : TE.right(file)))
    )
