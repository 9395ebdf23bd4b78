/**
 * sharp (libvips), loaded when the first picture is asked for.
 */
import type { Sharp, SharpOptions } from 'sharp'

export type Open = (input: Uint8Array, options?: SharpOptions) => Sharp

let loading: Promise<Open> | undefined

/** One picture per thread, none remembered: graft decodes many at once and keeps what it needs itself. */
export const openSharp = (): Promise<Open> =>
  (loading ??= import('sharp').then(({ default: sharp }) => {
    sharp.concurrency(1)
    sharp.cache(false)
    return (input, options) => sharp(input, options)
  }))

/** Truncated and damaged files fail; mere warnings (an odd profile, an unknown chunk) do not. */
export const reading: SharpOptions = { failOn: 'error' }
