/** What reading one image file tells a check. */
import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { ReaderTask } from 'fp-ts/lib/ReaderTask.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import {
  digestLength,
  hashedSide,
  likenessOf,
  type DataError,
  type Decoding,
  type FileFacts
} from '../../data/index.js'
import type { HasFiles } from '../Files.js'
import { isCutOff } from '../formats/decodingFailure.js'
import type { HasImages } from '../Images.js'
import type { IoError } from '../IoError.js'

type Env = HasFiles & HasImages

/**
 * Reads a file, decodes it to 32 x 32 pixels, upright, and keeps its header, a digest of its bytes and its likeness. JPEG
 * and WebP are scaled while they are decoded.
 */
export const factsOf =
  (
    decoding: Decoding,
    file: string,
    read: ReaderTaskEither<Env, DataError | IoError, Uint8Array>
  ): ReaderTask<Env, FileFacts> =>
  (env) =>
  async () => {
    const bytes = await read(env)()
    if (E.isLeft(bytes)) return { _tag: 'Unreadable', reason: bytes.left.found, isTruncated: false }
    if (bytes.right.length === 0) return { _tag: 'Empty' }
    const upright = { ...decoding, orientation: 'apply', exact: false } as const
    const decoded = await env.images.decode(file, bytes.right, {
      size: O.some(hashedSide),
      resize: 'squish',
      decoding: upright
    })()
    if (E.isLeft(decoded))
      return { _tag: 'Unreadable', reason: decoded.left.found, isTruncated: isCutOff(decoded.left.found) }
    const { header, samples, ...pixels } = decoded.right
    const { format, height, width, orientation, traits = [] } = header
    return {
      _tag: 'Decoded',
      ...{ format, height, width, orientation, traits },
      ...(samples === undefined ? {} : { samples }),
      digest: Uint8Array.from(createHash('sha256').update(bytes.right).digest().subarray(0, digestLength)),
      likeness: likenessOf(pixels)
    }
  }
