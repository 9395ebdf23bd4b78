/** The WebAssembly loops over 8-bit RGB pixels, and their memory. */
import { kernelModule } from './kernelModule.js'
import { PAGE, webAssembly, type WebAssemblyMemory } from '../../webAssembly.js'

/** The exports of assembly/pixels.ts. Arguments are addresses unless stated otherwise. */
export interface Kernels {
  readonly memory: WebAssemblyMemory
  readonly across: (
    ...of: readonly [
      from: number,
      fromLine: number,
      rows: number,
      starts: number,
      weights: number,
      taps: number,
      width: number,
      to: number
    ]
  ) => void
  readonly down: (
    ...of: readonly [
      from: number,
      line: number,
      starts: number,
      weights: number,
      taps: number,
      height: number,
      to: number
    ]
  ) => void
  readonly mix: (
    ...of: readonly [
      image: number,
      line: number,
      bottom: number,
      end: number,
      ys: number,
      xs: number,
      width: number,
      stretch: number,
      certain: number,
      to: number,
      doubts: number
    ]
  ) => number
}

/** Undefined if the processor does not support WebAssembly SIMD. */
export const kernels = /*#__PURE__*/ webAssembly<Kernels>(kernelModule)

/** The loops read and write up to this many bytes past the end of an image. */
const slack = 16

/** Reserves memory for the given sizes in bytes, and returns the addresses. The next call reuses the memory. */
export const reserve = <K extends string>(
  { memory }: Kernels,
  sizes: { readonly [N in K]: number }
): { readonly [N in K]: number } => {
  let end = 0
  const addresses = {} as { [N in K]: number }
  for (const name of Object.keys(sizes) as Array<K>) {
    addresses[name] = end
    end += Math.ceil((sizes[name] + slack) / slack) * slack
  }
  const missing = end - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE))
  return addresses
}
