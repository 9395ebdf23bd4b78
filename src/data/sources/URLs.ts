/**
 * `URLs`: the public archives with known size and hash, under fastai's names.
 *
 * @since 0.1.0
 */
const samples = 'https://s3.amazonaws.com/fast-ai-sample'

/**
 * The URLs of fastai's sample data sets (`untarData(URLs.MNIST_SAMPLE)`); `.tgz` is appended if missing.
 *
 * @example
 * import { URLs } from 'graft-vision'
 *
 * assert.ok(URLs.MNIST_SAMPLE.endsWith('/mnist_sample'))
 *
 * @category data
 * @since 0.1.0
 */
export const URLs = {
  MNIST_SAMPLE: `${samples}/mnist_sample`,
  MNIST_TINY: `${samples}/mnist_tiny`,
  CAMVID_TINY: `${samples}/camvid_tiny`
} as const

/**
 * What identifies an archive: its size, and the MD5 of its first MiB.
 *
 * @category data
 * @since 0.1.0
 */
export interface Checksum {
  readonly bytes: number
  readonly md5OfFirstMiB: string
}

/**
 * The checksums of the archives in `URLs`.
 *
 * @example
 * import { URLs } from 'graft-vision'
 * import { checksums } from '../index.js'
 *
 * assert.strictEqual(checksums[URLs.MNIST_SAMPLE]?.bytes, 3214948)
 *
 * @since 0.1.0
 */
export const checksums: Readonly<Record<string, Checksum>> = {
  [URLs.MNIST_SAMPLE]: { bytes: 3_214_948, md5OfFirstMiB: '2dbc7ec6f9259b583af0072c55816a88' },
  [URLs.MNIST_TINY]: { bytes: 342_207, md5OfFirstMiB: '56143e8f24db90d925d82a5a74141875' },
  [URLs.CAMVID_TINY]: { bytes: 2_314_212, md5OfFirstMiB: '2cf6daf91b7a2083ecfa3e9968e9d915' }
}
