/**
 * Points in records: `{ nose: [12, 30] }`, `{ points: { nose: [12, 30] } }` and lists of coordinates, as columns for x and
 * y.
 *
 * @since 0.1.0
 */
import type { NumberedRecord } from './NumberedRecord.js'

type Fields = Readonly<Record<string, unknown>>

const isObject = (u: unknown): u is Fields => typeof u === 'object' && u !== null && !Array.isArray(u)

const isCoordinate = (u: unknown): boolean => u === null || typeof u === 'number'

/** The coordinates in `[x, y]`, `[x1, y1, x2, y2]` or `[[x1, y1], null, [x3, y3]]`; undefined for any other value. */
const coordinatesIn = (value: unknown): ReadonlyArray<unknown> | undefined => {
  if (!Array.isArray(value) || value.length === 0) return undefined
  if (!value.some(Array.isArray)) return value.every(isCoordinate) && value.length > 1 ? value : undefined
  return value.every((point) => point === null || (Array.isArray(point) && point.length === 2))
    ? value.flatMap((point: ReadonlyArray<unknown> | null) => point ?? [null, null])
    : undefined
}

const flattened = ({ line, record }: NumberedRecord): NumberedRecord => ({
  line,
  record: Object.fromEntries(
    Object.entries(record).flatMap(([key, value]) =>
      isObject(value) ? Object.entries(value) : [[key, value] as const]
    )
  )
})

/** Columns named as in CSV tables: `nose_x` and `nose_y` for a list of one point, `x1`, `y1`, `x2`, ... for several. */
const columnsOf = (name: string, width: number): ReadonlyArray<string> =>
  Array.from({ length: width }, (_, i) => {
    const axis = i % 2 === 0 ? 'x' : 'y'
    return width === 2 ? `${name}_${axis}` : `${axis}${Math.floor(i / 2) + 1}`
  })

/** Records with one value per coordinate. A list as long as the first of its name is split; others are kept as text. */
export const withPointColumns = (given: ReadonlyArray<NumberedRecord>): ReadonlyArray<NumberedRecord> => {
  const records = given.map(flattened)
  const widths = new Map<string, number>()
  for (const { record } of records)
    for (const [name, value] of Object.entries(record)) {
      const width = coordinatesIn(value)?.length
      if (width !== undefined && !widths.has(name)) widths.set(name, width)
    }
  const spread = (name: string, value: unknown): ReadonlyArray<readonly [string, unknown]> => {
    const width = widths.get(name)
    if (width === undefined) return [[name, value]]
    const coordinates = coordinatesIn(value)
    const fits = coordinates?.length === width
    const odd = value === null || value === undefined ? null : JSON.stringify(Array.isArray(value) ? value : [value])
    return columnsOf(name, width).map((column, i) => [column, fits ? coordinates[i] : i === 0 ? odd : null])
  }
  return records.map(({ line, record }) => ({
    line,
    record: Object.fromEntries(Object.entries(record).flatMap(([name, value]) => spread(name, value)))
  }))
}
