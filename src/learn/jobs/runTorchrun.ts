/**
 * Runs a job on this machine: `torchrun` is a child process, whose events are handled like those of local training.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import type { TorchrunCall } from '../../emit/launch/index.js'
import { jobError } from '../../emit/torch/index.js'
import type { GraftError } from '../../GraftError.js'
import type { Exit, HasProcesses, RunningProcess } from '../../io/index.js'
import type { HasEvents } from '../Env.js'
import { faultIn, meetingFaultIn } from './eventLine.js'
import { type Elsewhere, listening } from './listening.js'

/** The number of output lines that an error quotes. */
const quoted = 5

/**
 * Whether a line belongs to torchrun's own report of a failure, which would bury the program's error, or to its notice
 * that each process has one thread.
 */
const isNoise = (line: string): boolean =>
  line.trim() === '' ||
  /^[=*-]{10,}$|^Setting OMP_NUM_THREADS|^\s+(time|host|rank|exitcode|error_file|traceback)\s*:|torch\.distributed|^[WE]\d{4} /.test(
    line
  )

const failure = ({ program }: TorchrunCall, exit: Exit, last: ReadonlyArray<string>): GraftError =>
  jobError(
    `${program} -m torch.distributed.run`,
    'training that ends without an error',
    [exit._tag === 'Exited' ? `exit code ${exit.code}` : `killed by ${exit.signal}`, ...last].join('; '),
    'see its output; if started again, it continues from the last checkpoint'
  )

/**
 * Runs a job with `torchrun` until it ends or a handler halts it, which makes the program write a checkpoint and stop.
 * Handlers see the learner with its growing history, but without parameters. `onText` is called with lines that are not
 * events. Returns whether training was halted.
 */
export const runTorchrun =
  (call: TorchrunCall, { start, recipe, onText }: Omit<Elsewhere, 'faultOf' | 'stop'>) =>
  (env: HasEvents & HasProcesses): ReturnType<ReaderTaskEither<unknown, GraftError, { readonly halted: boolean }>> =>
  async () => {
    const last: Array<string> = []
    const held: { running: RunningProcess | null; stopped: boolean } = { running: null, stopped: false }
    const { hear, heard } = listening(env, {
      start,
      recipe,
      faultOf: (line) =>
        pipe(
          faultIn(line),
          O.alt(() => meetingFaultIn(call.args)(line))
        ),
      onText: (line) => {
        // on SIGTERM, torchrun prints a long report
        if (held.stopped || isNoise(line)) return
        if (last.length === quoted) last.shift()
        last.push(line.trim())
        onText(line)
      },
      stop: () => {
        held.stopped = true
        held.running?.signal('SIGTERM')()
      }
    })
    const started = await env.processes.spawn(call, (line) => () => hear(line))()
    if (E.isLeft(started)) return started
    held.running = started.right
    if (held.stopped) started.right.signal('SIGTERM')()
    const exit = await started.right.exit()
    const { fault, halted } = await heard()
    if (fault !== null) return E.left(fault)
    // it may have ended before the signal arrived
    if (exit._tag === 'Exited' && exit.code === 0) return E.right({ halted: false })
    return halted ? E.right({ halted: true }) : E.left(failure(call, exit, last))
  }
