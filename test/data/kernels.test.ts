// The loops that are compiled to WebAssembly: the module that is checked in, and what it computes beside the loops in
// TypeScript, which images of other than three channels take.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compiled, modules } from '../../build-kernels.mjs'
import { bilinearPixels, type Pixels } from '../../src/data/index.js'
import { kernels, reserve } from '../../src/data/images/kernels.js'

/** Black and white often, where rounding could leave the range of bytes. */
const photo = (height: number, width: number): Pixels => {
  const data = Uint8Array.from({ length: height * width * 3 }, (_, i) =>
    Math.min(255, Math.max(0, ((i * i * 13 + 7 * i) % 401) - 70))
  )
  return { height, width, channels: 3, data }
}

const channel = ({ height, width, data }: Pixels, c: number): Pixels => ({
  height,
  width,
  channels: 1,
  data: data.filter((_, i) => i % 3 === c)
})

const isSame = (a: Pixels, b: Pixels): boolean => Buffer.compare(a.data, b.data) === 0

describe('kernels', () => {
  it.each(modules)('are what assembly/$source compiles to', async (module) => {
    expect(readFileSync(new URL(`../../${module.target}`, import.meta.url), 'utf8')).toBe(await compiled(module))
  })

  it('are supported by this machine', () => expect(kernels()).toBeDefined())

  it('have memory for whatever is reserved, one after the other', () => {
    const loops = kernels()!
    const { a, b } = reserve(loops, { a: 3, b: 5_000_000 })
    expect([a, b % 16, b >= 3 + 16, loops.memory.buffer.byteLength >= b + 5_000_000 + 16]).toEqual([0, 0, true, true])
  })
})

describe('bilinearPixels of RGB', () => {
  it.each([
    [
      [1, 1],
      [1, 1]
    ],
    [
      [1, 1],
      [5, 3]
    ],
    [
      [2, 9],
      [9, 2]
    ],
    [
      [37, 50],
      [33, 44]
    ],
    [
      [37, 50],
      [37, 44]
    ],
    [
      [37, 50],
      [33, 50]
    ],
    [
      [37, 50],
      [4, 3]
    ],
    [
      [40, 3],
      [80, 111]
    ],
    // More rows than are in memory at once.
    [
      [1200, 300],
      [31, 7]
    ]
  ] as const)('scales %j to %j as each channel by itself', ([height, width], to) => {
    const image = photo(height, width)
    const scaled = bilinearPixels(to)(image)
    expect([scaled.height, scaled.width, scaled.data.constructor]).toEqual([...to, Uint8Array])
    for (let c = 0; c < 3; c++) expect(isSame(channel(scaled, c), bilinearPixels(to)(channel(image, c)))).toBe(true)
  })
})
