/**
 * `pageAssets`: the script and the style sheet of pages, which the build bundles as text.
 *
 * @since 0.1.0
 */
import { createRequire } from 'node:module'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { PageAssets } from '../page/index.js'
import type { HasFiles } from './Files.js'
import { type IoError, ioFailure, messageOf } from './IoError.js'

const unreadable = (cause: unknown): IoError =>
  ioFailure('#page-assets', 'the script and style sheet of pages', messageOf(cause), 'install graft-vision again')

/**
 * Reads what every page contains: its style sheet and its script.
 *
 * @example
 * import { page } from '../page/index.js'
 * import { nodeIo, pageAssets } from './index.js'
 *
 * const assets = await pageAssets(nodeIo())()
 * if (assets._tag === 'Left') throw new Error(assets.left.found)
 * assert.ok(page(assets.right)({ title: 'Nothing', sections: [] }).includes(assets.right.style.text))
 *
 * @since 0.1.0
 */
export const pageAssets: ReaderTaskEither<HasFiles, IoError, PageAssets> = ({ files }) =>
  pipe(
    TE.fromEither(E.tryCatch(() => createRequire(import.meta.url).resolve('#page-assets'), unreadable)),
    TE.chain(files.read),
    TE.chainEitherK((bytes) =>
      E.tryCatch(() => JSON.parse(Buffer.from(bytes).toString('utf8')) as PageAssets, unreadable)
    )
  )
