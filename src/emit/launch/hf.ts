/**
 * `hf`: runs a job on Hugging Face Jobs. The job, the images and the run are in repositories on the Hub.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Job, jobError, type JobError } from '../torch/index.js'
import { inShell, type Placement, programArgs } from './Placement.js'
import { install } from './setup.js'

/**
 * Hugging Face Jobs: the repositories and the machine of a job.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface Hf {
  readonly _tag: 'Hf'
  /** The user or organisation that is billed. */
  readonly namespace: string
  /** The model repository, `user/name`, with the job in `jobs/NAME` and the run in `runs/NAME`. */
  readonly repo: string
  /** The dataset repository with the images, `user/name`. */
  readonly dataRepo: string
  /** The machine, such as `t4-small` or `a100-large`. */
  readonly flavor: string
  readonly image: string
  /** Seconds after which the Hub ends the job. Its own default is 30 minutes. */
  readonly timeoutSeconds: number
  readonly hubUrl: string
  /** A token with write access to the repository; null: none. */
  readonly token: string | null
}

/**
 * Runs a job on Hugging Face Jobs. Defaults: a machine with a T4, an image with torch, a timeout of 24 hours.
 *
 * @example
 * import { hf } from 'graft-vision'
 *
 * assert.strictEqual(hf({ namespace: 'me', repo: 'me/pets', dataRepo: 'me/pet-images' }).timeoutSeconds, 86_400)
 *
 * @category jobs
 * @since 0.1.0
 */
export const hf = (
  options: Pick<Hf, 'namespace' | 'repo' | 'dataRepo'> & Partial<Omit<Hf, '_tag' | 'namespace' | 'repo' | 'dataRepo'>>
): Hf => ({
  _tag: 'Hf',
  flavor: 't4-small',
  image: 'pytorch/pytorch:2.9.1-cuda12.8-cudnn9-runtime',
  timeoutSeconds: 24 * 60 * 60,
  hubUrl: 'https://huggingface.co',
  token: null,
  ...options
})

/**
 * The arguments of `runJob` from `@huggingface/hub`.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface HfRun {
  readonly namespace: string
  readonly dockerImage: string
  readonly command: ReadonlyArray<string>
  readonly flavor: string
  readonly timeoutSeconds: number
  readonly environment: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly volumes: ReadonlyArray<{
    readonly source: { readonly type: 'model' | 'dataset'; readonly name: string }
    readonly mountPath: string
    readonly readOnly: boolean
  }>
}

const [mount, images, out] = ['/graft', '/images', '/tmp/run'] as const

/** The folder of a job in its repository. */
export const hfFolder = (name: string): string => `jobs/${name}`

/** The folder of a job's run in its repository. */
export const hfRunFolder = (name: string): string => `runs/${name}`

/**
 * Returns the arguments of `runJob`. Error: `JobError` for several machines, which the service does not offer.
 *
 * @example
 * import { hf, hfRun } from 'graft-vision'
 * import { jobSettings } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const job = { _tag: 'Job', name: 'pets', files: [], module: 'graft_torch', settings: jobSettings({ gpus: 1 }) } as const
 * const run = hfRun(hf({ namespace: 'me', repo: 'me/pets', dataRepo: 'me/pet-images' }))(job)
 * assert.ok(E.isRight(run) && run.right.timeoutSeconds === 86_400)
 *
 * @category jobs
 * @since 0.1.0
 */
export const hfRun =
  (h: Hf) =>
  ({ name, settings }: Job): E.Either<JobError, HfRun> => {
    const { nodes, processes, threads } = settings
    if (nodes > 1)
      return E.left(
        jobError(
          'nodes',
          'one machine on Hugging Face Jobs',
          String(nodes),
          'choose a larger flavor, or another launcher'
        )
      )
    const torchrun = ['torchrun', '--standalone', '--nproc-per-node', String(processes), '--max-restarts', '3']
    const at: Placement = { folder: '.', dataRoot: images, out }
    const commands = [
      // repositories are mounted read-only
      `cp -r ${mount}/${hfFolder(name)} /tmp/job`,
      'cd /tmp/job',
      `${install} huggingface_hub`,
      inShell([...torchrun, ...programArgs(at)]),
      inShell(['hf', 'upload', h.repo, out, hfRunFolder(name)])
    ]
    return E.right({
      namespace: h.namespace,
      dockerImage: h.image,
      command: ['sh', '-c', commands.join(' && ')],
      flavor: h.flavor,
      timeoutSeconds: h.timeoutSeconds,
      environment: threads === null ? {} : { OMP_NUM_THREADS: String(threads) },
      labels: { graft: name },
      volumes: [
        { source: { type: 'model', name: h.repo }, mountPath: mount, readOnly: true },
        { source: { type: 'dataset', name: h.dataRepo }, mountPath: images, readOnly: true }
      ]
    })
  }

/** The upload and the request as text, without the token. */
export const hfText =
  (h: Hf) =>
  (job: Job): E.Either<JobError, string> =>
    E.map((run: HfRun) => {
      const files = job.files.length
      return [
        `upload ${files} files to ${h.repo}, folder ${hfFolder(job.name)}`,
        `POST ${h.hubUrl}/api/jobs/${h.namespace}`,
        JSON.stringify(run, null, 2),
        ''
      ].join('\n')
    })(hfRun(h)(job))
