import type { Machine, Use, Work } from './Convolution.js'

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

export const costOf = ({ ms, perGflop, perGbyte }: Cost, { flops, bytes }: Work): number =>
  ms + (perGflop * flops + perGbyte * bytes) / 1e9

/** The table of a machine whose vectors are so wide; of one without such blocks, that of the narrowest. */
export const tableFor = (tables: typeof costs, { block }: Machine): CostTable => tables[block] ?? tables[8]!

/** Not measured: 250 GFLOP/s in products, 350 in blocks; 60 GB/s, and half of that for patches. */
const estimated = {
  direct: {
    forward: { ms: 0.02, perGflop: 4, perGbyte: 33.3 },
    input: { ms: 0.02, perGflop: 4, perGbyte: 33.3 },
    training: { ms: 0.06, perGflop: 4, perGbyte: 33.3 }
  },
  fewChannels: {
    forward: { ms: 0.03, perGflop: 4, perGbyte: 16.7 },
    input: { ms: 0.03, perGflop: 4, perGbyte: 16.7 },
    training: { ms: 0.09, perGflop: 4, perGbyte: 16.7 }
  },
  blocked: {
    forward: { ms: 0.03, perGflop: 2.86, perGbyte: 16.7 },
    input: { ms: 0.03, perGflop: 2.86, perGbyte: 16.7 },
    training: { ms: 0.09, perGflop: 2.86, perGbyte: 16.7 }
  },
  winograd2: {
    forward: { ms: 0.06, perGflop: 4, perGbyte: 16.7 },
    input: { ms: 0.06, perGflop: 4, perGbyte: 16.7 },
    training: { ms: 0.18, perGflop: 4, perGbyte: 16.7 }
  },
  winograd4: {
    forward: { ms: 0.06, perGflop: 4, perGbyte: 16.7 },
    input: { ms: 0.06, perGflop: 4, perGbyte: 16.7 },
    training: { ms: 0.18, perGflop: 4, perGbyte: 16.7 }
  }
} satisfies Omit<CostTable, 'public'>

/**
 * By the channels in a block, which go with the width of the processor's vectors. `npm run bench -- conv --write` puts
 * what it measures in the place of a table.
 */
export const costs: Readonly<Record<number, CostTable>> = {
  '8': { ...estimated, public: { forward: { ms: 0, perGflop: 7, perGbyte: 0 } } },
  '16': { ...estimated, public: { forward: { ms: 0, perGflop: 3.3, perGbyte: 0 } } }
}
