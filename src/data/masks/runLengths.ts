/**
 * Run lengths as COCO and Label Studio write them.
 *
 * @since 0.1.0
 */

/** COCO's compressed run lengths: numbers in base 32 as text, from the third on as differences. Undefined if damaged. */
export const cocoRuns = (text: string): ReadonlyArray<number> | undefined => {
  const runs: Array<number> = []
  for (let at = 0; at < text.length;) {
    let [value, shift, more] = [0, 0, true]
    while (more) {
      const digit = text.charCodeAt(at++) - 48
      if (!(digit >= 0 && digit < 64)) return undefined
      value |= (digit & 31) << shift
      shift += 5
      more = (digit & 32) !== 0
      if (!more && (digit & 16) !== 0) value |= -1 << shift
    }
    const run = runs.length > 2 ? value + runs.at(-2)! : value
    if (run < 0) return undefined
    runs.push(run)
  }
  return runs
}

/** Reads groups of bits, the highest first; undefined after the last. */
const bitReader = (bytes: ReadonlyArray<number>) => {
  let at = 0
  return (bits: number): number | undefined => {
    if (at + bits > 8 * bytes.length) return undefined
    let value = 0
    for (let i = 0; i < bits; i++, at++) value = value * 2 + ((bytes[at >> 3]! >> (7 - (at & 7))) & 1)
    return value
  }
}

/** Most samples of a mask, so that a damaged header does not ask for more. */
const mostSamples = 2 ** 30

/**
 * Label Studio's run lengths of a brush, which encode red, green, blue and alpha of every pixel; a pixel is covered if
 * its alpha is not 0. Undefined if damaged.
 */
export const brushRuns = (bytes: ReadonlyArray<number>): ReadonlyArray<number> | undefined => {
  const read = bitReader(bytes)
  const count = read(32)
  const wordSize = (read(5) ?? 0) + 1
  const sizes = [0, 1, 2, 3].map(() => (read(4) ?? 0) + 1)
  if (count === undefined || count % 4 !== 0 || count > mostSamples) return undefined
  const runs = [0]
  let covered = 0
  const pixel = (alpha: number): void => {
    const is = alpha === 0 ? 0 : 1
    if (is !== covered) {
      runs.push(0)
      covered = is
    }
    runs[runs.length - 1]!++
  }
  for (let i = 0; i < count;) {
    const [repeated, which] = [read(1), read(2)]
    const length = which === undefined ? undefined : read(sizes[which]!)
    if (repeated === undefined || length === undefined) return undefined
    const end = i + 1 + length
    let value = repeated === 1 ? read(wordSize) : 0
    for (; i < end && i < count; i++) {
      if (repeated === 0) value = read(wordSize)
      if (value === undefined) return undefined
      if (i % 4 === 3) pixel(value)
    }
  }
  return runs
}
