/**
 * `Progress`: progress reports of long operations.
 *
 * @since 0.1.0
 */
import type { IO } from 'fp-ts/lib/IO.js'

/**
 * One report: `done` of `total` (0 when the total is not known), in bytes or items of `what`.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface Progress {
  readonly stage: 'download' | 'extract' | 'generate' | 'verify' | 'check' | 'lr-find' | 'embed'
  readonly what: string
  readonly done: number
  readonly total: number
}

/**
 * Requires a receiver of progress reports.
 *
 * @category environment
 * @since 0.1.0
 */
export interface HasProgress {
  readonly progress: (report: Progress) => IO<void>
}
