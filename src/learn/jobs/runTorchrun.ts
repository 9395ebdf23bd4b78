/**
 * Running a job here: `torchrun` as a child process, its events handled as those of a local training.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import { freshOptimiser } from '../../engine/index.js'
import type { TorchrunCall } from '../../emit/launch/index.js'
import { jobError } from '../../emit/torch/index.js'
import type { GraftError } from '../../GraftError.js'
import type { Exit, HasProcesses, RunningProcess } from '../../io/index.js'
import type { Event, Recipe, Verdict } from '../../recipe/index.js'
import type { HasEvents } from '../Env.js'
import type { Learner, LearnerNow } from '../learner/Learner.js'
import { eventIn, faultIn } from './eventLine.js'

/** How many of the last lines an error quotes. */
const quoted = 5

/** The learner that handlers see: its history grows with the events; its parameters are in another process. */
const elsewhere = (start: Learner): { readonly now: LearnerNow; readonly see: (event: Event) => void } => {
  const rows = [...start.history.rows]
  const before = { ...start, state: new Map(), optimiser: freshOptimiser }
  return {
    now: () => E.right({ ...before, history: { ...start.history, rows: [...rows] } }),
    see: (event) => {
      if (event._tag === 'EpochEnd') rows.push(event.row)
    }
  }
}

/** torchrun's own account of a failure, which hides the program's. */
const isNoise = (line: string): boolean =>
  line.trim() === '' ||
  /^[=-]{10,}$|^\s+(time|host|rank|exitcode|error_file|traceback)\s*:|torch\.distributed|^[WE]\d{4} /.test(line)

const failure = ({ program }: TorchrunCall, exit: Exit, last: ReadonlyArray<string>): GraftError =>
  jobError(
    `${program} -m torch.distributed.run`,
    'a training that ends',
    [exit._tag === 'Exited' ? `exit code ${exit.code}` : `killed by ${exit.signal}`, ...last].join('; '),
    'see what it printed; started again, it goes on from its last checkpoint'
  )

/**
 * Runs a job with `torchrun` until it ends or a handler halts it: the program is then told to stop, and writes a
 * checkpoint. Handlers see the learner that training goes on from, with its history, and without its parameters.
 * `onText` is called with lines that are not events. Returns whether it was halted.
 */
export const runTorchrun =
  (call: TorchrunCall, start: Learner, recipe: Recipe.Recipe, onText: (line: string) => void = () => undefined) =>
  (env: HasEvents & HasProcesses): ReturnType<ReaderTaskEither<unknown, GraftError, { readonly halted: boolean }>> =>
  async () => {
    const read = eventIn(recipe)
    const learner = elsewhere(start)
    const last: Array<string> = []
    const state: { running: RunningProcess | null; fault: GraftError | null; halted: boolean } = {
      running: null,
      fault: null,
      halted: false
    }
    const stop = (): void => state.running?.signal('SIGTERM')()
    /** Events are handled one after the other, also by handlers that take their time. */
    let handled: Promise<void> = Promise.resolve()
    const handle = (event: Event): void => {
      handled = handled.then(async () => {
        const answer = await env.onEvent(event, learner.now)()
        learner.see(event)
        const verdict: E.Either<GraftError, Verdict> = typeof answer === 'string' ? E.right(answer) : answer
        if (E.isLeft(verdict)) state.fault ??= verdict.left
        else if (verdict.right !== 'halt') return
        else state.halted = true
        stop()
      })
    }
    const hear = (line: string): void => {
      const event = read(line)
      if (O.isSome(event)) return handle(event.value)
      const fault = faultIn(line)
      if (O.isSome(fault)) {
        // to begin again would fail again
        state.fault ??= fault.value
        return stop()
      }
      if (isNoise(line)) return
      last.splice(0, last.length - quoted + 1)
      last.push(line.trim())
      onText(line)
    }
    const started = await env.processes.spawn(call, (line) => () => hear(line))()
    if (E.isLeft(started)) return started
    state.running = started.right
    if (state.fault !== null) stop()
    const exit = await started.right.exit()
    await handled
    if (state.fault !== null) return E.left(state.fault)
    // it may have ended before it was told to stop
    if (exit._tag === 'Exited' && exit.code === 0) return E.right({ halted: false })
    return state.halted ? E.right({ halted: true }) : E.left(failure(call, exit, last))
  }
