import type { Convolution } from '../conv/index.js'

/** A convolution of square images, padded by half of its window. */
export interface Case {
  /** Side of the window. */
  readonly kernel: number
  readonly images: number
  /** Side of the images. */
  readonly side: number
  readonly channels: number
  readonly filters: number
  readonly stride: number
}

const square = (kernel: number, images: number, side: number, channels: number, filters: number, stride = 1): Case => ({
  kernel,
  images,
  side,
  channels,
  filters,
  stride
})

/** The convolutions to time: those of the catalogue's networks at common training sizes. */
export const cases: ReadonlyArray<Case> = [
  // residual networks at 128 and at 28 pixels
  square(3, 16, 32, 64, 64),
  square(3, 16, 64, 64, 64),
  square(3, 32, 32, 64, 64),
  square(3, 32, 16, 128, 128),
  square(3, 32, 8, 256, 256),
  square(3, 32, 4, 512, 512),
  square(3, 64, 7, 64, 64),
  square(3, 64, 4, 128, 128),
  square(3, 64, 2, 256, 256),
  square(3, 64, 14, 64, 64),
  square(3, 8, 56, 64, 64),
  square(3, 8, 28, 128, 128),
  // between the stages
  square(3, 32, 32, 64, 128, 2),
  square(3, 32, 16, 128, 256, 2),
  square(3, 32, 8, 256, 512, 2),
  square(1, 32, 32, 64, 128, 2),
  // bottlenecks
  square(1, 16, 32, 64, 256),
  square(1, 16, 32, 256, 64),
  square(1, 16, 8, 1024, 256),
  square(1, 16, 4, 512, 2048),
  // squeezes and growing
  square(3, 32, 31, 16, 64),
  square(3, 32, 15, 64, 256),
  square(3, 32, 16, 128, 32),
  square(3, 32, 32, 128, 32),
  square(3, 1, 56, 64, 64),
  square(3, 1, 14, 256, 256),
  // groups of few channels, where starting costs more than computing
  square(3, 16, 16, 4, 4),
  square(3, 16, 8, 16, 16),
  square(3, 4, 16, 32, 32),
  square(1, 16, 8, 16, 16),
  // wide decoders
  square(3, 8, 64, 96, 96),
  square(3, 2, 128, 99, 99),
  // first layers
  square(7, 32, 128, 3, 64, 2),
  square(7, 64, 28, 3, 64, 2),
  square(3, 32, 128, 3, 64, 2),
  square(3, 32, 64, 3, 32),
  square(3, 8, 128, 3, 64)
]

export const nameOf = (c: Case): string =>
  `${c.kernel}x${c.kernel}/${c.stride} ${c.channels}>${c.filters} ${c.images}@${c.side}`

export const convolutionOf = ({ kernel, images, side, channels, filters, stride }: Case): Convolution => {
  const pad = Math.floor(kernel / 2)
  const out = Math.floor((side + 2 * pad - kernel) / stride) + 1
  return {
    window: {
      input: [side, side],
      output: [out, out],
      size: [kernel, kernel],
      stride: [stride, stride],
      dilation: [1, 1],
      pad: [pad, pad]
    },
    images,
    channels,
    filters,
    input: [images, side, side, channels],
    output: [images, out, out, filters]
  }
}
