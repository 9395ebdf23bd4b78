/** sharp (libvips), loaded when the first image is needed. */
import type { Sharp, SharpOptions } from 'sharp'

export type Open = (input: Uint8Array, options?: SharpOptions) => Sharp

let loading: Promise<Open> | undefined

/** One thread per image and no cache: graft decodes many images at once and has its own cache. */
export const openSharp = (): Promise<Open> =>
  (loading ??= import('sharp').then(({ default: sharp }) => {
    sharp.concurrency(1)
    sharp.cache(false)
    return (input, options) => sharp(input, options)
  }))

/** Truncated and damaged files fail; mere warnings (an unusual profile, an unknown chunk) do not. */
export const reading: SharpOptions = { failOn: 'error' }

/** The same memory as a `Uint8Array`: the `slice` of a `Buffer` would not copy it. */
export const plainBytes = ({ buffer, byteOffset, byteLength }: Buffer): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
