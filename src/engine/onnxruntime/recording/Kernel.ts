import type { Graph, Ref } from '../graph/Graph.js'
import { images, pixelwise, plain, plainly, type Laid } from '../graph/Layout.js'
import type { Signature } from './Trace.js'

/** Emits a recorded call to a graph: takes the inputs by name, returns one result per declared output. */
export type Emit = (graph: Graph, inputs: Readonly<Record<string, Laid>>) => ReadonlyArray<Laid>

/** How a call is computed: its outputs, known when it is recorded, and how to emit it when it is needed. */
export interface Form {
  readonly outputs: ReadonlyArray<Signature>
  /** The kernel returns a list, even of one. */
  readonly list?: true
  readonly emit: Emit
}

/**
 * A tfjs kernel in ONNX. Undefined: this call is not supported (a type, a layout, shapes that do not fit), and the cpu
 * kernel computes it, or rejects it with its own message.
 */
export type Kernel = (
  inputs: Readonly<Record<string, Signature>>,
  attributes: Readonly<Record<string, unknown>>
) => Form | undefined

/** A table of kernels by tfjs's name; one per file of this folder. */
export type Kernels = Readonly<Record<string, Kernel>>

/** A form with inputs named `I`. */
export interface FormOf<I> extends Omit<Form, 'emit'> {
  readonly emit: (graph: Graph, inputs: LaidInputs<I>) => ReadonlyArray<Laid>
}

export type LaidInputs<I> = { readonly [K in keyof I]: Laid | (undefined extends I[K] ? undefined : never) }

/** A kernel with inputs `K` (those in `O` are optional) and attributes `A`, whose uses are type-checked. */
export const kernel =
  <K extends string, A = object, O extends string = never>(
    of: (
      inputs: Readonly<Record<K, Signature> & Partial<Record<O, Signature>>>,
      attributes: A
    ) => FormOf<Readonly<Record<K, Ref> & Partial<Record<O, Ref>>>> | undefined
  ): Kernel =>
  (inputs, attributes) =>
    // tfjs determines the inputs and attributes of a kernel by its name
    of(inputs as Parameters<typeof of>[0], attributes as A) as Form | undefined

const inPlain = <I>(g: Graph, inputs: LaidInputs<I>): I =>
  Object.fromEntries(
    Object.entries(inputs as Readonly<Record<string, Laid>>).map(([name, laid]) => [name, plain(g, laid)])
  ) as I

/**
 * A form with several outputs, over tensors in the order of their shapes. `laid` is an alternative for inputs in other
 * layouts; if it returns undefined, they are converted first.
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

/** An element-wise form with broadcast inputs; the same in every layout. */
export const elementwiseForm = <I>(output: Signature, emit: (graph: Graph, inputs: I) => Ref): FormOf<I> =>
  form<I>(output, emit, (g, inputs) => {
    const refs = pixelwise(g, inputs as Readonly<Record<string, Laid>>, output.shape)
    return refs === undefined ? undefined : images(g, emit(g, refs as I), output.shape)
  })

/** A form over images in any layout. */
export const imageForm = <I>(output: Signature, emit: (graph: Graph, inputs: LaidInputs<I>) => Laid): FormOf<I> => ({
  outputs: [output],
  emit: (g, inputs) => [emit(g, inputs)]
})

export const float32 = (shape: ReadonlyArray<number>): Signature => ({ shape, dtype: 'float32' })
