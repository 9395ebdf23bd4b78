/** A window sliding over an image: what convolutions and pools have in common. Sizes in pixels, rows first. */
export interface Window {
  readonly input: readonly [number, number]
  readonly output: readonly [number, number]
  readonly size: readonly [number, number]
  readonly stride: readonly [number, number]
  readonly dilation: readonly [number, number]
  /** Padding above and to the left; what lies below and to the right follows from the sizes. */
  readonly pad: readonly [number, number]
}

/** Rows to gather. An entry equal to `rows` stands for the row that is not there, and `padded` says if there is any. */
export interface RowTable {
  readonly indices: Int32Array
  readonly rows: number
  readonly padded: boolean
}

export const area = ([height, width]: readonly [number, number]): number => height * width

export const tapsOf = (w: Window): number => area(w.size)

export const windowKey = (w: Window): string => JSON.stringify(w)

/** For each output pixel and each tap, the input pixel under it: `[output, tap]`. */
export const inputUnder = (w: Window): RowTable => {
  const rows = area(w.input)
  const indices = new Int32Array(area(w.output) * tapsOf(w))
  let at = 0
  for (let y = 0; y < w.output[0]; y++)
    for (let x = 0; x < w.output[1]; x++)
      for (let dy = 0; dy < w.size[0]; dy++)
        for (let dx = 0; dx < w.size[1]; dx++) {
          const row = y * w.stride[0] + dy * w.dilation[0] - w.pad[0]
          const column = x * w.stride[1] + dx * w.dilation[1] - w.pad[1]
          const inside = row >= 0 && row < w.input[0] && column >= 0 && column < w.input[1]
          indices[at++] = inside ? row * w.input[1] + column : rows
        }
  return { indices, rows, padded: indices.includes(rows) }
}

/** The table with its two axes exchanged: `[tap, output]`. */
export const byTap = (w: Window, { indices, ...rest }: RowTable): RowTable => {
  const [pixels, taps] = [area(w.output), tapsOf(w)]
  const turned = new Int32Array(indices.length)
  for (let p = 0; p < pixels; p++) for (let t = 0; t < taps; t++) turned[t * pixels + p] = indices[p * taps + t]!
  return { ...rest, indices: turned }
}

/** For each input pixel and each tap, the output pixel whose tap lies on it: `[input, tap]`. */
export const outputOver = (w: Window): RowTable => {
  const [rows, taps] = [area(w.output), tapsOf(w)]
  const indices = new Int32Array(area(w.input) * taps).fill(rows)
  inputUnder(w).indices.forEach((input, i) => {
    if (input < area(w.input)) indices[input * taps + (i % taps)] = Math.floor(i / taps)
  })
  return { indices, rows, padded: indices.includes(rows) }
}

/**
 * For each input pixel, the `(output, tap)` pairs that lie on it, as rows of `[output, tap]`: `slots` lists of one row
 * for each input pixel, as many as the busiest pixel needs.
 */
export const landings = (w: Window, order: 'output-tap' | 'tap-output'): RowTable & { readonly slots: number } => {
  const [pixels, taps, inputs] = [area(w.output), tapsOf(w), area(w.input)]
  const lists: Array<Array<number>> = Array.from({ length: inputs }, () => [])
  inputUnder(w).indices.forEach((input, i) => {
    const [output, tap] = [Math.floor(i / taps), i % taps]
    lists[input]?.push(order === 'output-tap' ? i : tap * pixels + output)
  })
  const slots = Math.max(1, ...lists.map((l) => l.length))
  const rows = pixels * taps
  const indices = new Int32Array(slots * inputs).fill(rows)
  lists.forEach((list, input) => list.forEach((row, slot) => (indices[slot * inputs + input] = row)))
  return { indices, rows, padded: indices.includes(rows), slots }
}
