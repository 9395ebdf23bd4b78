/**
 * `withImagesOf`: an environment in which the images of opened data can be read by their paths.
 *
 * @since 0.1.0
 */
import { relative, resolve } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Data } from './Data.js'
import type { HasFiles } from '../Files.js'
import { ioFailure } from '../IoError.js'

/**
 * An environment that reads the images of data by their paths, also those that are not files of their own, such as the
 * rows of a Parquet file. Use it where a function takes paths: to predict files of `data.test`, or to plot the images of
 * an interpretation. `predict`, `getPreds` and training of the data itself do not need it.
 *
 * @example
 * import { digits } from 'graft-vision'
 * import { Io, nodeIo, openData } from 'graft-vision/node'
 *
 * const env = nodeIo()
 * const data = await openData(digits({ n: 8 }))(env)()
 * if (data._tag === 'Left') throw new Error(data.left.found)
 * assert.strictEqual(Io.withImagesOf(data.right)(env).files, env.files) // its images are files
 *
 * @category batches
 * @since 0.1.0
 */
export const withImagesOf =
  ({ root, bytesOf }: Pick<Data, 'root' | 'bytesOf'>) =>
  <R extends HasFiles>(env: R): R =>
    bytesOf === undefined
      ? env
      : {
          ...env,
          files: {
            ...env.files,
            read: (path) =>
              pipe(
                bytesOf(relative(resolve(root), resolve(path)).replaceAll('\\', '/'))(env),
                TE.mapLeft(({ path: at, expected, found, hint }) => ioFailure(at, expected, found, hint))
              )
          }
        }
