/**
 * `JobState`: how far a job is that a service runs.
 *
 * @since 0.1.0
 */

/**
 * What a service says about a job.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface JobState {
  readonly stage: 'waiting' | 'running' | 'succeeded' | 'failed' | 'stopped'
  /** The service's own words; empty: none. */
  readonly message: string
}

/** Whether a job will not change any more. */
export const hasEnded = ({ stage }: JobState): boolean => stage !== 'waiting' && stage !== 'running'
