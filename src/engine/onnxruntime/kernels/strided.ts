import { slice_util } from '@tensorflow/tfjs-core'
import type { Graph, Ref } from '../graph/Graph.js'
import { form, kernel, type Kernels } from '../recording/Kernel.js'

interface StridedSlice {
  readonly begin: Array<number>
  readonly end: Array<number>
  readonly strides: Array<number>
  readonly beginMask: number
  readonly endMask: number
  readonly ellipsisMask: number
  readonly newAxisMask: number
  readonly shrinkAxisMask: number
}

/** Every n-th entry of each axis, from `begin`; a negative step goes backwards. */
const strided = (
  g: Graph,
  x: Ref,
  begin: ReadonlyArray<number>,
  strides: ReadonlyArray<number>,
  size: ReadonlyArray<number>
): Ref => {
  // ONNX counts a negative end from the back, so an end before the first entry is given as minus the axis' length or
  // less
  const end = begin.map((b, axis) => {
    const last = b + (size[axis]! - 1) * strides[axis]!
    return strides[axis]! > 0 ? last + 1 : last === 0 ? -x.shape[axis]! - 1 : last - 1
  })
  const axes = begin.map((_, axis) => axis)
  return g.op('Slice', [x, g.int64s(begin), g.int64s(end), g.int64s(axes), g.int64s(strides)], size)
}

export const strides: Kernels = {
  FlipLeftRight: kernel<'image'>(({ image }) =>
    form(image, (g, i) => strided(g, i.image, [0, 0, image.shape[2]! - 1, 0], [1, 1, -1, 1], image.shape))
  ),
  StridedSlice: kernel<'x', StridedSlice>(({ x }, a) => {
    const info = slice_util.sliceInfo(
      [...x.shape],
      a.begin,
      a.end,
      a.strides,
      a.beginMask,
      a.endMask,
      a.ellipsisMask,
      a.newAxisMask,
      a.shrinkAxisMask
    )
    const size = slice_util.computeOutShape(info.begin, info.end, info.strides)
    return form({ ...x, shape: info.finalShape }, (g, i) => strided(g, i.x, info.begin, info.strides, size))
  })
}
