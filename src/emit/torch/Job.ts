/**
 * `Job`: a training for PyTorch, as a value: files, and what it takes to run them.
 *
 * @since 0.1.0
 */
import type { JobSettings } from './JobSettings.js'

/**
 * A file of a job. The path is relative to the job's folder.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface JobFile {
  readonly path: string
  readonly content: string | Uint8Array
}

/**
 * A job: the files of its folder, the Python module that trains it, and the machines that it needs.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface Job {
  readonly _tag: 'Job'
  /** A name that Kubernetes accepts (RFC 1035): lower-case letters, digits and hyphens, at most 40 of them. */
  readonly name: string
  readonly files: ReadonlyArray<JobFile>
  /** The module that `python -m` starts, once in each process, with the folder of the job as its argument. */
  readonly module: 'graft_torch'
  readonly settings: JobSettings
}

/**
 * A name for a job from any text: RFC 1035, without what it does not allow.
 *
 * @example
 * import { jobName } from './index.js'
 *
 * assert.strictEqual(jobName('3: Pets & resnet_18!'), 'graft-3-pets-resnet-18')
 *
 * @since 0.1.0
 */
export const jobName = (text: string): string => {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+/g, '')
  const named = /^[a-z]/.test(plain) ? plain : `graft-${plain}`
  return named.slice(0, 40).replaceAll(/-+$/g, '')
}
