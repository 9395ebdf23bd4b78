import { arithmetic } from '../graph/arithmetic.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { pixelMatrix, pixelOrder, pixelRows, pixelsOf, type Laid, type Size } from '../graph/Layout.js'
import { gatherPadded, gatherRows, padRows } from '../graph/rows.js'
import { sizeOf } from '../graph/shapes.js'
import { reversed, windowKey, type RowTable, type Window } from '../graph/Window.js'
import {
  bytesOfRows,
  FLOAT,
  type Convolution,
  type ConvForm,
  type Direction,
  type Work,
  workOf
} from './Convolution.js'
import { overBothAxes, toom } from './toom.js'

/**
 * 3x3 convolutions with stride 1 by Winograd's minimal filtering over tiles of `m` x `m` outputs: 36 products instead
 * of 144 for m = 4. Images are transformed by multiplication with small constant matrices from the left. For feature
 * maps of up to four tiles, gathering and padding the tiles is part of these matrices (`whole`), and the gradients
 * share the transformed weights and outputs. Otherwise tiles are gathered, and the gradient of the input is the forward
 * algorithm with reversed weights.
 */

export interface Tiling {
  readonly m: 2 | 4
  /** Side of an input tile. */
  readonly side: number
  readonly down: number
  readonly across: number
}

export const tilingOf = (m: 2 | 4, { output: [height, width] }: Window): Tiling => ({
  m,
  side: m + 2,
  down: Math.ceil(height / m),
  across: Math.ceil(width / m)
})

export const tiles = (t: Tiling): number => t.down * t.across

/** Rows of tiles: first, and one past the last. */
type Part = readonly [from: number, to: number]

const tilesIn = (t: Tiling, [from, to]: Part): number => (to - from) * t.across

export const isWhole = (t: Tiling): boolean => tiles(t) <= 4

export type Matrix = ReadonlyArray<ReadonlyArray<number>>

const transposed = (a: Matrix): Matrix => a[0]!.map((_, j) => a.map((row) => row[j]!))

const constant = (g: Graph, key: string, matrix: () => Matrix, columns: number, rows: number): Ref =>
  g.table(`winograd ${key}`, [rows, columns], () => Float32Array.from(matrix().flat()))

const transform = (g: Graph, m: 2 | 4, which: 'input' | 'filter' | 'output', turn = false): Ref => {
  const make = () => overBothAxes(toom(m)[which])
  const [rows, columns] = { input: [m + 2, m + 2], filter: [m + 2, 3], output: [m, m + 2] }[which] as [number, number]
  return turn
    ? constant(g, `${which} ${m} turned`, () => transposed(make()), rows * rows, columns * columns)
    : constant(g, `${which} ${m}`, make, columns * columns, rows * rows)
}

/** G for the weights with both axes reversed. */
const turnedFilter = (g: Graph, m: 2 | 4): Ref =>
  constant(
    g,
    `filter ${m} reversed`,
    () => overBothAxes(toom(m).filter).map((row) => row.toReversed()),
    9,
    (m + 2) ** 2
  )

/** The input pixel at every position of every tile of a part, with rows `[position, tile]`. */
export const inputTiles = (w: Window, t: Tiling, part: Part): RowTable => {
  const [rows, rowOf] = [pixelsOf(w.input), pixelRows(w.input)]
  const indices = new Int32Array(t.side * t.side * tilesIn(t, part))
  let at = 0
  for (let a = 0; a < t.side; a++)
    for (let b = 0; b < t.side; b++)
      for (let i = part[0]; i < part[1]; i++)
        for (let j = 0; j < t.across; j++) {
          const [y, x] = [i * t.m + a - w.pad[0], j * t.m + b - w.pad[1]]
          const inside = y >= 0 && y < w.input[0] && x >= 0 && x < w.input[1]
          indices[at++] = inside ? rowOf[y * w.input[1] + x]! : rows
        }
  return { indices, rows }
}

/** The position of every row's output pixel in `[position, tile]`. */
export const placesOf = (size: Size, t: Tiling): Int32Array =>
  pixelOrder(size).map((pixel) => {
    const [y, x] = [Math.floor(pixel / size[1]), pixel % size[1]]
    const place = (y % t.m) * t.m + (x % t.m)
    return place * tiles(t) + Math.floor(y / t.m) * t.across + Math.floor(x / t.m)
  })

const inTileOrder = (places: Int32Array, t: Tiling): boolean =>
  places.length === t.m * t.m * tiles(t) && places.every((place, row) => place === row)

/** The inverse of `placesOf`; positions of the last tiles beyond the image are outside. */
const rowsOfPlaces = (places: Int32Array, t: Tiling): RowTable => {
  const rows = places.length
  const indices = new Int32Array(t.m * t.m * tiles(t)).fill(rows)
  places.forEach((place, row) => (indices[place] = row))
  return { indices, rows }
}

// -------------------------------------------------------------------------------------
// whole feature maps at once

/** Bᵀ combined with the gathering of tiles, `[position·tile, input row]`. */
export const wholeInput = (w: Window, t: Tiling): Matrix => {
  const { indices, rows } = inputTiles(w, t, [0, t.down])
  const b = overBothAxes(toom(t.m).input)
  return b.flatMap((weights) =>
    Array.from({ length: tiles(t) }, (_, tile) => {
      const row = new Array<number>(rows).fill(0)
      weights.forEach((weight, place) => {
        const input = indices[place * tiles(t) + tile]!
        if (input < rows) row[input]! += weight
      })
      return row
    })
  )
}

/** Aᵀ combined with the placing of tiles, `[output row, position·tile]`. */
export const wholeOutput = (w: Window, t: Tiling): Matrix => {
  const a = overBothAxes(toom(t.m).output)
  return Array.from(placesOf(w.output, t), (at) => {
    const [place, tile] = [Math.floor(at / tiles(t)), at % tiles(t)]
    return a[place]!.flatMap((weight) => Array.from({ length: tiles(t) }, (_, i) => (i === tile ? weight : 0)))
  })
}

const whole = (g: Graph, w: Window, t: Tiling, which: 'input' | 'output', turn = false): Ref => {
  const make = () => (which === 'input' ? wholeInput(w, t) : wholeOutput(w, t))
  const products = t.side * t.side * tiles(t)
  const [rows, columns] = which === 'input' ? [products, pixelsOf(w.input)] : [pixelsOf(w.output), products]
  const key = `whole ${which} ${t.m} ${turn} ${windowKey(w)}`
  return turn ? constant(g, key, () => transposed(make()), rows, columns) : constant(g, key, make, columns, rows)
}

// -------------------------------------------------------------------------------------
// transforms
// -------------------------------------------------------------------------------------

/**
 * Tiles are computed in parts with at most this many bytes of transformed images and products, so that they stay in the
 * cache.
 */
const CACHED = 1 << 22

/** The rows of tiles of each part of a larger feature map. */
const partsOf = (t: Tiling, c: Convolution): ReadonlyArray<Part> => {
  if (isWhole(t)) return [[0, t.down]]
  const bytesOfRow = FLOAT * t.side * t.side * t.across * c.images * (c.channels + c.filters)
  const count = Math.min(t.down, Math.ceil((bytesOfRow * t.down) / CACHED))
  const height = Math.ceil(t.down / count)
  return Array.from({ length: Math.ceil(t.down / height) }, (_, i) => [i * height, Math.min(t.down, (i + 1) * height)])
}

/** Images `[pixels, images·channels]` → by parts `[products, tiles·images, channels]`. */
const ofInput = (g: Graph, x: Laid, m: 2 | 4, w: Window, channels: number, parts: ReadonlyArray<Part>) => {
  const { matMul } = arithmetic(g)
  const t = tilingOf(m, w)
  const rows = pixelMatrix(g, x)
  const columns = rows.shape[1]!
  const products = t.side * t.side
  if (isWhole(t))
    return [g.reshape(matMul(whole(g, w, t, 'input'), rows), [products, (tiles(t) * columns) / channels, channels])]
  const padded = padRows(g, rows, inputTiles(w, t, [0, t.down]))
  return parts.map((part) => {
    const gathered = gatherPadded(g, padded, `tiles ${t.m} ${part.join()} ${windowKey(w)}`, inputTiles(w, t, part))
    const count = tilesIn(t, part)
    const places = g.reshape(gathered, [products, count * columns])
    return g.reshape(matMul(transform(g, t.m, 'input'), places), [products, (count * columns) / channels, channels])
  })
}

const ofFilter = (g: Graph, filter: Ref, t: Tiling, c: Convolution, matrix: Ref): Ref =>
  g.reshape(arithmetic(g).matMul(matrix, g.reshape(filter, [9, c.channels * c.filters])), [
    t.side * t.side,
    c.channels,
    c.filters
  ])

/** Converts products `[products, tiles·images, filters]`, part by part, to images `[pixels, images·filters]`. */
const toOutput = (g: Graph, parts: ReadonlyArray<Ref>, m: 2 | 4, w: Window, columns: number): Ref => {
  const { matMul, concat } = arithmetic(g)
  const t = tilingOf(m, w)
  if (isWhole(t)) return matMul(whole(g, w, t, 'output'), g.reshape(parts[0]!, [t.side * t.side * tiles(t), columns]))
  const places = parts.map((products) =>
    matMul(
      transform(g, t.m, 'output'),
      g.reshape(products, [t.side * t.side, sizeOf(products.shape) / (t.side * t.side)])
    )
  )
  const rows = g.reshape(concat(places, 1), [t.m * t.m * tiles(t), columns])
  const order = placesOf(w.output, t)
  return inTileOrder(order, t)
    ? rows
    : gatherRows(g, rows, `placed ${t.m} ${windowKey(w)}`, { indices: order, rows: rows.shape[0]! })
}

/** Transforms the gradient of the output, the adjoint of `toOutput`. */
const ofOutputGradient = (g: Graph, dy: Laid, m: 2 | 4, c: Convolution, parts: ReadonlyArray<Part>) => {
  const { matMul, slice } = arithmetic(g)
  const t = tilingOf(m, c.window)
  const rows = pixelMatrix(g, dy)
  const columns = rows.shape[1]!
  const products = t.side * t.side
  if (isWhole(t))
    return [g.reshape(matMul(whole(g, c.window, t, 'output', true), rows), [products, tiles(t) * c.images, c.filters])]
  const places = placesOf(c.window.output, t)
  const tiled = inTileOrder(places, t)
    ? rows
    : gatherRows(g, rows, `unplaced ${t.m} ${windowKey(c.window)}`, rowsOfPlaces(places, t))
  const square = g.reshape(tiled, [t.m * t.m, tiles(t) * columns])
  return parts.map((part) => {
    const [before, count] = [part[0] * t.across * columns, tilesIn(t, part)]
    const some = parts.length === 1 ? square : slice(square, [0, before], [t.m * t.m, count * columns])
    return g.reshape(matMul(transform(g, t.m, 'output', true), some), [products, count * c.images, c.filters])
  })
}

// ONNX Runtime copies the second matrix of a product into its own layout, which costs more than the product where the first has few rows
const FEW_ROWS = 32

/** Transformed images of more numbers (100 MB) are not kept for the gradient of the weights, but computed again. */
const MOST_KEPT = 25_000_000

const isLarge = (t: Tiling, { images, channels }: Convolution): boolean =>
  t.side * t.side * tiles(t) * images * channels > MOST_KEPT

const hasFewRows = (t: Tiling, c: Convolution): boolean => isWhole(t) && tiles(t) * c.images <= FEW_ROWS

/** `[products, rows, k]` by `[products, n, k]`, both transposed, so that the large weights are the first matrix: `[products, rows, n]`. */
const byFirst = (g: Graph, few: Ref, weights: Ref): Ref => {
  const { matMul, transpose } = arithmetic(g)
  return transpose(matMul(weights, few, { b: true }), [0, 2, 1])
}

const ofImages =
  (m: 2 | 4) =>
  (c: Convolution, direction: Direction): Work => {
    const t = tilingOf(m, c.window)
    const products = t.side * t.side
    const [places, channelsMoved] = [tiles(t) * products, c.channels + c.filters]
    const transforms = 2 * (isWhole(t) ? products * tiles(t) : products) * pixelsOf(c.window.output) * c.images
    return {
      flops: 2 * places * c.images * c.channels * c.filters + transforms * channelsMoved,
      bytes: bytesOfRows(c, (isWhole(t) ? 1 : 2) * places * (direction === 'filter' ? 1 : 1.5), channelsMoved)
    }
  }

/** Transforms the weights, and transforms back their gradient. */
const ofWeights = (m: 2 | 4, { channels, filters }: Convolution): Work => {
  const weights = (m + 2) ** 2 * channels * filters
  return { flops: 2 * 2 * 9 * weights, bytes: 2 * 8 * weights }
}

const workIn =
  (m: 2 | 4): ConvForm['work'] =>
  (c, use) => {
    const images = workOf(ofImages(m))(c, use)
    if (use !== 'training') return images
    const weights = ofWeights(m, c)
    return { flops: images.flops + weights.flops, bytes: images.bytes + weights.bytes }
  }

/** F(m, 3) along both axes. */
const winograd = (m: 2 | 4): ConvForm => ({
  name: `winograd${m}`,
  applies: ({ window: { size, stride, dilation, input, output } }) =>
    size[0] === 3 &&
    size[1] === 3 &&
    [...stride, ...dilation].every((d) => d === 1) &&
    pixelsOf(input) > 1 &&
    pixelsOf(output) > 1,
  work: workIn(m),
  forward: (g, x, filter, c) => {
    const { matMul } = arithmetic(g)
    const t = tilingOf(m, c.window)
    const weights = ofFilter(g, filter, t, c, transform(g, m, 'filter'))
    const products = ofInput(g, x, m, c.window, c.channels, partsOf(t, c)).map((part) => matMul(part, weights))
    return toOutput(g, products, m, c.window, c.images * c.filters)
  },
  filter: (g, x, dy, c) => {
    const { matMul, add } = arithmetic(g)
    const t = tilingOf(m, c.window)
    const parts = partsOf(t, c)
    const gradients = ofOutputGradient(g, dy, m, c, parts)
    const images = () => ofInput(g, x, m, c.window, c.channels, parts)
    const products = (isLarge(t, c) ? g.anew(images) : images())
      .map((part, i) => matMul(part, gradients[i]!, { a: true }))
      .reduce(add)
    return matMul(transform(g, m, 'filter', true), g.reshape(products, [t.side * t.side, c.channels * c.filters]))
  },
  input: (g, dy, filter, c) => {
    const { matMul } = arithmetic(g)
    const t = tilingOf(m, c.window)
    if (isWhole(t)) {
      const weights = ofFilter(g, filter, t, c, transform(g, m, 'filter'))
      const gradients = ofOutputGradient(g, dy, m, c, partsOf(t, c))[0]!
      const products = hasFewRows(t, c) ? byFirst(g, gradients, weights) : matMul(gradients, weights, { b: true })
      const square = g.reshape(products, [t.side * t.side * tiles(t), c.images * c.channels])
      return matMul(whole(g, c.window, t, 'input', true), square)
    }
    const back = reversed(c.window)
    const weights = ofFilter(g, filter, t, c, turnedFilter(g, m))
    const products = ofInput(g, dy, m, back, c.filters, partsOf(tilingOf(m, back), c)).map((part) =>
      matMul(part, weights, { b: true })
    )
    return toOutput(g, products, m, back, c.images * c.channels)
  }
})

export const winograd2 = winograd(2)

export const winograd4 = winograd(4)
