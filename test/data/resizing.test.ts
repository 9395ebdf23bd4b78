import { fc, it } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { cropPad, scaledSides } from '../../src/data/index.js'

const seed = 20_240_615
const side = fc.integer({ min: 1, max: 400 })

const ramp = (height: number, width: number) => ({
  height,
  width,
  channels: 1,
  data: Uint8Array.from({ length: height * width }, (_, i) => i % 251)
})

describe('scaledSides', () => {
  it.prop([side, side, side], { seed })('covers the square for a crop and fits into it for padding', (h, w, size) => {
    const crop = scaledSides('crop', size)([h, w])
    const pad = scaledSides('pad', size)([h, w])
    expect(Math.min(...crop)).toBe(size)
    expect(Math.max(...pad)).toBe(size)
  })

  it('rounds halves to even', () => {
    expect(scaledSides('crop', 2)([4, 5])).toEqual([2, 2])
    expect(scaledSides('crop', 2)([4, 7])).toEqual([2, 4])
  })
})

describe('cropPad', () => {
  it('crops the centre, rounding towards the end', () => {
    expect([...cropPad([1, 2])(ramp(1, 5)).data]).toEqual([2, 3])
  })

  it('mirrors about the edge pixel without repeating it', () => {
    expect([...cropPad([1, 7])(ramp(1, 3)).data]).toEqual([2, 1, 0, 1, 2, 1, 0])
  })

  it.prop([side, side, side, side], { seed, numRuns: 50 })('always returns the requested sides', (h, w, th, tw) => {
    const { height, width, data } = cropPad([th, tw])(ramp(h, w))
    expect([height, width, data.length]).toEqual([th, tw, th * tw])
  })
})
