/**
 * `torchrun`: runs the processes of a job on one machine, or on several machines that find each other.
 *
 * @since 0.1.0
 */
import { type Job, nodeRange } from '../torch/index.js'
import { inShell, type Placement, programArgs, quoted } from './Placement.js'

/**
 * PyTorch's own launcher.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface Torchrun {
  readonly _tag: 'Torchrun'
  readonly python: string
  /** How often all processes are restarted after one of them failed. */
  readonly maxRestarts: number
  /** Host and port where several machines find each other: `10.0.0.1:29500`, one of them. Null: `$MASTER_ADDR:29500`. */
  readonly rendezvous: string | null
}

/**
 * Runs a job with `torchrun`. Defaults: `python3`, three restarts, `$MASTER_ADDR` as the rendezvous of several machines.
 *
 * @example
 * import { torchrun } from 'graft-vision'
 *
 * assert.strictEqual(torchrun({ python: 'python3.12' }).maxRestarts, 3)
 *
 * @category jobs
 * @since 0.1.0
 */
export const torchrun = (options: Partial<Omit<Torchrun, '_tag'>> = {}): Torchrun => ({
  _tag: 'Torchrun',
  python: 'python3',
  maxRestarts: 3,
  rendezvous: null,
  ...options
})

const nodesOf = ({ rendezvous }: Torchrun, { name, settings }: Job): ReadonlyArray<string> =>
  rendezvous === null && settings.nodes === 1
    ? ['--standalone']
    : [
        ...['--nnodes', nodeRange(settings), '--rdzv-backend', 'c10d'],
        ...['--rdzv-endpoint', rendezvous ?? '$MASTER_ADDR:29500', '--rdzv-id', name]
      ]

/** The options of `torchrun` and the program that it starts. */
const options = (t: Torchrun, job: Job, at: Placement): ReadonlyArray<string> => [
  ...nodesOf(t, job),
  ...['--nproc-per-node', String(job.settings.processes), '--max-restarts', String(t.maxRestarts)],
  ...programArgs(at)
]

/**
 * A program to start in the job's folder.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface TorchrunCall {
  readonly program: string
  readonly args: ReadonlyArray<string>
  readonly folder: string
  readonly variables: Readonly<Record<string, string>>
}

/**
 * Returns the call of `torchrun` to make on each machine.
 *
 * @example
 * import { torchrun, torchrunCall } from 'graft-vision'
 * import { jobSettings } from 'graft-vision'
 *
 * const job = { _tag: 'Job', name: 'pets', files: [], module: 'graft_torch', settings: jobSettings({ processes: 2 }) } as const
 * const { args } = torchrunCall(torchrun())(job, { folder: 'job', dataRoot: '/images', out: null })
 * assert.deepStrictEqual(args.slice(0, 5), ['-m', 'torch.distributed.run', '--standalone', '--nproc-per-node', '2'])
 *
 * @category jobs
 * @since 0.1.0
 */
export const torchrunCall =
  (t: Torchrun) =>
  (job: Job, at: Placement): TorchrunCall => ({
    program: t.python,
    // not the script `torchrun`, which may belong to another Python
    args: ['-m', 'torch.distributed.run', ...options(t, job, at)],
    folder: at.folder,
    variables: job.settings.threads === null ? {} : { OMP_NUM_THREADS: String(job.settings.threads) }
  })

/** The shell commands to run on each machine. */
export const torchrunText =
  (t: Torchrun) =>
  (job: Job, at: Placement): string => {
    const { program, args, folder, variables } = torchrunCall(t)(job, at)
    const set = Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)} `)
    const command = `${set.join('')}${inShell([program, ...args]).replace(`'$MASTER_ADDR:29500'`, '$MASTER_ADDR:29500')}`
    const several = args.includes('--rdzv-endpoint')
      ? ['# on each machine; MASTER_ADDR is the address of one of them']
      : []
    return [...several, `cd ${quoted(folder)}`, command].map((line) => `${line}\n`).join('')
  }
