/**
 * The pixels of a mask that is drawn from polygons and run lengths.
 *
 * @since 0.1.0
 */
import type { DrawnMask, Polygon, RunLengths } from '../images/ImagePlace.js'

type Sides = Pick<DrawnMask, 'height' | 'width'>

type Paint = (at: number) => void

/** Fills the pixels whose centres are inside the outlines; inside two of them is outside (even-odd rule). */
const fillPolygons = ({ height, width }: Sides, polygons: ReadonlyArray<Polygon>, paint: Paint): void => {
  for (let row = 0; row < height; row++) {
    const y = row + 0.5
    const crossings: Array<number> = []
    for (const polygon of polygons)
      for (let i = 0; i + 1 < polygon.length; i += 2) {
        const next = i + 2 < polygon.length ? i + 2 : 0
        const [x0, y0, x1, y1] = [polygon[i]!, polygon[i + 1]!, polygon[next]!, polygon[next + 1]!]
        if (y0 <= y !== y1 <= y) crossings.push(x0 + ((y - y0) / (y1 - y0)) * (x1 - x0))
      }
    crossings.sort((a, b) => a - b)
    for (let k = 0; k + 1 < crossings.length; k += 2) {
      const from = Math.max(0, Math.ceil(crossings[k]! - 0.5))
      const to = Math.min(width - 1, Math.ceil(crossings[k + 1]! - 0.5) - 1)
      for (let column = from; column <= to; column++) paint(row * width + column)
    }
  }
}

const fillRuns = ({ height, width }: Sides, { runs, order }: RunLengths, paint: Paint): void => {
  let at = 0
  runs.forEach((length, i) => {
    if (i % 2 === 1)
      for (let k = at; k < at + length && k < height * width; k++)
        paint(order === 'rows' ? k : (k % height) * width + Math.floor(k / height))
    at += length
  })
}

/**
 * The values of a mask's pixels, row by row; 0 outside of its regions.
 *
 * @example
 * import { drawnMask } from '../index.js'
 *
 * const square = { value: 7, polygons: [[1, 0, 3, 0, 3, 1, 1, 1]] }
 * assert.deepStrictEqual([...drawnMask({ height: 2, width: 4, regions: [square] })], [0, 7, 7, 0, 0, 0, 0, 0])
 *
 * @since 0.1.0
 */
export const drawnMask = (mask: DrawnMask): Uint16Array => {
  const pixels = new Uint16Array(mask.height * mask.width)
  for (const { value, polygons, runs } of mask.regions) {
    const paint: Paint = (at) => {
      pixels[at] = value
    }
    // each polygon is a part of the region, and parts may overlap
    for (const polygon of polygons ?? []) fillPolygons(mask, [polygon], paint)
    if (runs !== undefined) fillRuns(mask, runs, paint)
  }
  return pixels
}
