/**
 * `JobSettings`: how many processes a job has, and how each of them computes.
 *
 * @since 0.1.0
 */
import { jobError, type JobError } from './JobError.js'

/**
 * Settings of a job. They do not change what is trained, apart from rounding.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface JobSettings {
  /** Number of machines. */
  readonly nodes: number
  /** Processes on each machine. The batch size is divided by the number of all processes. */
  readonly processes: number
  /** GPUs on each machine; 0: the CPU computes. */
  readonly gpus: number
  /** Whether batch norms use the statistics of all processes' images; null: if there is more than one process. */
  readonly syncBn: boolean | null
  readonly fast: FastSettings
  /** Seconds between checkpoints. */
  readonly checkpointSeconds: number
  /** Threads of each process; null: torch's choice. */
  readonly threads: number | null
}

/**
 * What makes training faster on a GPU, and changes its rounding.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface FastSettings {
  /** Whether images and activations are stored pixel by pixel. */
  readonly channelsLast: boolean
  /** The precision of activations; `fp16` scales the loss. */
  readonly precision: 'fp32' | 'bf16' | 'fp16'
  /** Whether float32 products may be rounded to TensorFloat-32. */
  readonly tf32: boolean
  readonly compile: boolean
  readonly fusedOptimiser: boolean
  /** Processes that load images, for each process that trains; 0: none. */
  readonly workers: number
  readonly pinMemory: boolean
}

/**
 * Settings for equality with graft's own engines: nothing that changes rounding.
 *
 * @example
 * import { exactSettings } from 'graft-vision'
 *
 * assert.strictEqual(exactSettings.precision, 'fp32')
 *
 * @category jobs
 * @since 0.1.0
 */
export const exactSettings: FastSettings = {
  channelsLast: false,
  precision: 'fp32',
  tf32: false,
  compile: false,
  fusedOptimiser: false,
  workers: 2,
  pinMemory: false
}

/**
 * Settings for speed on a GPU: `--fast`.
 *
 * @example
 * import { fastSettings } from 'graft-vision'
 *
 * assert.strictEqual(fastSettings.precision, 'bf16')
 *
 * @category jobs
 * @since 0.1.0
 */
export const fastSettings: FastSettings = {
  channelsLast: true,
  precision: 'bf16',
  tf32: true,
  compile: true,
  fusedOptimiser: true,
  workers: 8,
  pinMemory: true
}

/**
 * Job settings with defaults: one process on one machine (one for each GPU), exact arithmetic, a checkpoint every 60
 * seconds.
 *
 * @example
 * import { jobSettings } from 'graft-vision'
 *
 * assert.deepStrictEqual([jobSettings().processes, jobSettings({ gpus: 4 }).processes], [1, 4])
 *
 * @category jobs
 * @since 0.1.0
 */
export const jobSettings = ({ gpus = 0, ...given }: Partial<JobSettings> = {}): JobSettings => ({
  nodes: 1,
  processes: Math.max(1, gpus),
  gpus,
  syncBn: null,
  fast: exactSettings,
  checkpointSeconds: 60,
  threads: null,
  ...given
})

/**
 * The number of all processes.
 *
 * @example
 * import { jobSettings, worldSize } from './index.js'
 *
 * assert.strictEqual(worldSize(jobSettings({ nodes: 2, processes: 4 })), 8)
 *
 * @since 0.1.0
 */
export const worldSize = ({ nodes, processes }: JobSettings): number => nodes * processes

const isWhole = (n: number, least: number): boolean => Number.isSafeInteger(n) && n >= least

/**
 * Every mistake in the settings of a job whose batches have `bs` images.
 *
 * @example
 * import { checkJobSettings, jobSettings } from './index.js'
 *
 * const mistakes = checkJobSettings(64)(jobSettings({ processes: 3 }))
 * assert.deepStrictEqual(mistakes.map(({ path }) => path), ['processes'])
 *
 * @since 0.1.0
 */
export const checkJobSettings =
  (bs: number) =>
  (s: JobSettings): ReadonlyArray<JobError> => {
    const wrong = (
      [
        ['nodes', s.nodes, isWhole(s.nodes, 1), 'an integer of at least 1'],
        ['processes', s.processes, isWhole(s.processes, 1), 'an integer of at least 1'],
        ['gpus', s.gpus, isWhole(s.gpus, 0), 'an integer of at least 0'],
        ['fast.workers', s.fast.workers, isWhole(s.fast.workers, 0), 'an integer of at least 0'],
        ['threads', s.threads, s.threads === null || isWhole(s.threads, 1), 'an integer of at least 1'],
        [
          'checkpointSeconds',
          s.checkpointSeconds,
          Number.isFinite(s.checkpointSeconds) && s.checkpointSeconds > 0,
          'a positive number'
        ]
      ] as const
    ).flatMap(([name, value, right, expected]) =>
      right ? [] : [jobError(name, expected, String(value), `give ${name} ${expected}`)]
    )
    if (wrong.length > 0) return wrong
    const n = worldSize(s)
    return [
      ...(bs % n === 0
        ? []
        : [
            jobError(
              'processes',
              `a number of processes that divides the batch size ${bs}`,
              `${n}${s.nodes === 1 ? '' : ` (${s.nodes} nodes with ${s.processes} each)`}`,
              `use a batch size that is a multiple of ${n}, such as ${Math.ceil(bs / n) * n}`
            )
          ]),
      ...(s.gpus > 0 && s.processes > s.gpus
        ? [
            jobError(
              'processes',
              `at most one process for each of the ${s.gpus} GPUs`,
              String(s.processes),
              'leave the number of processes out'
            )
          ]
        : [])
    ]
  }
