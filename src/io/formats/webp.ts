/** WebP: small images for pages. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Pixels } from '../../data/index.js'
import { type IoError, ioFailure, messageOf } from '../IoError.js'
import { openSharp } from './openSharp.js'

/** Encodes 3 or 4 channels as lossy WebP; `quality` is 1 to 100. */
export const webpOf =
  (quality: number) =>
  ({ data, height, width, channels }: Pixels): TE.TaskEither<IoError, Uint8Array> =>
    TE.tryCatch(
      async () => {
        const open = await openSharp()
        const image = open(data, { raw: { height, width, channels: channels as 3 | 4 } })
        return image.webp({ quality, alphaQuality: quality }).toBuffer()
      },
      (cause) =>
        ioFailure('an image', `${height} x ${width} x ${channels} samples`, messageOf(cause), 'check its shape')
    )
