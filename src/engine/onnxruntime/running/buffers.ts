import type { GraphType } from '../recording/Trace.js'

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const

/** The array of a tensor's elements. */
export type Elements = Float32Array | Int32Array | Uint8Array

/** A pool of arrays for reuse; a fresh array costs page faults every time it is written. */
export interface Buffers {
  readonly take: (dtype: GraphType, size: number) => Elements
  readonly give: (elements: Elements) => void
  readonly clear: () => void
}

/** The values as an array of a type; copied only if they are not one. */
export const elementsOf = (dtype: GraphType, values: ArrayLike<number>): Elements =>
  values instanceof arrays[dtype] ? values : arrays[dtype].from(values)

/** Keeps up to `most` bytes of returned arrays. */
export const buffers = (most: number): Buffers => {
  const free = new Map<string, Array<Elements>>()
  let bytes = 0
  const keyOf = (elements: Elements): string => `${elements.constructor.name} ${elements.length}`
  return {
    take: (dtype, size) => {
      const found = free.get(`${arrays[dtype].name} ${size}`)?.pop()
      if (found === undefined) return new arrays[dtype](size)
      bytes -= found.byteLength
      return found
    },
    give: (elements) => {
      if (bytes + elements.byteLength > most) return
      bytes += elements.byteLength
      const key = keyOf(elements)
      const list = free.get(key)
      if (list === undefined) free.set(key, [elements])
      else list.push(elements)
    },
    clear: () => {
      free.clear()
      bytes = 0
    }
  }
}
