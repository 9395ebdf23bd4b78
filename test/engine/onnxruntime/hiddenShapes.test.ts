import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { int, graph } from '../../../src/engine/onnxruntime/graph/Graph.js'
import { SHAPES, withHiddenShapes } from '../../../src/engine/onnxruntime/graph/hiddenShapes.js'
import { loadNative } from '../../../src/engine/onnxruntime/running/native.js'
import { type OnnxModel, writeOnnx } from '../../../src/format/bytes/onnx.js'

const settings = { exactConv: false, block: 0 }

/** Reshapes to a scalar, to a row and twice to the same matrix, beside an operator that reads its shape as a constant. */
const reshaping = (): OnnxModel => {
  const g = graph(settings)
  const x = g.input('float32', [2, 3], false)
  const turned = g.op('Transpose', [x], [3, 2])
  const matrix = g.op('Add', [g.reshape(turned, [1, 6]), g.reshape(x, [1, 6])], [1, 6])
  const squares = g.op('Mul', [g.reshape(turned, [1, 6]), matrix], [1, 6])
  const expanded = g.op('Expand', [g.reshape(squares, [1, 6]), g.int64s([2, 6])], [2, 6])
  const total = g.op('ReduceSum', [expanded], [1, 1], { attributes: { keepdims: int(1) } })
  return g.finish([expanded, g.op('Sqrt', [g.reshape(total, [])], [])]).main.model
}

const native = (() => {
  const loaded = loadNative()
  if (E.isLeft(loaded)) throw new Error(loaded.left.error.found)
  return loaded.right
})()

const outputsOf = (model: OnnxModel, shapes?: BigInt64Array): ReadonlyArray<ReadonlyArray<number>> => {
  const session = native.session(writeOnnx(model), 1)
  try {
    const x = native.tensor('float32', Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3])
    const feeds =
      shapes === undefined ? { x0: x } : { x0: x, [SHAPES]: native.tensor('int64', shapes, [shapes.length]) }
    const results = session.run(feeds, Object.fromEntries(model.outputs.map(({ name }) => [name, null])), {})
    return model.outputs.map(({ name }) => [...results[name]!.data])
  } finally {
    session.dispose()
  }
}

describe('hidden shapes', () => {
  it('compute the same numbers', () => {
    const model = reshaping()
    const hidden = withHiddenShapes(model)
    expect(hidden.shapes?.length).toBeGreaterThan(0)
    expect(outputsOf(hidden.model, hidden.shapes)).toEqual(outputsOf(model))
  })

  it('are absent from inputs, outputs and reshapes', () => {
    const { model } = withHiddenShapes(reshaping())
    const constants = new Set(model.initializers.map(({ name }) => name))
    const reshapes = model.nodes.filter(({ op }) => op === 'Reshape')
    expect([...model.inputs, ...model.outputs].map(({ shape }) => shape)).toEqual(
      [...model.inputs, ...model.outputs].map(() => undefined)
    )
    expect(reshapes.length).toBeGreaterThan(0)
    expect(reshapes.filter(({ inputs }) => constants.has(inputs[1]!))).toEqual([])
  })

  it('keep only the constants that other nodes read', () => {
    const { model } = withHiddenShapes(reshaping())
    const read = new Set(model.nodes.flatMap(({ inputs }) => inputs))
    expect(model.nodes.some(({ op }) => op === 'Expand')).toBe(true)
    expect(model.initializers.filter(({ name }) => !read.has(name))).toEqual([])
  })

  it('add no input where nothing is reshaped', () => {
    const g = graph(settings)
    const { model, shapes } = withHiddenShapes(
      g.finish([g.op('Relu', [g.input('float32', [2, 3], false)], [2, 3])]).main.model
    )
    expect(shapes).toBeUndefined()
    expect(model.inputs.map(({ name }) => name)).toEqual(['x0'])
    expect(outputsOf(model)).toEqual([[1, 2, 3, 4, 5, 6]])
  })
})
