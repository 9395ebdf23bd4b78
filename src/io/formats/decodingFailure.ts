/**
 * The reason that an image cannot be decoded, on one line; image libraries give it in their own words and on several
 * lines.
 */
import { messageOf } from '../IoError.js'
import { isPng, readPng } from './png.js'

/** A file that cannot be decoded, and what to do about it. */
export class Undecodable extends Error {
  constructor(
    readonly found: string,
    readonly hint: string
  ) {
    super(found)
  }
}

export interface Reason {
  readonly found: string
  readonly hint: string
}

const again = 'download the file again or remove it'
const convert = 'convert it to PNG or JPEG first, for example with ImageMagick: magick IN OUT.png'

const cutOff = 'the file ends before its pixels do'

/** Whether a reason says that the file ends too early. */
export const isCutOff = (found: string): boolean => found === cutOff || found.startsWith('the file ends inside')

/** Messages of libvips and its loaders, and what they mean. */
const meanings: ReadonlyArray<readonly [message: RegExp, Reason]> = [
  [/bad labq format/, { found: 'a TIFF in CIELAB colours, which is not supported', hint: convert }],
  [/exceeds pixel limit/, { found: 'more than 268 million pixels', hint: 'scale it down or remove it' }],
  [
    /premature end|unexpected end|bad seek|short (of|read)|read error|got \d+ bytes, expected/i,
    { found: cutOff, hint: again }
  ]
]

/** The reason for a damaged PNG comes from our own reader; libpng only says that it cannot read on. */
const pngReason = (bytes: Uint8Array): string | undefined => {
  try {
    readPng(bytes)
    return undefined
  } catch (cause) {
    return messageOf(cause)
  }
}

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 12))

const firstLine = (message: string): string =>
  message
    .replace(/^Input buffer has corrupt header:\s*/, '')
    .split('\n')
    .find((line) => line.trim() !== '')
    ?.trim() ?? 'a damaged header'

/** Why these bytes could not be decoded, and what to do. */
export const decodingFailure = (bytes: Uint8Array, cause: unknown): Reason => {
  if (cause instanceof Undecodable) return cause
  const message = messageOf(cause)
  const own = isPng(bytes) && !/pixel limit/.test(message) ? pngReason(bytes) : undefined
  if (own !== undefined) return { found: own, hint: again }
  if (/unsupported image format/.test(message))
    return {
      found: `a file of an unknown image format, which begins with ${JSON.stringify(latin(bytes))}`,
      hint: again
    }
  return meanings.find(([pattern]) => pattern.test(message))?.[1] ?? { found: firstLine(message), hint: again }
}
