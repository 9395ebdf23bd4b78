/**
 * `sky`: runs a job as a task of SkyPilot, which rents machines, copies the job to them, and runs it.
 *
 * @since 0.1.0
 */
import { stringify } from 'yaml'
import type { Job } from '../torch/index.js'
import { inShell, type Placement, programArgs } from './Placement.js'
import { install } from './setup.js'

/**
 * The machines for SkyPilot to rent.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface Sky {
  readonly _tag: 'Sky'
  /** The type of GPU, such as `A100`; ignored if the job has no GPUs. */
  readonly accelerator: string
  /** Whether to use spot instances, which cost less and may be preempted. */
  readonly spot: boolean
  /** A cloud, a region or a zone, such as `aws/us-east-1`; null: the cheapest. */
  readonly infra: string | null
  /** A bucket for the run, such as `s3://mine/runs`, which outlives the machines; null keeps it on the first machine. */
  readonly bucket: string | null
}

/**
 * Runs a job with SkyPilot. Defaults: A100s, no spot instances, the cheapest place, no bucket.
 *
 * @example
 * import { sky } from 'graft-vision'
 *
 * assert.strictEqual(sky({ spot: true }).accelerator, 'A100')
 *
 * @category jobs
 * @since 0.1.0
 */
export const sky = (options: Partial<Omit<Sky, '_tag'>> = {}): Sky => ({
  _tag: 'Sky',
  accelerator: 'A100',
  spot: false,
  infra: null,
  bucket: null,
  ...options
})

/** The folders of the images and of the runs on a rented machine. */
const [images, runs] = ['/graft/images', '/graft/runs'] as const

/**
 * Returns the SkyPilot task of a job. The job's folder and the images are local paths, or URLs of buckets.
 *
 * @example
 * import { sky, skyTask } from 'graft-vision'
 * import { jobSettings } from 'graft-vision'
 *
 * const job = { _tag: 'Job', name: 'pets', files: [], module: 'graft_torch', settings: jobSettings({ gpus: 8 }) } as const
 * const task = skyTask(sky())(job, { folder: 'job', dataRoot: 'images', out: null })
 * assert.deepStrictEqual(task.resources, { accelerators: 'A100:8' })
 *
 * @category jobs
 * @since 0.1.0
 */
export const skyTask =
  ({ accelerator, spot, infra, bucket }: Sky) =>
  ({ name, settings: { nodes, processes, gpus, threads } }: Job, { folder, dataRoot }: Placement) => {
    const out = bucket === null ? null : `${runs}/${name}`
    const torchrun = [
      ...['torchrun', '--nnodes', String(nodes), '--nproc-per-node', String(processes), '--max-restarts', '3'],
      ...['--node-rank', '$SKYPILOT_NODE_RANK', '--master-addr', '$MASTER', '--master-port', '29500']
    ]
    return {
      name,
      workdir: folder,
      num_nodes: nodes,
      resources: {
        ...(infra === null ? {} : { infra }),
        ...(gpus === 0 ? { cpus: `${Math.max(2, processes)}+` } : { accelerators: `${accelerator}:${gpus}` }),
        ...(spot ? { use_spot: true } : {})
      },
      file_mounts: {
        [images]: dataRoot,
        ...(bucket === null ? {} : { [runs]: { source: bucket, mode: 'MOUNT' } })
      },
      ...(threads === null ? {} : { envs: { OMP_NUM_THREADS: String(threads) } }),
      setup: `${install}\n`,
      run: [
        'MASTER=$(echo "$SKYPILOT_NODE_IPS" | head -n 1)',
        `${torchrun.join(' ')} ${inShell(programArgs({ folder: '.', dataRoot: images, out }))}`,
        ''
      ].join('\n')
    }
  }

/** The task as YAML. */
export const skyYaml =
  (s: Sky) =>
  (job: Job, at: Placement): string =>
    stringify(skyTask(s)(job, at), { lineWidth: 0 })
