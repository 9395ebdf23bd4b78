/** What a training batch looks like: images as the network sees them, and captions of their targets. */
import { denormaliseValues, type Pixels, type Stats, type Task } from '../../data/index.js'
import { overlayMask, overlayPoints } from '../../interpret/draw/index.js'
import type { Batch } from '../../io/index.js'

/** Denormalised samples in [0, 1] as pixels. */
const levelsOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(Uint8ClampedArray.from(values, (v) => v * 255).buffer)

const rowOf = (rows: Float32Array | Int32Array, i: number, n: number): ReadonlyArray<number> => {
  const each = rows.length / n
  return [...rows.subarray(i * each, (i + 1) * each)]
}

/** Targets of one channel as grey, of three as they are. */
const coloured = ({ channels, data, ...sides }: Pixels): Pixels =>
  channels === 3
    ? { ...sides, channels, data }
    : { ...sides, channels: 3, data: Uint8Array.from({ length: 3 * data.length }, (_, i) => data[Math.floor(i / 3)]!) }

/** Two images of the same height side by side, with white between them. */
const beside = (one: Pixels, other: Pixels): Pixels => {
  const gap = 4
  const width = one.width + gap + other.width
  const data = new Uint8Array(one.height * width * 3).fill(255)
  for (let y = 0; y < one.height; y++) {
    data.set(one.data.subarray(y * one.width * 3, (y + 1) * one.width * 3), y * width * 3)
    const from = (y * width + one.width + gap) * 3
    data.set(other.data.subarray(y * other.width * 3, (y + 1) * other.width * 3), from)
  }
  return { height: one.height, width, channels: 3, data }
}

/** A value of no class in the mask of a picture. */
const ignored = 255

/** Image `i` of a batch: denormalised, under its mask or its points, or with its target image beside it. */
export const pictureOf = (
  { x, y, n }: Batch,
  i: number,
  [height, width]: readonly [number, number],
  task: Task,
  stats: Stats
): Pixels => {
  const sides = { height, width }
  const each = height * width * 3
  const image: Pixels = {
    ...sides,
    channels: 3,
    data: levelsOf(denormaliseValues(stats)(x.slice(i * each, (i + 1) * each)))
  }
  if (task._tag === 'Segmentation') {
    const mask = Uint8Array.from(rowOf(y, i, n), (index) => (index < 0 ? ignored : index))
    return overlayMask({ skip: [ignored] })({ ...sides, channels: 1, data: mask })(image)
  }
  if (task._tag === 'Points') {
    const pixel = (unit: number, side: number): number => ((unit + 1) * side - 1) / 2
    return overlayPoints(rowOf(y, i, n).map((unit, k) => pixel(unit, k % 2 === 0 ? width : height)))(image)
  }
  if (task._tag !== 'ImageRegression') return image
  const data = levelsOf(Float32Array.from(rowOf(y, i, n)))
  return beside(image, coloured({ ...sides, channels: task.channels, data }))
}

const share = (part: number): string => part.toFixed(2)

const number = (value: number): string => String(Number(value.toPrecision(4)))

/** As many letters as a cell has room for, and beside the number of names that are left out. */
const [room, rest] = [26, 17]

/** Names between commas, as far as there is room, and how many are left out. */
const listed = (names: ReadonlyArray<string>): string => {
  const all = names.join(', ')
  if (all.length <= room) return all
  const fitting = names.filter((_, i) => i === 0 || names.slice(0, i + 1).join(', ').length <= rest)
  return `${fitting.join(', ')} + ${names.length - fitting.length} more`
}

/** Classes with shares that are not 1: `cat 0.70, dog 0.30`. */
const shared = (names: ReadonlyArray<string>, shares: ReadonlyArray<number>): string => {
  const shown = names.flatMap((name, k) => {
    const part = share(shares[k] ?? 0)
    return part === '0.00' ? [] : [part === '1.00' ? name : `${name} ${part}`]
  })
  return shown.length === 0 ? 'no label' : listed(shown)
}

/** The label of image `i`; mixed ones with their shares. */
export const captionOf = ({ y, n }: Batch, i: number, task: Task): string => {
  const row = rowOf(y, i, n)
  switch (task._tag) {
    case 'Classification': {
      const [own = 0, other = own, lambda = 1] = row
      const named = (index: number): string => task.classes[index] ?? String(index)
      return own === other
        ? named(own)
        : shared([named(own), named(other)], [Math.fround(lambda), 1 - Math.fround(lambda)])
    }
    case 'MultiLabel':
      return shared(task.classes, row)
    case 'Regression':
      return row.map(number).join(', ')
    case 'Segmentation': {
      const counts = new Map<number, number>()
      for (const index of row) counts.set(index, (counts.get(index) ?? 0) + 1)
      // the most frequent first
      const found = [...counts].sort(([, a], [, b]) => b - a)
      return listed(found.flatMap(([index]) => task.codes[index] ?? []))
    }
    case 'ImageRegression':
      return 'image and target'
    case 'Points': {
      const missing = task.names.filter((_, k) => Number.isNaN(row[2 * k]!))
      return missing.length === 0 ? '' : `without ${listed(missing)}`
    }
  }
}
