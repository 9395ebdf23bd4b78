import { type Explained, explained } from '../../Explained.js'

/**
 * An error of a job: settings that do not fit, a folder that is not empty, or a program or service that failed. `path` is
 * the setting, the folder, the program or the URL.
 *
 * @category errors
 * @since 0.1.0
 */
export type JobError = Explained<'JobError'>

/**
 * Makes a `JobError`.
 *
 * @example
 * import { jobError } from './index.js'
 *
 * assert.strictEqual(jobError('processes', 'a divisor of 64', '3', 'use 2 or 4')._tag, 'JobError')
 *
 * @since 0.1.0
 */
export const jobError = explained('JobError')
