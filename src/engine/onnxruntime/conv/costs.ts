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

/**
 * By the channels in a block, which go with the width of the processor's vectors. `npm run bench -- conv --write` puts
 * what it measures in the place of a table. That of 8 is fitted to the least times of three runs on an AMD EPYC with
 * AVX2 and two cores. That of 16 is estimated: 250 GFLOP/s in products, 350 in blocks; 60 GB/s, and half for patches.
 */
export const costs: Readonly<Record<number, CostTable>> = {
  '8': {
    direct: {
      forward: { ms: 0.0414, perGflop: 7.86, perGbyte: 68.5 },
      input: { ms: 0.0422, perGflop: 7.79, perGbyte: 82.2 },
      training: { ms: 0.0675, perGflop: 8.75, perGbyte: 66.5 }
    },
    fewChannels: {
      forward: { ms: 0.0655, perGflop: 8.62, perGbyte: 146 },
      input: { ms: 0, perGflop: 0, perGbyte: 0 },
      training: { ms: 0, perGflop: 7.3, perGbyte: 208 }
    },
    blocked: {
      forward: { ms: 0, perGflop: 9.24, perGbyte: 167 },
      input: { ms: 0, perGflop: 0, perGbyte: 0 },
      training: { ms: 0, perGflop: 0.962, perGbyte: 313 }
    },
    winograd2: {
      forward: { ms: 0.18, perGflop: 8.14, perGbyte: 35.6 },
      input: { ms: 0.131, perGflop: 6.41, perGbyte: 47.5 },
      training: { ms: 0.194, perGflop: 8.06, perGbyte: 43.3 }
    },
    winograd4: {
      forward: { ms: 0.137, perGflop: 9.56, perGbyte: 38.9 },
      input: { ms: 0.104, perGflop: 8.89, perGbyte: 53.4 },
      training: { ms: 0.16, perGflop: 7.25, perGbyte: 58.1 }
    },
    public: { forward: { ms: 0.0545, perGflop: 6.68, perGbyte: 155 } }
  },
  '16': {
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
    },
    public: { forward: { ms: 0, perGflop: 3.3, perGbyte: 0 } }
  }
}
