/** `graft engines`: lists the engines that can be used here, and for the others the reason and what to do. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { EngineReport } from '../../engine/index.js'
import {
  acquireEngine,
  type EngineCosts,
  listEngines,
  type TuneOptions,
  tunedCostsFile,
  tuneEngine
} from '../../engine/index.js'
import { type GraftError, mistakes } from '../../GraftError.js'
import { installOnnxruntime, nodeIo } from '../../io/index.js'
import { INSTALL } from '../../OnnxruntimeRelease.js'
import { exitCodes } from '../output/exit.js'
import { given, whole } from '../flags/flags.js'
import { listenForInterruption } from '../training/interruption.js'
import { watcher } from '../output/progress.js'
import type { Terminal } from '../output/Terminal.js'

export interface EnginesFlags {
  readonly install?: boolean
  readonly kernels?: boolean
  /** Measure the convolution costs of this machine, and keep them. */
  readonly tune?: boolean
  /** Remove the measured costs. */
  readonly untune?: boolean
  readonly threads?: string
  readonly json?: boolean
}

const field = (name: string, text: string): string =>
  `  ${name.padEnd(9)}${text.split('\n').join('\n' + ' '.repeat(11))}`

const outputs = {
  written: 'written into reused arrays',
  copied: 'copied by onnxruntime-node, because this version does not write them to given arrays'
} as const

/** Describes the costs by which convolution algorithms are chosen, and whether they were measured on this machine. */
const drawCosts = (costs: EngineCosts): string => {
  switch (costs._tag) {
    case 'Tuned':
      return `measured on this machine, ${costs.measured.slice(0, 10)}: ${costs.file}`
    case 'Given':
      return 'given'
    case 'BuiltIn': {
      const basis = costs.measuredOn === null ? 'an estimate for this processor' : `measured on ${costs.measuredOn}`
      const own = `built-in, ${basis}; graft engines --tune measures this machine`
      return costs.ignored === null ? own : `${own}\nnot used: ${costs.ignored}`
    }
  }
}

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
      field(
        'do',
        r.error.hint === INSTALL ? `${INSTALL}; commands that need the engine do so automatically` : r.error.hint
      )
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
    ...(r.fetching === null ? [] : [field('outputs', outputs[r.fetching])]),
    ...(r.costs === null ? [] : [field('costs', drawCosts(r.costs))])
  ]
}

/** Milliseconds between updates: on a screen redrawn, otherwise a new line. */
const often = 200
const seldom = 10_000

const showTuning = (terminal: Terminal, json: boolean): NonNullable<TuneOptions['onProgress']> => {
  const period = terminal.screen && !json ? often : seldom
  let last = -Infinity
  return (done, total) => {
    const now = performance.now()
    if (done < total && now - last < period) return
    last = now
    if (json) terminal.note(JSON.stringify({ progress: { stage: 'tune', what: 'convolutions', done, total } }))
    else (terminal.screen ? terminal.bar : terminal.note)(`measuring convolutions: ${done} of ${total}`)
  }
}

const threadsOf = (flags: EnginesFlags): E.Either<GraftError, { readonly threads?: number }> =>
  pipe(
    flags.threads,
    whole('--threads', 1, '2'),
    E.mapLeft((errors) => mistakes('the command line', errors)),
    E.map((threads) => given({ threads }))
  )

/** The function that measures: `tuneEngine`, unless a test replaces it. */
export type Tune = typeof tuneEngine

const tuned = (flags: EnginesFlags, terminal: Terminal, tune: Tune): TE.TaskEither<GraftError, unknown> => {
  const json = flags.json === true
  const { progress, note } = watcher({ json, quiet: false }, terminal)
  const io = nodeIo({ progress })
  const interruption = listenForInterruption(note)
  const written = pipe(
    TE.fromEither(threadsOf(flags)),
    TE.chainW((threads) =>
      tune({ ...threads, home: io.cache.home, install: installOnnxruntime(io), onProgress: showTuning(terminal, json) })
    ),
    TE.chainW(({ file, text }) => io.files.write(file, text))
  )
  return async () => {
    const result = await written()
    interruption.release()
    return result
  }
}

const untuned = (flags: EnginesFlags): TE.TaskEither<GraftError, unknown> => {
  const io = nodeIo()
  return pipe(
    TE.fromEither(threadsOf(flags)),
    TE.chainW((threads) => tunedCostsFile({ ...threads, home: io.cache.home })),
    TE.chainW((file) => io.files.remove(file))
  )
}

/** Installs the library of the default engine if it is missing. */
const installed = (flags: EnginesFlags, terminal: Terminal): TE.TaskEither<GraftError, unknown> => {
  const { progress } = watcher({ json: flags.json === true, quiet: false }, terminal)
  const io = nodeIo({ progress })
  return acquireEngine('onnxruntime', { home: io.cache.home, install: installOnnxruntime(io) })
}

const asked = (flags: EnginesFlags, terminal: Terminal, tune: Tune): TE.TaskEither<GraftError, unknown> => {
  if (flags.tune === true) return tuned(flags, terminal, tune)
  if (flags.untune === true) return untuned(flags)
  return flags.install === true ? installed(flags, terminal) : TE.right(undefined)
}

/** `graft engines`: the exit code. */
export const enginesCommand =
  (flags: EnginesFlags, tune: Tune = tuneEngine) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> =>
    pipe(
      asked(flags, terminal, tune),
      TE.chainTaskK(() => listEngines),
      TE.map((reports) => {
        const lines = flags.json === true ? [JSON.stringify(reports)] : reports.flatMap((r) => draw(flags, r))
        lines.forEach(terminal.result)
        return exitCodes.done
      })
    )
