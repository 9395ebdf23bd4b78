/** The memory layout of tensors: shapes and the order of rows. Kernels are handled elsewhere. */
import { arithmetic } from './arithmetic.js'
import type { Graph, Ref } from './Graph.js'
import { sameShape, sizeOf } from './shapes.js'

/**
 * `plain`: in the order of the shape. `pixels`: images `[n, h, w, c]` as the matrix `[h·w, n·c]`. A row is one pixel of
 * all images, with channels last, so that moving or mixing pixels moves or mixes whole rows, and mixing channels is a
 * product with `[h·w·n, c]`. The order of the rows is `pixelOrder`.
 */
export type Layout = 'plain' | 'pixels'

/** A tensor of the graph with its layout: `shape` is the shape that tfjs sees, the ref has the shape of the layout. */
export interface Laid {
  readonly ref: Ref
  readonly shape: ReadonlyArray<number>
  readonly layout: Layout
  /** For images that were concatenated along channels: the operands, in order. */
  readonly branches?: ReadonlyArray<Laid>
  /** The same values as a sum that is cheaper to add to similar sums than `ref` is to compute. */
  readonly sum?: CentredSum
  /** A ReLU's output. These values are zero wherever it is, so its mask would not change them. */
  readonly maskedBy?: Laid
  /** For a batch norm's output: what it is computed from. */
  readonly map?: ChannelMap
  /** For a ReLU's output: its input. */
  readonly reluOf?: Laid
  /** For the gradient that a max pool passes to a batch norm: the same in fewer numbers. */
  readonly maxima?: GradientOfMaxima
  /** The matrix of some channels, if they can be computed without the others. */
  readonly channelsOf?: (from: number, count: number) => Ref
}

/** `main + centred·slope + shift`, where `centred` is `of` minus the mean of each channel. */
export interface CentredSum {
  readonly of: Laid
  /** In the layout of the tensor, `[pixels, images·channels]`. */
  readonly main: Ref
  /** One value per channel, `[1, channels]`. */
  readonly slope: Ref
  readonly shift: Ref
}

/** `centred·factor + shift`. */
export interface ChannelMap {
  /** In the layout of the tensor, `[pixels, images·channels]`. */
  readonly centred: Ref
  /** One value per channel, `[1, channels]`. */
  readonly factor: Ref
  readonly shift: Ref
}

/** A gradient that is zero except where `centred·signs` is the maximum under a window. */
export interface GradientOfMaxima {
  readonly centred: Ref
  /** 1 or -1 for each channel, `[1, channels]`. */
  readonly signs: Ref
  /** The maxima and the gradient there, `[output pixels, images·channels]`. */
  readonly maximum: Ref
  readonly gradient: Ref
}

export type Size = readonly [height: number, width: number]

export const pixelsOf = ([height, width]: Size): number => height * width

/** Side of the square tiles by which pixels are ordered, see `pixelOrder`. */
export const TILE = 4

export const isTiled = ([height, width]: Size): boolean => height % TILE === 0 && width % TILE === 0

/**
 * The pixel, in reading order, of every row. If the sides are multiples of 4, rows are ordered by the position within a
 * tile of 4x4 first, then by tile: the order in which Winograd's transforms read and write. Otherwise reading order.
 */
export const pixelOrder = (size: Size): Int32Array => {
  const [height, width] = size
  const order = Int32Array.from({ length: height * width }, (_, i) => i)
  if (!isTiled(size)) return order
  const [down, across] = [height / TILE, width / TILE]
  return order.map((row) => {
    const [place, tile] = [Math.floor(row / (down * across)), row % (down * across)]
    const y = Math.floor(tile / across) * TILE + Math.floor(place / TILE)
    return y * width + (tile % across) * TILE + (place % TILE)
  })
}

/** The row of every pixel: the inverse of `pixelOrder`. */
export const pixelRows = (size: Size): Int32Array => {
  const rows = new Int32Array(pixelsOf(size))
  pixelOrder(size).forEach((pixel, row) => (rows[pixel] = row))
  return rows
}

const isReadingOrder = ([height, width]: Size): boolean =>
  !isTiled([height, width]) || (height === TILE && width === TILE)

const sizeIn = (shape: ReadonlyArray<number>): Size => [shape[1]!, shape[2]!]

const ordered = (g: Graph, matrix: Ref, size: Size, order: 'pixelOrder' | 'pixelRows'): Ref => {
  if (isReadingOrder(size)) return matrix
  const make = order === 'pixelOrder' ? pixelOrder : pixelRows
  const indices = g.table(`${order} ${size.join()}`, [pixelsOf(size)], () => make(size))
  return arithmetic(g).gather(matrix, indices, 0)
}

/** Converts the matrix `[h·w, n·c]` of images from reading order to the layout's order. */
export const fromReadingOrder = (g: Graph, matrix: Ref, size: Size): Ref => ordered(g, matrix, size, 'pixelOrder')

/** Converts the matrix of the layout to reading order. */
export const inReadingOrder = (g: Graph, matrix: Ref, size: Size): Ref => ordered(g, matrix, size, 'pixelRows')

export const plainly = (ref: Ref, shape: ReadonlyArray<number> = ref.shape): Laid => ({ ref, shape, layout: 'plain' })

/** Images from their matrix. With one row, or one image in reading order, the layout equals the plain one. */
export const images = (g: Graph, matrix: Ref, shape: ReadonlyArray<number>): Laid => {
  const size = sizeIn(shape)
  const isPlain = pixelsOf(size) === 1 || (shape[0] === 1 && isReadingOrder(size))
  return isPlain ? plainly(g.reshape(matrix, shape)) : { ref: matrix, shape, layout: 'pixels' }
}

/** Images `[n, h, w, c]` as the matrix `[h·w, n·c]`. */
export const pixelMatrix = (g: Graph, { ref, shape, layout }: Laid): Ref => {
  const [n, h, w, c] = shape as readonly [number, number, number, number]
  const matrix = [h * w, n * c]
  if (layout === 'pixels') return g.reshape(ref, matrix)
  const turned = n === 1 || h * w === 1 ? ref : arithmetic(g).transpose(g.reshape(ref, [n, h * w, c]), [1, 0, 2])
  return fromReadingOrder(g, g.reshape(turned, matrix), [h, w])
}

/** A tensor in the order of its shape. */
export const plain = (g: Graph, { ref, shape, layout }: Laid): Ref => {
  if (layout === 'plain') return g.reshape(ref, shape)
  const [n, h, w, c] = shape as readonly [number, number, number, number]
  const rows = g.reshape(inReadingOrder(g, g.reshape(ref, [h * w, n * c]), [h, w]), [h * w, n, c])
  return g.reshape(n === 1 ? rows : arithmetic(g).transpose(rows, [1, 0, 2]), shape)
}

/**
 * A tensor that broadcasts over every pixel (a scalar, a channel vector, one value per image and channel) as a row of
 * images `[n, h, w, c]`; undefined if it does not.
 */
export const pixelRow = (g: Graph, x: Laid, [n, , , c]: ReadonlyArray<number>): Ref | undefined => {
  const [images = 1, height = 1, width = 1, channels = 1] = [...Array<number>(4 - x.shape.length).fill(1), ...x.shape]
  if (x.layout !== 'plain' || height * width !== 1) return undefined
  if (sizeOf(x.shape) === 1) return g.reshape(x.ref, [])
  const row = [1, n! * c!]
  if (images === n && channels === c) return g.reshape(x.ref, row)
  if (images === 1 && channels === c) return g.op('Tile', [g.reshape(x.ref, [1, c]), g.int64s([1, n!])], row)
  return g.reshape(g.op('Expand', [g.reshape(x.ref, [images, channels]), g.int64s([n!, c!])], [n!, c!]), row)
}

/**
 * Operands of an element-wise operator as they broadcast over the matrix of images of `shape`; undefined if none has
 * this layout, or if one does not broadcast over pixels.
 */
export const pixelwise = (
  g: Graph,
  operands: Readonly<Record<string, Laid>>,
  shape: ReadonlyArray<number>
): Readonly<Record<string, Ref>> | undefined => {
  const all = Object.entries(operands)
  if (!all.some(([, x]) => x.layout === 'pixels' && sameShape(x.shape, shape))) return undefined
  const refs: Record<string, Ref> = {}
  for (const [name, x] of all) {
    const ref = sameShape(x.shape, shape) ? pixelMatrix(g, x) : pixelRow(g, x, shape)
    if (ref === undefined) return undefined
    refs[name] = ref
  }
  return refs
}
