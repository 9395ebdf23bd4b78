import { describe, expect, it } from 'vitest'
import { fitsInside, type OnnxModel, onnxWeights, writeOnnx, writeOnnxBeside } from '../../src/format/bytes/onnx.js'

const model: OnnxModel = {
  name: 'g',
  producer: 'p',
  opsets: { '': 17 },
  nodes: [
    {
      op: 'Op',
      domain: 'd',
      inputs: ['x', 'c'],
      outputs: ['y'],
      attributes: {
        i: { _tag: 'int', value: -1 },
        f: { _tag: 'float', value: 1 },
        s: { _tag: 'string', value: 'é' },
        l: { _tag: 'ints', value: [1, 300] },
        r: { _tag: 'floats', value: [1, -2] }
      }
    }
  ],
  initializers: [{ name: 'c', type: 'float32', shape: [2], bytes: new Uint8Array(Float32Array.of(1, 2).buffer) }],
  inputs: [{ name: 'x', type: 'int64', shape: ['n', 3] }],
  outputs: [{ name: 'y', type: 'bool', shape: [] }],
  metadata: { k: 'v' }
}

type Field = readonly [field: number, value: number | Uint8Array]

// a reader of its own: protobuf's wire format, no schema
const fields = (bytes: Uint8Array): ReadonlyArray<Field> => {
  const out: Array<Field> = []
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const [field, wire] = [tag >> 3, tag & 7]
    if (wire === 0) out.push([field, Number(BigInt.asIntN(64, varint()))])
    else {
      const length = wire === 5 ? 4 : Number(varint())
      out.push([field, bytes.subarray(at, (at += length))])
    }
  }
  return out
}

const all = (bytes: Uint8Array, field: number) => fields(bytes).flatMap(([f, v]) => (f === field ? [v] : []))
const message = (bytes: Uint8Array, field: number) => all(bytes, field)[0] as Uint8Array
const text = (bytes: Uint8Array, field: number) => new TextDecoder().decode(message(bytes, field))
const floats = (bytes: Uint8Array) => [...new Float32Array(bytes.slice().buffer)]

describe('writeOnnx', () => {
  const bytes = writeOnnx(model)
  const graph = message(bytes, 7)
  const node = message(graph, 1)

  it('writes the model: version, producer, operator sets, metadata', () => {
    expect(all(bytes, 1)).toEqual([8])
    expect(text(bytes, 2)).toBe('p')
    expect([text(message(bytes, 8), 1), all(message(bytes, 8), 2)]).toEqual(['', [17]])
    expect([text(message(bytes, 14), 1), text(message(bytes, 14), 2)]).toEqual(['k', 'v'])
    expect(text(graph, 2)).toBe('g')
  })

  it('writes a node with every kind of attribute', () => {
    expect(all(node, 1).map((v) => new TextDecoder().decode(v as Uint8Array))).toEqual(['x', 'c'])
    expect([text(node, 2), text(node, 4), text(node, 7)]).toEqual(['y', 'Op', 'd'])
    const [i, f, s, l, r] = all(node, 5) as Array<Uint8Array>
    expect([i, f, s, l, r].map((a) => all(a!, 20)[0])).toEqual([2, 1, 3, 7, 6])
    expect(all(i!, 3)).toEqual([-1])
    expect(floats(message(f!, 2))).toEqual([1])
    expect(text(s!, 4)).toBe('é')
    expect([...message(l!, 8)]).toEqual([1, (300 & 127) | 128, 300 >> 7])
    expect(floats(message(r!, 7))).toEqual([1, -2])
  })

  it('writes constants with their bytes, and inputs and outputs with their shapes', () => {
    const constant = message(graph, 5)
    expect([text(constant, 8), all(constant, 1), all(constant, 2)]).toEqual(['c', [2], [1]])
    expect(floats(message(constant, 9))).toEqual([1, 2])
    const tensorType = message(message(message(graph, 11), 2), 1)
    const [n, three] = all(message(tensorType, 2), 1) as Array<Uint8Array>
    expect([all(tensorType, 1)[0], text(n!, 2), all(three!, 1)[0]]).toEqual([7, 'n', 3])
    expect(text(message(graph, 12), 1)).toBe('y')
  })
})

describe('writeOnnxBeside', () => {
  const tensor = (name: string, length: number, fill: number) => ({
    name,
    type: 'uint8' as const,
    shape: [length],
    bytes: new Uint8Array(length).fill(fill)
  })
  const large: OnnxModel = {
    ...model,
    initializers: [tensor('a', 5000, 1), tensor('small', 1023, 2), tensor('b', 1024, 3)]
  }
  const [a, small, b] = all(message(writeOnnxBeside('w.data')(large), 7), 5) as Array<Uint8Array>
  const place = (constant: Uint8Array) =>
    Object.fromEntries(all(constant, 13).map((e) => [text(e as Uint8Array, 1), text(e as Uint8Array, 2)]))

  it('refers to a large constant’s bytes instead of including them', () => {
    expect([a!, b!].map(place)).toEqual([
      { location: 'w.data', offset: '0', length: '5000' },
      { location: 'w.data', offset: '8192', length: '1024' }
    ])
    expect([a!, b!].map((c) => [all(c, 14), all(c, 9)])).toEqual([
      [[1], []],
      [[1], []]
    ])
    expect([a!, b!].map((c) => text(c, 8))).toEqual(['a', 'b'])
  })

  it('keeps small constants in the model', () => {
    expect([all(small!, 13), all(small!, 14)]).toEqual([[], []])
    expect(message(small!, 9)).toEqual(large.initializers[1]!.bytes)
  })

  it('has the weights where the model says', () => {
    const weights = Buffer.concat(onnxWeights(large))
    expect(weights.length).toBe(8192 + 1024)
    expect(weights.subarray(0, 5000).every((v) => v === 1)).toBe(true)
    expect(weights.subarray(8192).every((v) => v === 3)).toBe(true)
  })

  it('returns the weights in parts small enough to write and hash', () => {
    const wide = { ...model, initializers: [{ ...tensor('w', 0, 0), bytes: new Uint8Array(2 ** 26 + 1) }] }
    expect(onnxWeights(wide).map((part) => part.length)).toEqual([2 ** 26, 1])
  })

  it('is needed from 2 GiB on', () => {
    // never written, so that the memory is never touched
    const holding = (length: number) => ({
      ...model,
      initializers: [{ ...tensor('w', 0, 0), bytes: new Uint8Array(length) }]
    })
    expect(fitsInside(holding(2 ** 31 - 1000))).toBe(true)
    expect(fitsInside(holding(2 ** 31 - 1))).toBe(false)
  })
})
