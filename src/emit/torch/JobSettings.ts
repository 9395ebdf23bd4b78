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
  /** Number of machines, or the largest number if `minNodes` is given. */
  readonly nodes: number
  /**
   * The smallest number of machines with which the job runs; null: all of them. If a machine is lost or another one
   * comes, all processes restart from the last checkpoint. Only `torchrun` can do this.
   */
  readonly minNodes: number | null
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
  minNodes: null,
  processes: Math.max(1, gpus),
  gpus,
  syncBn: null,
  fast: exactSettings,
  checkpointSeconds: 60,
  threads: null,
  ...given
})

/**
 * Returns the number of machines as `torchrun --nnodes` expects it: `4`, or `2:4`.
 *
 * @example
 * import { jobSettings, nodeRange } from './index.js'
 *
 * assert.strictEqual(nodeRange(jobSettings({ nodes: 4, minNodes: 2 })), '2:4')
 *
 * @since 0.1.0
 */
export const nodeRange = ({ nodes, minNodes }: Pick<JobSettings, 'nodes' | 'minNodes'>): string =>
  minNodes === null || minNodes === nodes ? String(nodes) : `${minNodes}:${nodes}`

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

/** Every total number of processes with which a job may run. */
const worldSizes = ({ nodes, minNodes, processes }: JobSettings): ReadonlyArray<number> =>
  Array.from({ length: nodes - (minNodes ?? nodes) + 1 }, (_, i) => ((minNodes ?? nodes) + i) * processes)

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b))

/** The smallest batch size of at least `bs` that all numbers of processes divide. */
const divisible = (bs: number, sizes: ReadonlyArray<number>): number => {
  const multiple = sizes.reduce((a, b) => (a / greatestDivisor(a, b)) * b, 1)
  return Math.ceil(bs / multiple) * multiple
}

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
        [
          'minNodes',
          s.minNodes,
          s.minNodes === null || (isWhole(s.minNodes, 1) && s.minNodes <= s.nodes),
          `an integer from 1 to ${s.nodes}, the number of nodes`
        ],
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
    const sizes = worldSizes(s)
    const wrongSize = sizes.find((n) => bs % n !== 0)
    return [
      ...(wrongSize === undefined
        ? []
        : [
            jobError(
              bs % s.processes === 0 ? 'nodes' : 'processes',
              `a number of processes that divides the batch size ${bs}`,
              `${wrongSize}${s.nodes === 1 ? '' : ` (${wrongSize / s.processes} nodes with ${s.processes} each)`}`,
              `use a batch size that is a multiple of ${sizes.join(' and ')}, such as ${divisible(bs, sizes)}`
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
