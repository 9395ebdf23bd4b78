import type { Graph, Ref } from './Graph.js'
import type { Signature } from './Trace.js'

/** Writes a recorded call into a graph: the inputs by name, one result per declared output. */
export type Emit = (graph: Graph, inputs: Readonly<Record<string, Ref>>) => ReadonlyArray<Ref>

/** How a call is computed: what comes out, known when it is recorded, and what to write when it is needed. */
export interface Form {
  readonly outputs: ReadonlyArray<Signature>
  /** The kernel gives a list, be it of one. */
  readonly list?: true
  readonly emit: Emit
}

/**
 * A tfjs kernel as ONNX. Undefined: this call has no form (a type, a layout, shapes that do not fit), and the cpu kernel
 * computes it, or refuses it in its own words.
 */
export type Kernel = (
  inputs: Readonly<Record<string, Signature>>,
  attributes: Readonly<Record<string, unknown>>
) => Form | undefined

/** A table of kernels by tfjs's name; one per file of this folder. */
export type Kernels = Readonly<Record<string, Kernel>>

/** A kernel with inputs `K` (those in `O` may be absent) and attributes `A` of which each use is checked. */
export const kernel =
  <K extends string, A = object, O extends string = never>(
    of: (
      inputs: Readonly<Record<K, Signature> & Partial<Record<O, Signature>>>,
      attributes: A
    ) =>
      | {
          readonly outputs: ReadonlyArray<Signature>
          readonly list?: true
          readonly emit: (
            graph: Graph,
            inputs: Readonly<Record<K, Ref> & Partial<Record<O, Ref>>>
          ) => ReadonlyArray<Ref>
        }
      | undefined
  ): Kernel =>
  (inputs, attributes) =>
    // tfjs fixes which inputs and attributes a kernel of a given name has
    of(inputs as Parameters<typeof of>[0], attributes as A) as Form | undefined

/** A form with one output. */
export const form = <I>(output: Signature, emit: (graph: Graph, inputs: I) => Ref) => ({
  outputs: [output],
  emit: (graph: Graph, inputs: I): ReadonlyArray<Ref> => [emit(graph, inputs)]
})

export const float32 = (shape: ReadonlyArray<number>): Signature => ({ shape, dtype: 'float32' })

export const sizeOf = (shape: ReadonlyArray<number>): number => shape.reduce((a, b) => a * b, 1)

export const sameShape = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i])
