/**
 * Staging: a finished graph as two models, the first of which computes, once, everything that is the same in every run.
 */
import type { OnnxModel, OnnxNode, OnnxValueInfo } from '../../../format/bytes/onnx.js'
import { readsOf } from '../../../format/bytes/onnxGraph.js'
import { cacheBlocked } from './cacheBlocking.js'
import { copied, type Definitions } from './Definitions.js'
import { OPSETS } from './opsets.js'
import { type Ref, reshape } from './Ref.js'
import { scheduled } from './schedule.js'

/** Where a model's input comes from: a feed, by number, or an output of the preparation. */
export type Origin =
  { readonly _tag: 'Feed'; readonly index: number } | { readonly _tag: 'Prepared'; readonly index: number }

/** A model with its inputs and outputs by name and shape. */
export interface Finished {
  readonly model: OnnxModel
  readonly inputs: ReadonlyArray<{ readonly ref: Ref; readonly origin: Origin }>
  readonly outputs: ReadonlyArray<Ref>
}

/** `main` computes the outputs, from the values that `prepare` computed once from fixed inputs. */
export interface Staged {
  readonly main: Finished
  readonly prepare: Finished | undefined
}

const namesOf = (refs: ReadonlyArray<Ref>): ReadonlyArray<string> => refs.map(({ name }) => name)

/** The nodes that `outputs` depend on, in order. */
const neededBy = (nodes: ReadonlyArray<OnnxNode>, outputs: ReadonlyArray<Ref>): ReadonlyArray<OnnxNode> => {
  const names = new Set(namesOf(outputs))
  const kept: Array<OnnxNode> = []
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => names.has(name))) continue
    kept.push(node)
    for (const name of node.inputs) names.add(name)
  }
  return kept.reverse()
}

/** A graph output must be the result of a node of `main`, each only once; other outputs pass through an Identity. */
const asResults = (d: Definitions, outputs: ReadonlyArray<Ref>): ReadonlyArray<Ref> => {
  const free = new Set(d.writer.nodes.flatMap((n) => n.outputs.filter((name) => !d.fixed.has(name))))
  return outputs.map((ref) => {
    const whole = reshape(ref, d.made.get(ref.name)?.shape ?? ref.shape)
    return free.delete(ref.name) ? whole : copied(d, whole)
  })
}

const infoOf = ({ name, dtype, shape }: Ref): OnnxValueInfo => ({ name, type: dtype, shape })

/** Some of the nodes as a model, with the inputs and constants that they read. */
const modelOf = (
  { writer, inputs, made }: Definitions,
  nodes: ReadonlyArray<OnnxNode>,
  prepared: ReadonlyArray<Ref>,
  outputs: ReadonlyArray<Ref>
): Finished => {
  const given = [
    ...inputs.map((x, index) => ({ ref: made.get(x.name) ?? x, origin: { _tag: 'Feed', index } as const })),
    ...prepared.map((ref, index) => ({ ref, origin: { _tag: 'Prepared', index } as const }))
  ]
  const origins = new Map(given.map((each) => [each.ref.name, each]))
  const blocked = cacheBlocked(nodes, {
    shapeOf: (name) => {
      const found = made.get(name)
      return found?.dtype === 'float32' ? found.shape : undefined
    },
    constants: new Map(writer.initializers.map((c) => [c.name, c])),
    inputs: new Map(given.map(({ ref }) => [ref.name, ref])),
    outputs: new Set(namesOf(outputs))
  })
  const read = new Set(blocked.nodes.flatMap(readsOf))
  const fed = [
    ...given.filter(({ ref }) => read.has(ref.name)),
    ...blocked.views.map(({ ref, of }) => ({ ref, origin: origins.get(of)!.origin }))
  ]
  const results = outputs.map((ref) => ({ ...ref, shape: blocked.shapes.get(ref.name) ?? ref.shape }))
  return {
    inputs: fed,
    outputs: results,
    model: {
      name: 'graft',
      producer: 'graft',
      opsets: OPSETS,
      nodes: scheduled(blocked.nodes, (name) => made.get(name)?.shape ?? []),
      initializers: [...writer.initializers.filter((c) => read.has(c.name)), ...blocked.constants],
      inputs: fed.map(({ ref }) => infoOf(ref)),
      outputs: results.map(infoOf),
      metadata: {}
    }
  }
}

/** The models that compute `outputs`, without unneeded nodes. */
export const stage = (d: Definitions, outputs: ReadonlyArray<Ref>): Staged => {
  const results = asResults(d, outputs)
  const needed = neededBy(d.writer.nodes, results)
  const isPrepared = (node: OnnxNode): boolean => d.fixed.has(node.outputs[0]!)
  const [early, late] = [needed.filter(isPrepared), needed.filter((node) => !isPrepared(node))]
  const fixedInputs = new Set(namesOf(d.inputs).filter((name) => d.fixed.has(name)))
  // constants alone are not worth a session of their own
  if (!early.some((node) => node.inputs.some((name) => fixedInputs.has(name))))
    return { main: modelOf(d, needed, [], results), prepare: undefined }
  const readLate = new Set(late.flatMap((n) => n.inputs))
  const boundary = early.flatMap((n) => n.outputs.filter((name) => readLate.has(name)).map((name) => d.made.get(name)!))
  return { main: modelOf(d, late, boundary, results), prepare: modelOf(d, early, [], boundary) }
}
