/** `EmbeddingsFormat`: how features of images are written to a file of one format. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { IoError } from '../IoError.js'

/**
 * An image with features: its path, its label (empty: none) and its set (`train`, `valid`, `test`; empty: none).
 *
 * @category embeddings
 * @since 0.1.0
 */
export interface EmbeddedImage {
  readonly path: string
  readonly label: string
  readonly set: string
}

/** A format: writes into files of a folder that no one else uses. */
export interface EmbeddingsFormat {
  readonly add: (
    features: ReadonlyArray<Float32Array>,
    images: ReadonlyArray<EmbeddedImage>
  ) => TaskEither<IoError, void>
  /** Completes the file and returns its path. */
  readonly complete: TaskEither<IoError, string>
}

/** Features of one image after the other. */
export const joined = (features: ReadonlyArray<Float32Array>): Float32Array => {
  const width = features[0]?.length ?? 0
  const all = new Float32Array(features.length * width)
  features.forEach((row, i) => all.set(row, i * width))
  return all
}
