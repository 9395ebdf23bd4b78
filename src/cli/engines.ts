/**
 * `graft engines`: what can compute here, and for what cannot: why, and what to do.
 */
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { EngineReport } from '../engine/index.js'
import { listEngines } from '../engine/index.js'
import type { GraftError } from '../GraftError.js'
import { exitCodes } from './exit.js'
import type { Terminal } from './Terminal.js'

export interface EnginesFlags {
  readonly json?: boolean
}

const field = (name: string, text: string): string =>
  `  ${name.padEnd(9)}${text.split('\n').join('\n' + ' '.repeat(11))}`

const draw = (r: EngineReport): ReadonlyArray<string> => {
  if (r._tag === 'Unusable')
    return [
      `${r.name}: not usable`,
      field('needs', r.error.expected),
      field('why', r.error.found),
      field('do', r.error.hint)
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
    field('kernels', `${mapped} of its own${fallback === 0 ? '' : `, ${fallback} computed by the cpu engine`}`)
  ]
}

/** `graft engines`: the exit code. */
export const enginesCommand =
  (flags: EnginesFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> =>
  async () => {
    const reports = await listEngines()
    const lines = flags.json === true ? [JSON.stringify(reports)] : reports.flatMap(draw)
    lines.forEach(terminal.result)
    return TE.right<GraftError, number>(exitCodes.done)()
  }
