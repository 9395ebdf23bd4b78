import { pixelOrder, pixelRows, pixelsOf, type Size } from './Layout.js'

/** A window sliding over images, as in convolutions and pooling. Sizes in pixels, rows first. */
export interface Window {
  readonly input: Size
  readonly output: Size
  readonly size: Size
  readonly stride: Size
  readonly dilation: Size
  /** Padding above and to the left; the padding below and to the right follows from the sizes. */
  readonly pad: Size
}

/** Rows of a pixel matrix to gather. An entry equal to `rows`, the number of rows, stands for padding. */
export interface RowTable {
  readonly indices: Int32Array
  readonly rows: number
}

export const tapsOf = (w: Window): number => pixelsOf(w.size)

export const windowKey = (w: Window): string => JSON.stringify(w)

export const isPadded = ({ indices, rows }: RowTable): boolean => indices.includes(rows)

/** For each output row and each tap, the input row under it: `[output, tap]`. */
export const inputUnder = (w: Window): RowTable => {
  const [rows, rowOf] = [pixelsOf(w.input), pixelRows(w.input)]
  const indices = new Int32Array(pixelsOf(w.output) * tapsOf(w))
  let at = 0
  for (const pixel of pixelOrder(w.output)) {
    const [top, left] = [
      Math.floor(pixel / w.output[1]) * w.stride[0] - w.pad[0],
      (pixel % w.output[1]) * w.stride[1] - w.pad[1]
    ]
    for (let dy = 0; dy < w.size[0]; dy++)
      for (let dx = 0; dx < w.size[1]; dx++) {
        const [y, x] = [top + dy * w.dilation[0], left + dx * w.dilation[1]]
        const inside = y >= 0 && y < w.input[0] && x >= 0 && x < w.input[1]
        indices[at++] = inside ? rowOf[y * w.input[1] + x]! : rows
      }
  }
  return { indices, rows }
}

/**
 * Replaces padding by the first pixel under the same window, or by the last one if that comes later in the window,
 * which leaves the maximum unchanged and needs no padding. A window without any pixel is unchanged.
 */
export const clamped = (w: Window, { indices, rows }: RowTable): RowTable => {
  const taps = tapsOf(w)
  const within = Int32Array.from(indices)
  for (let at = 0; at < indices.length; at += taps) {
    const under = indices.subarray(at, at + taps)
    const first = under.find((row) => row !== rows) ?? rows
    let last = first
    under.forEach((row, tap) => {
      if (row !== rows) last = row
      within[at + tap] = last
    })
  }
  return { indices: within, rows }
}

/** The rows under one tap, by output row. */
export const underTap = (w: Window, { indices, rows }: RowTable, tap: number): RowTable => ({
  rows,
  indices: Int32Array.from({ length: indices.length / tapsOf(w) }, (_, output) => indices[output * tapsOf(w) + tap]!)
})

/** The positions of a window along an axis (0: down, 1: across) that are ever on a pixel. */
const usedAlong = (w: Window, axis: 0 | 1): ReadonlyArray<number> => {
  const outputs = Array.from({ length: w.output[axis] }, (_, output) => output * w.stride[axis] - w.pad[axis])
  const places = Array.from({ length: w.size[axis] }, (_, place) => place)
  return places.filter((place) =>
    outputs.some((first) => {
      const at = first + place * w.dilation[axis]
      return at >= 0 && at < w.input[axis]
    })
  )
}

/** The taps that are ever on a pixel. */
export const usedTaps = (w: Window): ReadonlyArray<number> => {
  const across = usedAlong(w, 1)
  const used = usedAlong(w, 0).flatMap((y) => across.map((x) => y * w.size[1] + x))
  // at least one, because a convolution of only padding gives zeros
  return used.length === 0 ? [0] : used
}

/** For each input row and each tap, the output row whose tap is on it: `[input, tap]`. */
export const outputOver = (w: Window): RowTable => {
  const [rows, taps] = [pixelsOf(w.output), tapsOf(w)]
  const indices = new Int32Array(pixelsOf(w.input) * taps).fill(rows)
  inputUnder(w).indices.forEach((input, i) => {
    if (input < pixelsOf(w.input)) indices[input * taps + (i % taps)] = Math.floor(i / taps)
  })
  return { indices, rows }
}

/** The window that computes the input's gradient for stride 1: each tap is on the opposite side. */
export const reversed = (w: Window): Window => ({
  ...w,
  input: w.output,
  output: w.input,
  pad: [(w.size[0] - 1) * w.dilation[0] - w.pad[0], (w.size[1] - 1) * w.dilation[1] - w.pad[1]]
})

/**
 * For each input row, the rows of `[tap, output]` that contribute to it, tap by tap of `taps`, from a table `[output,
 * tap]`. The lists are sorted into groups of equal length, each with shape `[rows of the group]`; `order` gives the
 * position of each input row in the concatenated groups.
 */
export interface Landings {
  readonly groups: ReadonlyArray<ReadonlyArray<RowTable>>
  readonly order: Int32Array
}

export const landings = (w: Window, taps: ReadonlyArray<number>, under: RowTable = inputUnder(w)): Landings => {
  const { indices, rows: inputs } = under
  const outputs = indices.length / tapsOf(w)
  const lists: Array<Array<number>> = Array.from({ length: inputs }, () => [])
  taps.forEach((tap, t) => {
    for (let output = 0; output < outputs; output++) {
      lists[indices[output * tapsOf(w) + tap]!]?.push(t * outputs + output)
    }
  })
  const rows = outputs * taps.length
  const lengths = [...new Set(lists.map((l) => Math.max(1, l.length)))].sort((a, b) => a - b)
  const order = new Int32Array(inputs)
  let placed = 0
  const groups = lengths.map((length) => {
    const members = lists.flatMap((l, input) => (Math.max(1, l.length) === length ? [input] : []))
    members.forEach((input) => (order[input] = placed++))
    return Array.from({ length }, (_, slot) => ({
      rows,
      indices: Int32Array.from(members, (input) => lists[input]![slot] ?? rows)
    }))
  })
  return { groups, order }
}

/**
 * For each input row, the outputs whose taps are on it, from a table `[output, tap]`. Rows are sorted into groups with
 * the same taps; `order` gives the position of each input row in the concatenated groups.
 */
export interface TapLandings {
  readonly groups: ReadonlyArray<ReadonlyArray<{ readonly tap: number; readonly table: RowTable }>>
  readonly order: Int32Array
}

export const tapLandings = (w: Window, { indices, rows: inputs }: RowTable = inputUnder(w)): TapLandings => {
  const taps = tapsOf(w)
  const outputs = indices.length / taps
  const landing: Array<Array<readonly [tap: number, output: number]>> = Array.from({ length: inputs }, () => [])
  for (let tap = 0; tap < taps; tap++)
    for (let output = 0; output < outputs; output++) landing[indices[output * taps + tap]!]?.push([tap, output])
  const members = new Map<string, Array<number>>()
  landing.forEach((list, input) => {
    const key = list.map(([tap]) => tap).join()
    const group = members.get(key)
    if (group === undefined) members.set(key, [input])
    else group.push(input)
  })
  const order = new Int32Array(inputs)
  let placed = 0
  const groups = [...members.values()].map((group) => {
    group.forEach((input) => (order[input] = placed++))
    // rows without any tap are zero, taken from padding
    const first = landing[group[0]!]!.length === 0 ? [[0, outputs] as const] : landing[group[0]!]!
    return first.map(([tap, outside], slot) => ({
      tap,
      table: { rows: outputs, indices: Int32Array.from(group, (input) => landing[input]![slot]?.[1] ?? outside) }
    }))
  })
  return { groups, order }
}
