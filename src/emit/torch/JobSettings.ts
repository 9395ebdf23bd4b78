/**
 * `JobSettings`: how many processes run a job, and how each of them computes.
 *
 * @since 0.1.0
 */
import { jobError, type JobError } from './JobError.js'

/**
 * Settings of a job. Apart from rounding, they do not change the result.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface JobSettings {
  /** Number of machines. */
  readonly nodes: number
  /** Processes on each machine. Each batch is divided among the processes of all machines. */
  readonly processes: number
  /** GPUs on each machine; 0 trains on the CPU. */
  readonly gpus: number
  /** Whether batch norms use the images of all processes; null: true if there are several processes. */
  readonly syncBn: boolean | null
  readonly fast: FastSettings
  /** Seconds between checkpoints. */
  readonly checkpointSeconds: number
  /** Threads of each process; null: PyTorch's default. */
  readonly threads: number | null
}

/**
 * Settings that make training faster on a GPU. Most of them change rounding.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface FastSettings {
  /** Whether images and activations are stored pixel by pixel (NHWC). */
  readonly channelsLast: boolean
  /** The precision of activations. `fp16` scales the loss, so that small gradients do not underflow. */
  readonly precision: 'fp32' | 'bf16' | 'fp16'
  /** Whether float32 products may be rounded to TensorFloat-32. */
  readonly tf32: boolean
  readonly compile: boolean
  readonly fusedOptimiser: boolean
  /** Data-loading processes per training process; 0: the training process loads images itself. */
  readonly workers: number
  readonly pinMemory: boolean
}

/**
 * Settings for results equal to those of graft's own engines: none of them changes rounding.
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
 * Makes job settings. Defaults: one machine, one process per GPU (one without GPUs), `exactSettings`, and a checkpoint
 * every 60 seconds.
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
 * Returns the total number of processes, over all machines.
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
 * Returns every mistake in the settings of a job with batch size `bs`; empty if there are none.
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
      right ? [] : [jobError(name, expected, String(value), `set ${name} to ${expected}`)]
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
              'omit the number of processes: it defaults to one per GPU'
            )
          ]
        : [])
    ]
  }
