/**
 * Generated drawings of threes and sevens, each a pure function of its seed: a pen's path, distorted, slanted, rotated,
 * moved, drawn with a random thickness, blurred, with stray marks and noise.
 *
 * @since 0.1.0
 */
import { generator, type Generator, type Seed } from '../../Seed.js'

type Point = readonly [x: number, y: number]
type Path = ReadonlyArray<Point>

/**
 * Side of a drawing in pixels.
 *
 * @example
 * import { strokeSide } from 'graft-vision'
 *
 * assert.strictEqual(strokeSide, 28)
 *
 * @category data
 * @since 0.1.0
 */
export const strokeSide = 28

const between = (random: Generator, low: number, high: number): number => low + (high - low) * random.uniform()

// -------------------------------------------------------------------------------------------------------------------
// pens: paths in a box from -1 to 1, y downwards
// -------------------------------------------------------------------------------------------------------------------

/** A smooth line through points (Catmull and Rom's spline, ends repeated). */
const smooth = (points: Path, steps: number): Path => {
  const line: Array<Point> = []
  const at = (i: number): Point => points[Math.min(Math.max(i, 0), points.length - 1)]!
  for (let i = 0; i + 1 < points.length; i++) {
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)]
    for (let k = 0; k < steps; k++) {
      const t = k / steps
      const along = (j: 0 | 1): number =>
        b[j] +
        0.5 * t * (c[j] - a[j] + t * (2 * a[j] - 5 * b[j] + 4 * c[j] - d[j] + t * (3 * (b[j] - c[j]) + d[j] - a[j])))
      line.push([along(0), along(1)])
    }
  }
  return [...line, at(points.length - 1)]
}

const three = (random: Generator): ReadonlyArray<Path> => {
  const r = (low: number, high: number) => between(random, low, high)
  const waist: Point = [r(-0.3, 0.15), r(-0.2, 0.1)]
  const below: Path = [
    [r(0.35, 0.6), waist[1] + r(0.08, 0.2)],
    [r(0.6, 0.85), r(0.4, 0.6)],
    [r(0.1, 0.35), r(0.88, 1)],
    [r(-0.5, -0.2), r(0.85, 1)],
    [r(-0.85, -0.6), r(0.5, 0.8)]
  ]
  // Flat-topped, like a seven, or round.
  if (random.uniform() < 0.25) {
    const corner: Point = [r(0.45, 0.7), r(-1, -0.85)]
    const bar: Path = [[r(-0.75, -0.5), r(-1, -0.85)], corner, waist]
    return [bar, smooth([waist, ...below], 6)]
  }
  const above: Path = [
    [r(-0.8, -0.5), r(-0.8, -0.5)],
    [r(-0.35, -0.1), r(-1, -0.9)],
    [r(0.25, 0.45), r(-1, -0.85)],
    [r(0.5, 0.75), r(-0.65, -0.4)],
    [r(0.25, 0.45), waist[1] - r(0.08, 0.2)]
  ]
  return random.uniform() < 0.6
    ? [smooth([...above, waist], 6), smooth([waist, ...below], 6)]
    : [smooth([...above, waist, ...below], 6)]
}

const seven = (random: Generator): ReadonlyArray<Path> => {
  const r = (low: number, high: number) => between(random, low, high)
  const left: Point = [r(-0.85, -0.55), r(-1, -0.8)]
  const corner: Point = [r(0.5, 0.8), r(-1, -0.8)]
  const foot: Point = [r(-0.5, 0.25), r(0.85, 1)]
  const bend: Point = [(corner[0] + foot[0]) / 2 + r(-0.3, 0.12), r(-0.2, 0.2)]
  const bar =
    random.uniform() < 0.5 ? smooth([left, [r(-0.2, 0.2), left[1] + r(-0.02, 0.18)], corner], 6) : [left, corner]
  const paths: Array<Path> = [bar, smooth([corner, bend, foot], 8)]
  if (random.uniform() < 0.25) paths.push([left, [left[0] + r(-0.08, 0.08), left[1] + r(0.2, 0.4)]])
  if (random.uniform() < 0.25) {
    const half = r(0.3, 0.5)
    paths.push([
      [bend[0] - half, bend[1] + r(-0.05, 0.15)],
      [bend[0] + half, bend[1] + r(-0.15, 0.05)]
    ])
  }
  return paths
}

// -------------------------------------------------------------------------------------------------------------------
// paper
// -------------------------------------------------------------------------------------------------------------------

/** Rotated, slanted, stretched and moved, but never outside the image. */
const placed = (random: Generator, paths: ReadonlyArray<Path>): ReadonlyArray<Path> => {
  const turn = between(random, -0.42, 0.42)
  const slant = between(random, -0.4, 0.4)
  const tall = between(random, 6, 11)
  const wide = tall * between(random, 0.55, 1)
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
  const moved = paths.map((path) =>
    path.map(([x, y]): Point => {
      const [u, v] = [(x - slant * y) * wide, y * tall]
      return [cos * u - sin * v, sin * u + cos * v]
    })
  )
  const extent = (j: 0 | 1): readonly [number, number] => {
    const values = moved.flat().map((point) => point[j])
    return [Math.min(...values), Math.max(...values)]
  }
  const room = 2
  const shift = (j: 0 | 1): readonly [number, number] => {
    const [low, high] = extent(j)
    const free = strokeSide - 1 - 2 * room - (high - low)
    const squeeze = free < 0 ? (strokeSide - 1 - 2 * room) / (high - low) : 1
    return [squeeze, room - low * squeeze + Math.max(0, free) * random.uniform()]
  }
  const [[fx, dx], [fy, dy]] = [shift(0), shift(1)]
  return moved.map((path) => path.map(([x, y]): Point => [x * fx + dx, y * fy + dy]))
}

const distanceTo = (px: number, py: number, [ax, ay]: Point, [bx, by]: Point): number => {
  const [ex, ey] = [bx - ax, by - ay]
  const length = ex * ex + ey * ey
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((px - ax) * ex + (py - ay) * ey) / length))
  return Math.hypot(px - ax - t * ex, py - ay - t * ey)
}

/** Draws a path with a pen of some radius; edges are blended over one pixel. */
const ink = (paper: Float64Array, path: Path, radius: number, strength: number): void => {
  const reach = radius + 1
  for (let i = 0; i + 1 < path.length; i++) {
    const [a, b] = [path[i]!, path[i + 1]!]
    const [top, bottom] = [
      Math.max(0, Math.ceil(Math.min(a[1], b[1]) - reach)),
      Math.min(strokeSide - 1, Math.max(a[1], b[1]) + reach)
    ]
    const [left, right] = [
      Math.max(0, Math.ceil(Math.min(a[0], b[0]) - reach)),
      Math.min(strokeSide - 1, Math.max(a[0], b[0]) + reach)
    ]
    for (let y = top; y <= bottom; y++)
      for (let x = left; x <= right; x++) {
        const value = strength * Math.min(1, Math.max(0, radius + 0.5 - distanceTo(x, y, a, b)))
        const at = y * strokeSide + x
        if (value > paper[at]!) paper[at] = value
      }
  }
}

/** Mixes each pixel with its neighbours, first along rows, then along columns. */
const blurred = (paper: Float64Array, part: number): Float64Array => {
  const along = (from: Float64Array, step: number, across: number): Float64Array => {
    const to = new Float64Array(from.length)
    for (let line = 0; line < strokeSide; line++)
      for (let i = 0; i < strokeSide; i++) {
        const at = line * across + i * step
        const before = i > 0 ? from[at - step]! : 0
        const after = i < strokeSide - 1 ? from[at + step]! : 0
        to[at] = (1 - part) * from[at]! + (part / 2) * (before + after)
      }
    return to
  }
  return along(along(paper, 1, strokeSide), strokeSide, 1)
}

const stray = (random: Generator): Path => {
  const from: Point = [between(random, 0, strokeSide), between(random, 0, strokeSide)]
  const [angle, length] = [between(random, 0, 2 * Math.PI), between(random, 3, 8)]
  return [from, [from[0] + length * Math.cos(angle), from[1] + length * Math.sin(angle)]]
}

/**
 * A grey drawing of a three or a seven, 28 x 28, white on black. Drawings of consecutive seeds are alike; take different
 * ones from `splitSeed`.
 *
 * @example
 * import { drawDigit } from 'graft-vision'
 *
 * assert.deepStrictEqual(drawDigit('3', 1), drawDigit('3', 1))
 * assert.strictEqual(drawDigit('7', 1).length, 28 * 28)
 *
 * @category data
 * @since 0.1.0
 */
export const drawDigit = (digit: '3' | '7', seed: Seed): Uint8Array => {
  const random = generator(seed)
  const paths = placed(random, (digit === '3' ? three : seven)(random))
  const paper = new Float64Array(strokeSide * strokeSide)
  const strays = random.integer(3)
  for (let i = 0; i < strays; i++) ink(paper, stray(random), between(random, 0.3, 0.8), between(random, 0.25, 0.6))
  const radius = between(random, 0.6, 1.7)
  const strength = between(random, 0.65, 1)
  for (const path of paths) ink(paper, path, radius, strength)
  const soft = blurred(paper, between(random, 0, 0.6))
  const noise = between(random, 0, 0.12)
  return Uint8Array.from(soft, (value) => 255 * Math.min(1, Math.max(0, value + noise * random.normal())))
}
