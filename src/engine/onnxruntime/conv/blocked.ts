import { arithmetic } from '../graph/arithmetic.js'
import { int, ints } from '../graph/Graph.js'
import { fromReadingOrder, pixelsOf, plain } from '../graph/Layout.js'
import { BLOCKED } from '../graph/opsets.js'
import { sizeOf } from '../graph/shapes.js'
import type { Window } from '../graph/Window.js'
import { bytesOfRows, type ConvForm, workOf } from './Convolution.js'
import { columnsWork, fewChannels } from './fewChannels.js'

/**
 * ONNX Runtime's internal convolution for images with few channels, whose output is in blocks of as many channels as a
 * vector register holds. The block size, or that there is no such operator, is detected when the engine starts.
 */

/** Padding below and to the right; undefined where the operator would compute another output size. */
export const padsOf = (w: Window): ReadonlyArray<number> | undefined => {
  const after = [0, 1].map((i) => {
    const reach = (w.output[i]! - 1) * w.stride[i]! + (w.size[i]! - 1) * w.dilation[i]! + 1
    return reach - w.input[i]! - w.pad[i]!
  })
  const fits = after.every((pad, i) => pad > -w.stride[i]!)
  return fits ? [...w.pad, ...after.map((pad) => Math.max(0, pad))] : undefined
}

export const blocked: ConvForm = {
  ...fewChannels,
  name: 'blocked',
  applies: (c, direction, machine) =>
    fewChannels.applies(c, direction, machine) &&
    machine.block > 0 &&
    machine.foreign !== true &&
    c.channels < machine.block &&
    c.filters % machine.block === 0 &&
    padsOf(c.window) !== undefined,
  work: workOf((c, direction) => {
    const work = columnsWork(c, direction)
    return direction === 'forward' ? { ...work, bytes: 4 * bytesOfRows(c, pixelsOf(c.window.output), c.filters) } : work
  }),
  forward: (g, x, filter, c) => {
    const { transpose } = arithmetic(g)
    const { window: w, images, channels, filters } = c
    const { block } = g.settings
    const inBlocks = g.reshape(filter, [...w.size, channels, filters / block, block])
    const weights = g.reshape(transpose(inBlocks, [3, 2, 0, 1, 4]), [filters, channels, ...w.size])
    const y = g.op('Conv', [transpose(plain(g, x), [0, 3, 1, 2]), weights], [images, filters, ...w.output], {
      domain: BLOCKED,
      attributes: {
        kernel_shape: ints(w.size),
        strides: ints(w.stride),
        dilations: ints(w.dilation),
        pads: ints(padsOf(w)!),
        group: int(1)
      }
    })
    const pixels = pixelsOf(w.output)
    const rows = transpose(g.reshape(y, [images, filters / block, pixels, block]), [2, 0, 1, 3])
    return fromReadingOrder(g, g.reshape(rows, [pixels, sizeOf(y.shape) / pixels]), w.output)
  }
}
