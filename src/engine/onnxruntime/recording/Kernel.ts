import type { Graph, Ref } from '../graph/Graph.js'
import { images, pixelwise, plain, plainly, type Laid } from '../graph/Layout.js'
import type { Signature } from './Trace.js'

/** Writes a recorded call into a graph: the inputs by name, one result per declared output. */
export type Emit = (graph: Graph, inputs: Readonly<Record<string, Laid>>) => ReadonlyArray<Laid>

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

/** A form whose inputs have the names of `I`. */
export interface FormOf<I> extends Omit<Form, 'emit'> {
  readonly emit: (graph: Graph, inputs: LaidInputs<I>) => ReadonlyArray<Laid>
}

export type LaidInputs<I> = { readonly [K in keyof I]: Laid | (undefined extends I[K] ? undefined : never) }

/** A kernel with inputs `K` (those in `O` may be absent) and attributes `A` of which each use is checked. */
export const kernel =
  <K extends string, A = object, O extends string = never>(
    of: (
      inputs: Readonly<Record<K, Signature> & Partial<Record<O, Signature>>>,
      attributes: A
    ) => FormOf<Readonly<Record<K, Ref> & Partial<Record<O, Ref>>>> | undefined
  ): Kernel =>
  (inputs, attributes) =>
    // tfjs fixes which inputs and attributes a kernel of a given name has
    of(inputs as Parameters<typeof of>[0], attributes as A) as Form | undefined

const inPlain = <I>(g: Graph, inputs: LaidInputs<I>): I =>
  Object.fromEntries(
    Object.entries(inputs as Readonly<Record<string, Laid>>).map(([name, laid]) => [name, plain(g, laid)])
  ) as I

/**
 * A form with several outputs, over tensors in the order of their shapes. `laid` is another way for inputs that lie
 * otherwise, undefined where it has none; then they are put in order first.
 */
export const forms = <I>(
  outputs: ReadonlyArray<Signature>,
  emit: (graph: Graph, inputs: I) => ReadonlyArray<Ref>,
  laid?: (graph: Graph, inputs: LaidInputs<I>) => ReadonlyArray<Laid> | undefined
): FormOf<I> => ({
  outputs,
  emit: (g, inputs) => laid?.(g, inputs) ?? emit(g, inPlain(g, inputs)).map((ref, i) => plainly(ref, outputs[i]!.shape))
})

/** A form with one output. */
export const form = <I>(
  output: Signature,
  emit: (graph: Graph, inputs: I) => Ref,
  laid?: (graph: Graph, inputs: LaidInputs<I>) => Laid | undefined
): FormOf<I> =>
  forms<I>(
    [output],
    (g, inputs) => [emit(g, inputs)],
    (g, inputs) => {
      const result = laid?.(g, inputs)
      return result === undefined ? undefined : [result]
    }
  )

/** A form that takes each element by itself, its inputs broadcast: the same in every layout. */
export const elementwiseForm = <I>(output: Signature, emit: (graph: Graph, inputs: I) => Ref): FormOf<I> =>
  form<I>(output, emit, (g, inputs) => {
    const refs = pixelwise(g, inputs as Readonly<Record<string, Laid>>, output.shape)
    return refs === undefined ? undefined : images(g, emit(g, refs as I), output.shape)
  })

/** A form over images, in whatever layout they come. */
export const imageForm = <I>(output: Signature, emit: (graph: Graph, inputs: LaidInputs<I>) => Laid): FormOf<I> => ({
  outputs: [output],
  emit: (g, inputs) => [emit(g, inputs)]
})

export const float32 = (shape: ReadonlyArray<number>): Signature => ({ shape, dtype: 'float32' })
