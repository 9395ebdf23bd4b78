/**
 * `JobState`: the state of a job at a service.
 *
 * @since 0.1.0
 */

/**
 * The state of a job, as its service reports it.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface JobState {
  readonly stage: 'waiting' | 'running' | 'succeeded' | 'failed' | 'stopped'
  /** The service's message; empty if it has none. */
  readonly message: string
}

/** Whether a job has ended, in whatever way. */
export const hasEnded = ({ stage }: JobState): boolean => stage !== 'waiting' && stage !== 'running'
