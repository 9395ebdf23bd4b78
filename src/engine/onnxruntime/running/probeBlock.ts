import { writeOnnx, type OnnxModel } from '../../../format/bytes/onnx.js'
import { ints, node } from '../../../format/bytes/onnxGraph.js'
import { BLOCKED } from '../graph/opsets.js'
import type { Native } from './native.js'

const PIXELS = 4

/** A 1×1 convolution with `filters` filters by the internal operator. */
const model = (filters: number): OnnxModel => ({
  name: 'probe',
  producer: 'graft',
  opsets: { '': 17, [BLOCKED]: 1 },
  nodes: [node('Conv', ['x', 'w'], ['y'], { kernel_shape: ints([1, 1]) }, BLOCKED)],
  initializers: [],
  inputs: [
    { name: 'x', type: 'float32', shape: [1, 1, 2, 2] },
    { name: 'w', type: 'float32', shape: [filters, 1, 1, 1] }
  ],
  outputs: [{ name: 'y', type: 'float32', shape: [1, filters, 2, 2] }],
  metadata: {}
})

/** Whether the filters of each pixel are adjacent, as they are when their number is the block size. */
const isBlock = (native: Native, filters: number): boolean => {
  const session = native.session(writeOnnx(model(filters)), 1)
  try {
    const x = Float32Array.from({ length: PIXELS }, (_, i) => i + 1)
    const w = Float32Array.from({ length: filters }, (_, k) => k + 1)
    const feeds = {
      x: native.tensor('float32', x, [1, 1, 2, 2]),
      w: native.tensor('float32', w, [filters, 1, 1, 1])
    }
    const y = session.run(feeds, { y: null }, {})['y']!.data
    return Array.from(y).every((value, i) => value === x[Math.floor(i / filters)]! * w[i % filters]!)
  } finally {
    session.dispose()
  }
}

/**
 * The number of channels per block in ONNX Runtime's internal convolutions on this machine: 16 with AVX-512, 8 with
 * less; 0 if this build has none, or if they do not behave as expected.
 */
export const probeBlock = (native: Native): 0 | 8 | 16 => {
  for (const block of [16, 8] as const) {
    try {
      if (isBlock(native, block)) return block
    } catch {
      // not in this build, or not for so few filters
    }
  }
  return 0
}
