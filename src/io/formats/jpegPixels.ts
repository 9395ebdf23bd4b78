/** The pixels of plain JPEGs, decoded in WebAssembly with the same result as libjpeg-turbo, and so as libvips and Pillow. */
import type { Pixels } from '../../data/index.js'
import { webAssembly, type WebAssemblyMemory } from '../../webAssembly.js'
import type { PlainJpeg } from './jpeg.js'
import { jpegModule } from './jpegModule.js'

/** The exports of assembly/jpeg.ts. */
interface Decoder {
  readonly memory: WebAssemblyMemory
  /** The address for a file of so many bytes. */
  readonly reserve: (length: number) => number
  /** The address of the samples; 0 if the file is refused. */
  readonly decode: (length: number) => number
}

const decoder = /*#__PURE__*/ webAssembly<Decoder>(jpegModule)

/** Larger images are decoded by libvips, in the background. */
const mostPixels = 2 ** 20

/**
 * Makes something of the pixels of a JPEG; they are valid only during the call of `use`. Undefined if libvips must decode the
 * image: it is progressive, has restart markers or unusual sampling of chroma, is damaged, or is small or large.
 */
export const withJpegPixels = <A>(
  bytes: Uint8Array,
  { height, width }: PlainJpeg,
  use: (pixels: Pixels) => A
): A | undefined => {
  const found = height * width <= mostPixels ? decoder() : undefined
  if (found === undefined) return undefined
  const { memory, reserve, decode } = found
  const at = reserve(bytes.length)
  new Uint8Array(memory.buffer).set(bytes, at)
  const samples = decode(bytes.length)
  return samples === 0
    ? undefined
    : use({ height, width, channels: 3, data: new Uint8Array(memory.buffer, samples, 3 * height * width) })
}
