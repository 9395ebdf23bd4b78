import { backend_util, slice_util, util } from '@tensorflow/tfjs-core'
import { arithmetic } from '../graph/arithmetic.js'
import { divideSum } from '../graph/centredSum.js'
import { int, type Graph, type Ref } from '../graph/Graph.js'
import { elementwiseForm, form, forms, kernel, type Kernel, type Kernels } from '../recording/Kernel.js'
import { images, pixelMatrix, type Laid } from '../graph/Layout.js'
import { sameShape } from '../graph/shapes.js'
import type { GraphType, Signature } from '../recording/Trace.js'
import { cast } from './logic.js'

const filled = (g: Graph, value: number, { shape, dtype }: Signature): Ref =>
  g.op('Expand', [g.scalar(value, dtype), g.int64s(shape)], shape)

const like = (value: number): Kernel => kernel<'x'>(({ x }) => form(x, (g) => filled(g, value, x)))

type Refs = Readonly<Record<string, Ref>>

/** A list of inputs, which tfjs numbers, in order. */
const listed = <A>(inputs: Readonly<Record<string, A>>): ReadonlyArray<A> => Object.values(inputs)

const CHANNELS = 3

const pixelCube = ([n, h, w, c]: ReadonlyArray<number>): ReadonlyArray<number> => [h! * w!, n!, c!]

/** Images as `[pixels, images, channels]`. */
const byChannel = (g: Graph, x: Laid): Ref => g.reshape(pixelMatrix(g, x), pixelCube(x.shape))

const asMatrix = (g: Graph, cube: Ref): Ref => g.reshape(cube, [cube.shape[0]!, cube.shape[1]! * cube.shape[2]!])

/** A vector as a row: sums over pixels have this shape and broadcasts need it, so neither requires a node. */
const asRow = (g: Graph, x: Ref): Ref => g.reshape(x, [1, x.shape[0]!])

const areImages = (laid: ReadonlyArray<Laid>): boolean => laid.some((x) => x.layout === 'pixels')

const list = <A>(of: (inputs: ReadonlyArray<Signature>, attributes: A) => ReturnType<Kernel>): Kernel =>
  kernel<string, A>((inputs, attributes) => {
    const signatures = Object.values(inputs)
    const sameType = signatures.every((s) => s.dtype === signatures[0]!.dtype)
    return sameType && signatures.length > 0 ? of(signatures, attributes) : undefined
  })

/** Selects rows of an axis by index: reverse, mirror padding, tile. */
const reindexed = (g: Graph, x: Ref, axis: number, indices: ReadonlyArray<number>): Ref =>
  arithmetic(g).gather(
    x,
    g.table(`order ${indices.join()}`, [indices.length], () => Int32Array.from(indices)),
    axis
  )

const upTo = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => i)

const mirrored = (length: number, [before, after]: readonly [number, number], mode: string): ReadonlyArray<number> => {
  const edge = mode === 'reflect' ? 1 : 0
  return Array.from({ length: before + length + after }, (_, i) => {
    const at = i - before
    return at < 0 ? edge - 1 - at : at >= length ? 2 * length - 1 - edge - at : at
  })
}

type Paddings = ReadonlyArray<readonly [number, number]>

const padded = (shape: ReadonlyArray<number>, paddings: Paddings): ReadonlyArray<number> =>
  shape.map((d, i) => paddings[i]![0] + d + paddings[i]![1])

/** Splits a tensor along an axis into parts of the given sizes. */
const divided = (g: Graph, x: Ref, sizes: ReadonlyArray<number>, axis: number): ReadonlyArray<Ref> => {
  const shapes = sizes.map((size) => x.shape.with(axis, size))
  return sizes.length === 1 ? [x] : g.split('Split', [x, g.int64s(sizes)], shapes, { axis: int(axis) })
}

/** Splits images along channels. */
const dividedImages = (g: Graph, x: Laid, sizes: ReadonlyArray<number>): ReadonlyArray<Laid> => {
  const shapes = sizes.map((size) => x.shape.with(CHANNELS, size))
  const matrices = (cube: Ref) => divided(g, cube, sizes, 2).map((part) => asMatrix(g, part))
  const sums = divideSum(g, x, sizes, {
    matrix: (main) => matrices(g.reshape(main, pixelCube(x.shape))),
    row: (row) => divided(g, row, sizes, 1)
  })
  if (sums !== undefined) return sums
  let from = 0
  const parts = x.channelsOf && sizes.map((size) => x.channelsOf!((from += size) - size, size))
  return (parts ?? matrices(byChannel(g, x))).map((part, o) => images(g, part, shapes[o]!))
}

/** The mask of a part, if the whole is masked by a concatenation of the same parts. */
const maskOf = ({ maskedBy }: Laid, parts: ReadonlyArray<Signature>, at: number): { readonly maskedBy?: Laid } => {
  const branches = maskedBy?.branches
  const isSame =
    branches?.length === parts.length && branches.every(({ shape }, i) => sameShape(shape, parts[i]!.shape))
  return isSame ? { maskedBy: branches[at]! } : {}
}

const split: Kernel = kernel<'x', { numOrSizeSplits: Array<number> | number; axis: number }>(({ x }, attributes) => {
  const axis = util.parseAxisParam(attributes.axis, [...x.shape])[0]!
  const asTensor = { shape: [...x.shape] } as unknown as Parameters<typeof backend_util.prepareSplitSize>[0]
  const sizes = backend_util.prepareSplitSize(asTensor, attributes.numOrSizeSplits, axis)
  const outputs = sizes.map((size) => ({ shape: x.shape.with(axis, size), dtype: x.dtype }))
  return {
    list: true,
    ...forms<{ readonly x: Ref }>(
      outputs,
      (g, i) => (x.shape.length === 1 ? divided(g, asRow(g, i.x), sizes, 1) : divided(g, i.x, sizes, axis)),
      (g, i) => {
        if (i.x.layout === 'plain' || axis !== CHANNELS) return undefined
        return dividedImages(g, i.x, sizes).map((part, o) => ({
          ...part,
          ...maskOf(i.x, outputs, o)
        }))
      }
    )
  }
})

const unpack: Kernel = kernel<'value', { axis: number }>(({ value }, attributes) => {
  const axis = util.parseAxisParam(attributes.axis, [...value.shape])[0]!
  const shape = value.shape.filter((_, i) => i !== axis)
  const ones = Array<number>(value.shape[axis]!).fill(1)
  const outputs = ones.map(() => ({ shape, dtype: value.dtype }))
  return { list: true, ...forms<{ readonly value: Ref }>(outputs, (g, i) => divided(g, i.value, ones, axis)) }
})

const depthToSpace: Kernel = kernel<'x', { blockSize: number; dataFormat: string }>(
  ({ x }, { blockSize, dataFormat }) => {
    if (dataFormat !== 'NHWC') return undefined
    const [n, h, w, c] = x.shape as readonly [number, number, number, number]
    const depth = c / (blockSize * blockSize)
    const shape = [n, h * blockSize, w * blockSize, depth]
    return form({ shape, dtype: x.dtype }, (g, i) => {
      const blocks = g.reshape(i.x, [n, h, w, blockSize, blockSize, depth])
      return g.reshape(arithmetic(g).transpose(blocks, [0, 1, 3, 2, 4, 5]), shape)
    })
  }
)

const oneHot: Kernel = kernel<'indices', { depth: number; onValue: number; offValue: number; dtype: GraphType }>(
  ({ indices }, { depth, onValue, offValue, dtype }) => {
    const shape = [...indices.shape, depth]
    if (indices.dtype !== 'int32') return undefined
    return form({ shape, dtype }, (g, i) => {
      const { equal, where } = arithmetic(g)
      const classes = g.table('classes', [depth], () => Int32Array.from(upTo(depth)))
      const hit = equal(g.reshape(i.indices, [...indices.shape, 1]), classes)
      const numbers = dtype === 'bool' ? 'int32' : dtype
      return cast(g, where(hit, g.scalar(onValue, numbers), g.scalar(offValue, numbers)), dtype)
    })
  }
)

const LONGEST_TABLE = 1 << 16

export const shape: Kernels = {
  AddN: list((inputs) =>
    inputs[0]!.dtype === 'bool'
      ? undefined
      : elementwiseForm<Refs>(inputs[0]!, (g, i) => listed(i).reduce((a, b) => arithmetic(g).add(a, b)))
  ),
  Concat: list<{ axis: number }>((inputs, attributes) => {
    const axis = util.parseAxisParam(attributes.axis, [...inputs[0]!.shape])[0]!
    const length = inputs.reduce((n, s) => n + s.shape[axis]!, 0)
    if (!inputs.every((s) => sameShape(s.shape.with(axis, 0), inputs[0]!.shape.with(axis, 0)))) return undefined
    const shape = inputs[0]!.shape.with(axis, length)
    return form<Refs>(
      { ...inputs[0]!, shape },
      (g, i) => {
        const { concat } = arithmetic(g)
        if (shape.length > 1) return concat(listed(i), axis)
        const rows = listed(i).map((x) => asRow(g, x))
        return g.reshape(concat(rows, 1), shape)
      },
      (g, i) => {
        const parts = listed(i as Readonly<Record<string, Laid>>)
        if (axis !== CHANNELS || !areImages(parts)) return undefined
        const cubes = parts.map((x) => byChannel(g, x))
        return { ...images(g, asMatrix(g, arithmetic(g).concat(cubes, 2)), shape), branches: parts }
      }
    )
  }),
  DepthToSpace: depthToSpace,
  MirrorPad: kernel<'x', { paddings: Paddings; mode: string }>(({ x }, { paddings, mode }) =>
    form({ ...x, shape: padded(x.shape, paddings) }, (g, i) =>
      paddings.reduce(
        (y, p, axis) => (p[0] + p[1] === 0 ? y : reindexed(g, y, axis, mirrored(x.shape[axis]!, p, mode))),
        i.x
      )
    )
  ),
  OneHot: oneHot,
  OnesLike: like(1),
  Pack: list<{ axis: number }>((inputs, { axis }) => {
    const first = inputs[0]!
    if (!inputs.every((s) => sameShape(s.shape, first.shape))) return undefined
    const one = first.shape.toSpliced(axis, 0, 1)
    return form<Refs>({ ...first, shape: one.with(axis, inputs.length) }, (g, i) =>
      arithmetic(g).concat(
        listed(i).map((x) => g.reshape(x, one)),
        axis
      )
    )
  }),
  PadV2: kernel<'x', { paddings: Paddings; constantValue: number }>(({ x }, { paddings, constantValue }) =>
    x.dtype === 'bool' || x.shape.length === 0
      ? undefined
      : form({ ...x, shape: padded(x.shape, paddings) }, (g, i) => {
          const amounts = g.int64s([...paddings.map((p) => p[0]), ...paddings.map((p) => p[1])])
          return g.op('Pad', [i.x, amounts, g.scalar(constantValue, x.dtype)], padded(x.shape, paddings))
        })
  ),
  Reverse: kernel<'x', { dims: number | Array<number> }>(({ x }, { dims }) => {
    const axes = util.parseAxisParam(dims, [...x.shape])
    return x.shape.length === 0 || axes.some((a) => x.shape[a]! > LONGEST_TABLE)
      ? undefined
      : form(x, (g, i) => axes.reduce((y, axis) => reindexed(g, y, axis, upTo(x.shape[axis]!).toReversed()), i.x))
  }),
  Slice: kernel<'x', { begin: number | Array<number>; size: number | Array<number> }>(({ x }, attributes) => {
    const [begin, size] = sliced(x.shape, attributes.begin, attributes.size)
    return x.shape.length === 0
      ? form(x, (_, i) => i.x)
      : form<{ readonly x: Ref }>(
          { ...x, shape: size },
          (g, i) => arithmetic(g).slice(i.x, begin, size),
          (g, i) => {
            if (i.x.layout === 'plain' || ![1, 2].every((axis) => size[axis] === x.shape[axis])) return undefined
            const [first, channel] = [begin[0]!, begin[CHANNELS]!]
            return images(
              g,
              asMatrix(g, arithmetic(g).slice(byChannel(g, i.x), [0, first, channel], pixelCube(size))),
              size
            )
          }
        )
  }),
  SplitV: split,
  Tile: kernel<'x', { reps: Array<number> }>(({ x }, { reps }) => {
    const to = x.shape.map((d, i) => d * reps[i]!)
    return form({ ...x, shape: to }, (g, i) => g.op('Tile', [i.x, g.int64s(reps)], to))
  }),
  Transpose: kernel<'x', { perm: Array<number> }>(({ x }, { perm }) =>
    form({ ...x, shape: perm.map((p) => x.shape[p]!) }, (g, i) => arithmetic(g).transpose(i.x, perm))
  ),
  Unpack: unpack,
  ZerosLike: like(0)
}

const sliced = (
  from: ReadonlyArray<number>,
  begin: number | Array<number>,
  size: number | Array<number>
): readonly [ReadonlyArray<number>, ReadonlyArray<number>] => {
  const asTensor = { shape: [...from] } as unknown as Parameters<typeof slice_util.parseSliceParams>[0]
  const [b, s] = slice_util.parseSliceParams(asTensor, begin, size) as [Array<number>, Array<number>]
  slice_util.assertParamsValid(asTensor, b, s)
  return [b, s]
}
