/** Nested arrays of the records, N,C,H,W or N,F, and the flat ones of an engine, channels last. */
export type Nested = number | ReadonlyArray<Nested>

export const shapeOf = (u: Nested): ReadonlyArray<number> =>
  typeof u === 'number' ? [] : [u.length, ...(u[0] === undefined ? [] : shapeOf(u[0]))]

export const flatOf = (u: Nested): ReadonlyArray<number> => (typeof u === 'number' ? [u] : u.flatMap(flatOf))

/** [N, C, H, W] → N·H·W·C; anything else in its own order. */
export const toChannelsLast = (u: Nested): Float32Array => {
  const flat = Float32Array.from(flatOf(u))
  const shape = shapeOf(u)
  if (shape.length !== 4) return flat
  const [n, c, h, w] = shape as readonly [number, number, number, number]
  const result = new Float32Array(flat.length)
  for (let i = 0; i < n; i++)
    for (let k = 0; k < c; k++)
      for (let p = 0; p < h * w; p++) result[(i * h * w + p) * c + k] = flat[(i * c + k) * h * w + p]!
  return result
}

/** Back, flat, in the order of [N, C, H, W]. */
export const fromChannelsLast = (values: ArrayLike<number>, shape: ReadonlyArray<number>): ReadonlyArray<number> => {
  if (shape.length !== 4) return Array.from(values)
  const [n, c, h, w] = shape as readonly [number, number, number, number]
  const result = new Array<number>(values.length)
  for (let i = 0; i < n; i++)
    for (let k = 0; k < c; k++)
      for (let p = 0; p < h * w; p++) result[(i * c + k) * h * w + p] = values[(i * h * w + p) * c + k]!
  return result
}
