/**
 * `Job`: training with PyTorch as a value: the files of a program, and what it needs to run.
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
  /** A name that Kubernetes accepts (RFC 1035): lower-case letters, digits and hyphens, at most 40 characters. */
  readonly name: string
  readonly files: ReadonlyArray<JobFile>
  /** The Python module that every process runs (`python -m`), with the job's folder as its argument. */
  readonly module: 'graft_torch'
  readonly settings: JobSettings
}

/**
 * Turns any text into a job name, as RFC 1035 allows: other characters become hyphens.
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
