/**
 * `CostTable`: what each way of computing a convolution costs on a machine.
 */

/**
 * What a form is chosen for. With weights that are the same in every run each direction stands by itself, and what is made
 * of the weights alone is made once; with others they are computed together, and share what they can.
 */
export type Use = 'forward' | 'input' | 'training'

export interface Work {
  readonly flops: number
  readonly bytes: number
}

/** Milliseconds: for a form's operators however little they do, for every GFLOP of its products, for every GB it moves. */
export interface Cost {
  readonly ms: number
  readonly perGflop: number
  readonly perGbyte: number
}

export type FormName = 'direct' | 'fewChannels' | 'blocked' | 'winograd2' | 'winograd4'

/** `public`: ONNX Runtime's own convolution with constant weights, in a model that it has optimised. */
export type CostTable = Readonly<Record<FormName, Readonly<Record<Use, Cost>>>> & {
  readonly public: { readonly forward: Cost }
}

/** What forms depend on beside the shapes. */
export interface Machine {
  /** Channels in a block of ONNX Runtime's internal convolutions, which go with the width of vectors; 0: there are none. */
  readonly block: number
  /** Those are another machine's blocks: its costs are reckoned with, its convolutions cannot be had. */
  readonly foreign?: boolean
  /** What was measured here; undefined: the built-in table of the block. */
  readonly costs?: CostTable
}
