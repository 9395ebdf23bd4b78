/** `CostTable`: the cost of each convolution algorithm on a machine. */

/**
 * What an algorithm is chosen for. With constant weights each direction is chosen separately, and what depends only on
 * the weights is computed once; otherwise all directions are chosen together and share intermediate results.
 */
export type Use = 'forward' | 'input' | 'training'

export interface Work {
  readonly flops: number
  readonly bytes: number
}

/** Milliseconds: fixed, for every GFLOP of products, and for every GB moved. */
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

/** What the choice depends on besides the shapes. */
export interface Machine {
  /**
   * Channels per block in ONNX Runtime's internal convolutions, which depends on the vector width; 0: not available.
   */
  readonly block: number
  /** Whether `block` is another machine's: its costs are used, its convolutions are not available. */
  readonly foreign?: boolean
  /** Costs measured on this machine; undefined: the built-in table for the block size. */
  readonly costs?: CostTable
}
