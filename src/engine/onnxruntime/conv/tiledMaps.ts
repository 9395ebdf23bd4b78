import { pixelOrder, pixelRows } from '../graph/Layout.js'
import type { Window } from '../graph/Window.js'
import { overBothAxes, toom } from './toom.js'
import { inputTiles, isWhole, type Matrix, placesOf, tiles, tilingOf, wholeInput, wholeOutput } from './winograd.js'

/**
 * The constants of a 3x3 convolution by Winograd's minimal filtering, with the pixels in reading order. `filter` is G,
 * `[products, 9]`. The transform of the images ends in the rows `[products·tiles]`, and that of the products begins there.
 */
export type TiledMaps = WholeMaps | GatheredTiles

/** For feature maps of at most four tiles, gathering and placing the tiles is part of the matrices. */
export interface WholeMaps {
  readonly _tag: 'WholeMaps'
  readonly filter: Matrix
  /** `[products·tiles, pixels]` */
  readonly input: Matrix
  /** `[pixels, products·tiles]` */
  readonly output: Matrix
}

/** For larger feature maps. */
export interface GatheredTiles {
  readonly _tag: 'GatheredTiles'
  readonly filter: Matrix
  readonly tiles: number
  /** The pixel at every `[position, tile]` of the input; one past the last for padding. */
  readonly gather: Int32Array
  /** Bᵀ, `[products, positions]` */
  readonly input: Matrix
  /** Aᵀ, `[positions, products]` */
  readonly output: Matrix
  /** The `[position, tile]` of every output pixel. */
  readonly place: Int32Array
}

const wholeMaps = (m: 2 | 4, w: Window): WholeMaps => {
  const t = tilingOf(m, w)
  const [inputRows, outputRows] = [[...pixelRows(w.input)], [...pixelRows(w.output)]]
  const output = wholeOutput(w, t)
  return {
    _tag: 'WholeMaps',
    filter: overBothAxes(toom(m).filter),
    input: wholeInput(w, t).map((row) => inputRows.map((at) => row[at]!)),
    output: outputRows.map((at) => output[at]!)
  }
}

const gatheredTiles = (m: 2 | 4, w: Window): GatheredTiles => {
  const t = tilingOf(m, w)
  const { indices, rows } = inputTiles(w, t, [0, t.down])
  const [order, places] = [pixelOrder(w.input), placesOf(w.output, t)]
  const { filter, input, output } = toom(m)
  return {
    _tag: 'GatheredTiles',
    filter: overBothAxes(filter),
    tiles: tiles(t),
    gather: indices.map((row) => (row === rows ? rows : order[row]!)),
    input: overBothAxes(input),
    output: overBothAxes(output),
    place: pixelRows(w.output).map((row) => places[row]!)
  }
}

export const tiledMaps = (m: 2 | 4, w: Window): TiledMaps =>
  isWhole(tilingOf(m, w)) ? wholeMaps(m, w) : gatheredTiles(m, w)
