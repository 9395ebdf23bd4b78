/**
 * Records of TensorBoard's event files: `Event` messages (`event.proto`, `summary.proto`) framed as TFRecords.
 *
 * @since 0.1.0
 */
import { double, doubleBytes, float, int, join, message, type Pieces, text, written } from './protobuf.js'

/**
 * How many values lie in each of several intervals; `limits` are their upper ends.
 *
 * @since 0.1.0
 */
export interface TensorboardHistogram {
  readonly min: number
  readonly max: number
  readonly count: number
  readonly sum: number
  readonly sumOfSquares: number
  readonly limits: ReadonlyArray<number>
  readonly counts: ReadonlyArray<number>
}

/**
 * A value with its tag, such as `train/loss`.
 *
 * @since 0.1.0
 */
export type TensorboardValue =
  | { readonly _tag: 'Scalar'; readonly tag: string; readonly value: number }
  | { readonly _tag: 'Image'; readonly tag: string; readonly png: Uint8Array }
  | { readonly _tag: 'Histogram'; readonly tag: string; readonly histogram: TensorboardHistogram }

/**
 * The content of a record: the version, with which a file begins; a start, after which earlier events from its step on
 * no longer count; or values.
 *
 * @since 0.1.0
 */
export type TensorboardContent =
  | { readonly _tag: 'Version' }
  | { readonly _tag: 'Start' }
  | { readonly _tag: 'Values'; readonly values: ReadonlyArray<TensorboardValue> }

const histogramBody = (h: TensorboardHistogram): Pieces =>
  join([
    double(1, h.min),
    double(2, h.max),
    double(3, h.count),
    double(4, h.sum),
    double(5, h.sumOfSquares),
    message(6, doubleBytes(h.limits)),
    message(7, doubleBytes(h.counts))
  ])

/** The colour space of `Summary.Image` for RGBA. */
const RGBA = 4

/** The sides are in the first chunk of a PNG. */
const imageBody = (png: Uint8Array): Pieces => {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  return join([int(1, view.getUint32(20)), int(2, view.getUint32(16)), int(3, RGBA), message(4, png)])
}

const valueBody = (value: TensorboardValue): Pieces => {
  switch (value._tag) {
    case 'Scalar':
      return join([text(1, value.tag), float(2, value.value)])
    case 'Image':
      return join([text(1, value.tag), message(4, imageBody(value.png))])
    case 'Histogram':
      return join([text(1, value.tag), message(5, histogramBody(value.histogram))])
  }
}

/** `SessionLog.START`. */
const START = 1

const contentBody = (content: TensorboardContent): Pieces => {
  switch (content._tag) {
    case 'Version':
      return text(3, 'brain.Event:2')
    case 'Start':
      return message(7, int(1, START))
    case 'Values':
      return message(5, join(content.values.map((value) => message(1, valueBody(value)))))
  }
}

/** Remainders of CRC-32C (Castagnoli), bit-reversed, by byte. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) =>
  Array.from({ length: 8 }).reduce<number>((crc) => (crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1), byte)
)

const crc32c = (bytes: Uint8Array): number =>
  ~bytes.reduce((crc, byte) => remainders[(crc ^ byte) & 255]! ^ (crc >>> 8), ~0) >>> 0

/** The checksum of a TFRecord: a CRC-32C, rotated and offset. */
const checksum = (bytes: Uint8Array): Uint8Array => {
  const crc = crc32c(bytes)
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
  return new Uint8Array(Uint32Array.of(masked).buffer)
}

/**
 * One record of an event file, written at `seconds` since 1970 for a training step.
 *
 * @example
 * import { tensorboardRecord } from '../index.js'
 *
 * const record = tensorboardRecord(1.5, 0, { _tag: 'Version' })
 * // twelve bytes before the event and four after it
 * assert.strictEqual(record.length, 12 + record[0]! + 4)
 *
 * @since 0.1.0
 */
export const tensorboardRecord = (seconds: number, step: number, content: TensorboardContent): Uint8Array => {
  const body = written(join([double(1, seconds), ...(step === 0 ? [] : [int(2, step)]), contentBody(content)]))
  const length = new Uint8Array(BigUint64Array.of(BigInt(body.length)).buffer)
  return written(join([length, checksum(length), body, checksum(body)]))
}

const BUCKETS = 30

/**
 * The histogram of finite numbers, in thirty intervals of equal width; null without any.
 *
 * @example
 * import { tensorboardHistogram } from '../index.js'
 *
 * const histogram = tensorboardHistogram(Float32Array.of(0, 1, 3, NaN))
 * assert.deepStrictEqual([histogram?.count, histogram?.sum, histogram?.counts[29]], [3, 4, 1])
 *
 * @since 0.1.0
 */
export const tensorboardHistogram = (values: Float32Array): TensorboardHistogram | null => {
  let [min, max, count, sum, sumOfSquares] = [Infinity, -Infinity, 0, 0, 0]
  for (const x of values) {
    if (!Number.isFinite(x)) continue
    if (x < min) min = x
    if (x > max) max = x
    count += 1
    sum += x
    sumOfSquares += x * x
  }
  if (count === 0) return null
  const width = (max - min) / BUCKETS || 1
  const counts = new Array<number>(BUCKETS).fill(0)
  for (const x of values) if (Number.isFinite(x)) counts[Math.min(BUCKETS - 1, Math.floor((x - min) / width))]! += 1
  return { min, max, count, sum, sumOfSquares, limits: counts.map((_, k) => min + width * (k + 1)), counts }
}
