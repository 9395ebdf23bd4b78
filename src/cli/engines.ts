/**
 * `graft engines`: what can compute here, and for what cannot: why, and what to do.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { EngineReport } from '../engine/index.js'
import { acquireEngine, listEngines } from '../engine/index.js'
import type { GraftError } from '../GraftError.js'
import { installOnnxruntime, nodeIo } from '../io/index.js'
import { INSTALL } from '../OnnxruntimeRelease.js'
import { exitCodes } from './exit.js'
import { watcher } from './progress.js'
import type { Terminal } from './Terminal.js'

export interface EnginesFlags {
  readonly install?: boolean
  readonly kernels?: boolean
  readonly json?: boolean
}

const field = (name: string, text: string): string =>
  `  ${name.padEnd(9)}${text.split('\n').join('\n' + ' '.repeat(11))}`

const outputs = {
  written: 'written into arrays that are used again',
  copied: 'copied by onnxruntime-node: this version of it does not write them where it is told to'
} as const

type Kernels = Extract<EngineReport, { _tag: 'Usable' }>['kernels']

const drawKernels = ({ mapped, fallback }: Kernels): ReadonlyArray<string> =>
  [...mapped.map((name) => [name, 'mapped'] as const), ...fallback.map((name) => [name, 'fallback'] as const)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, how]) => `    ${name.padEnd(36)}${how}`)

const draw = ({ kernels }: EnginesFlags, r: EngineReport): ReadonlyArray<string> => {
  if (r._tag === 'Unusable')
    return [
      `${r.name}: not usable`,
      field('needs', r.error.expected),
      field('why', r.error.found),
      field('do', r.error.hint === INSTALL ? `${INSTALL}; what needs the engine does so by itself` : r.error.hint)
    ]
  const { mapped, fallback } = r.kernels
  return [
    `${r.name}: usable${r.name === 'onnxruntime' ? ' (the default)' : ''}`,
    field('threads', r.threads === null ? 'as the library chooses' : String(r.threads)),
    field(
      'versions',
      Object.entries(r.versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ')
    ),
    field(
      'kernels',
      `${mapped.length} of its own${fallback.length === 0 ? '' : `, ${fallback.length} computed by the cpu engine`}`
    ),
    ...(kernels === true ? drawKernels(r.kernels) : []),
    ...(r.fetching === null ? [] : [field('outputs', outputs[r.fetching])])
  ]
}

/** The library of the default engine, where it is not there yet. */
const installed = (flags: EnginesFlags, terminal: Terminal): TE.TaskEither<GraftError, unknown> => {
  const { progress } = watcher({ json: flags.json === true, quiet: false }, terminal)
  const io = nodeIo({ progress })
  return acquireEngine('onnxruntime', { home: io.cache.home, install: installOnnxruntime(io) })
}

/** `graft engines`: the exit code. */
export const enginesCommand =
  (flags: EnginesFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> =>
    pipe(
      flags.install === true ? installed(flags, terminal) : TE.right(undefined),
      TE.chainTaskK(() => listEngines),
      TE.map((reports) => {
        const lines = flags.json === true ? [JSON.stringify(reports)] : reports.flatMap((r) => draw(flags, r))
        lines.forEach(terminal.result)
        return exitCodes.done
      })
    )
