import { describe, expect, it } from 'vitest'
import { appliesDepthwise, type Convolution } from '../../../src/engine/onnxruntime/conv/index.js'

/** A depthwise layer of mobilenet_v2, which halves its maps. */
const layer: Convolution = {
  window: { input: [16, 16], output: [8, 8], size: [3, 3], stride: [2, 2], dilation: [1, 1], pad: [1, 1] },
  images: 4,
  channels: 24,
  filters: 24,
  input: [4, 16, 16, 24],
  output: [4, 8, 8, 24]
}

describe('a depthwise convolution in blocks', () => {
  it('requires that the channels of all images fill the blocks of this machine', () => {
    for (const block of [8, 16]) expect(appliesDepthwise(layer, { block })).toBe(true)
    expect(appliesDepthwise({ ...layer, images: 1 }, { block: 8 })).toBe(true)
    expect(appliesDepthwise({ ...layer, images: 1 }, { block: 16 })).toBe(false)
    expect(appliesDepthwise(layer, { block: 0 })).toBe(false)
    expect(appliesDepthwise(layer, { block: 16, foreign: true })).toBe(false)
  })

  it('requires one filter per channel, and no padding wider than the window', () => {
    expect(appliesDepthwise({ ...layer, filters: 48 }, { block: 16 })).toBe(false)
    const window = { ...layer.window, output: [10, 10] as const, pad: [3, 3] as const }
    expect(appliesDepthwise({ ...layer, window }, { block: 16 })).toBe(false)
  })
})
