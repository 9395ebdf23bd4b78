import type { OnnxModel, OnnxNode } from '../../../format/bytes/onnx.js'
import { ints } from '../graph/Graph.js'
import type { ModelWriter } from './modelWriter.js'

/** The shape of a model's images without the batch axis: `[channels, height, width]`. */
export type ImageShape = readonly [channels: number, height: number, width: number]

/** The shapes of images that a model declares. */
export const imageShapes = (model: OnnxModel): ((name: string) => ImageShape | undefined) => {
  const declared = new Map(
    [...model.inputs, ...(model.values ?? []), ...model.outputs].map(({ name, shape }) => [name, shape])
  )
  return (name) => {
    const [, ...sizes] = declared.get(name) ?? []
    return sizes.length === 3 && sizes.every((size) => typeof size === 'number')
      ? (sizes as unknown as ImageShape)
      : undefined
  }
}

/** Element-wise operators whose first input is images. */
const ELEMENTWISE: ReadonlySet<string> = new Set([
  'Identity',
  'Relu',
  'Clip',
  'Sigmoid',
  'HardSigmoid',
  'HardSwish',
  'LeakyRelu'
])

interface Rows {
  readonly name: string
  readonly shape: ImageShape
}

const sameImages = (a: ImageShape | undefined, b: ImageShape): boolean =>
  a !== undefined && a.every((size, i) => size === b[i])

/**
 * Keeps a model's images as rows of pixels `[height·width, images·channels]` from one Winograd convolution to the next.
 * They are converted to the model's own layout, `[images, channels, height, width]`, where another operator reads them.
 * Both conversions are matrix transpositions, which ONNX Runtime does several times faster than those of four axes.
 */
export const modelRows = (w: ModelWriter, shapeOf: (name: string) => ImageShape | undefined) => {
  const known = new Map<string, Rows>()
  // values that exist as rows only
  const owed = new Set<string>()

  const rowsOf = (x: string, shape: ImageShape): string => {
    const found = known.get(x)
    if (found !== undefined) return found.name
    const [, height, width] = shape
    const name = w.node('Transpose', [w.reshape(x, [-1, height * width])], { perm: ints([1, 0]) })
    known.set(x, { name, shape })
    return name
  }

  const give = (result: string, name: string, shape: ImageShape): void => {
    known.set(result, { name, shape })
    owed.add(result)
  }

  const pay = (name: string): void => {
    if (!owed.delete(name)) return
    const rows = known.get(name)!
    w.reshape(w.node('Transpose', [rows.name], { perm: ints([1, 0]) }), [-1, ...rows.shape], name)
  }

  /** Emits the node on rows; false if it needs images. */
  const onRows = ({ op, inputs, outputs, attributes }: OnnxNode): boolean => {
    const [x, ...rest] = inputs as readonly [string, ...ReadonlyArray<string>]
    const [result] = outputs as readonly [string]
    if (ELEMENTWISE.has(op) && owed.has(x)) {
      const { name, shape } = known.get(x)!
      give(result, w.node(op, [name, ...rest], attributes), shape)
      return true
    }
    const from = op === 'Add' ? inputs.find((name) => owed.has(name)) : undefined
    if (from === undefined) return false
    const { shape } = known.get(from)!
    if (!inputs.every((name) => sameImages(known.get(name)?.shape ?? shapeOf(name), shape))) return false
    const all = inputs.map((name) => rowsOf(name, shape))
    give(result, w.node(op, all, attributes), shape)
    return true
  }

  return {
    rowsOf,
    give,
    pay,
    /** Adds a node of the model, on rows if its inputs are rows. */
    place: (node: OnnxNode): void => {
      if (onRows(node)) return
      node.inputs.forEach(pay)
      w.copy(node)
    }
  }
}
