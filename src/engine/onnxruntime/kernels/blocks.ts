import { backend_util } from '@tensorflow/tfjs-core'
import { arithmetic } from '../graph/arithmetic.js'
import { form, kernel, type Kernels } from '../recording/Kernel.js'
import { sizeOf } from '../graph/shapes.js'

type Margins = Array<[number, number]>

interface Blocks {
  readonly blockShape: Array<number>
}

/** SpaceToBatch and BatchToSpace: a reshape, a transposition, a reshape. */
export const blocks: Kernels = {
  BatchToSpaceND: kernel<'x', Blocks & { crops: Margins }>(({ x }, { blockShape, crops }) => {
    const count = sizeOf(blockShape)
    const [from, rank] = [[...x.shape], blockShape.length]
    const split = backend_util.getReshaped(from, blockShape, count)
    const perm = backend_util.getPermuted(split.length, rank)
    const joined = backend_util.getReshapedPermuted(from, blockShape, count)
    const cropped = backend_util.getSliceSize(joined, crops, rank)
    const size = [...cropped, ...joined.slice(cropped.length)]
    const begin = size.map((_, axis) => backend_util.getSliceBeginCoords(crops, rank)[axis] ?? 0)
    return form({ ...x, shape: size }, (g, i) => {
      const { transpose, slice } = arithmetic(g)
      return slice(g.reshape(transpose(g.reshape(i.x, split), perm), joined), begin, size)
    })
  }),
  SpaceToBatchND: kernel<'x', Blocks & { paddings: Margins }>(({ x }, { blockShape, paddings }) => {
    const count = sizeOf(blockShape)
    const margins = x.shape.map((_, axis): readonly [number, number] => paddings[axis - 1] ?? [0, 0])
    const padded = x.shape.map((d, axis) => d + margins[axis]![0] + margins[axis]![1])
    const split = backend_util.getReshaped(padded, blockShape, count, false)
    const perm = backend_util.getPermuted(split.length, blockShape.length, false)
    const joined = backend_util.getReshapedPermuted(padded, blockShape, count, false)
    if (x.dtype === 'bool') return undefined
    return form({ ...x, shape: joined }, (g, i) => {
      const amounts = g.int64s([...margins.map((m) => m[0]), ...margins.map((m) => m[1])])
      const wide = g.op('Pad', [i.x, amounts, g.scalar(0, x.dtype)], padded)
      return g.reshape(arithmetic(g).transpose(g.reshape(wide, split), perm), joined)
    })
  })
}
