import type { Cost, CostTable, Machine, Work } from '../../CostTable.js'

export const costOf = ({ ms, perGflop, perGbyte }: Cost, { flops, bytes }: Work): number =>
  ms + (perGflop * flops + perGbyte * bytes) / 1e9

/**
 * The table measured on this machine; otherwise the one for the block size, or for the smallest if there are no blocks.
 */
export const tableFor = (tables: typeof costs, { block, costs: own }: Machine): CostTable =>
  own ?? tables[block] ?? tables[8]!

/**
 * Tables by block size. `npm run bench -- conv --write` replaces a table by its measurements. Both are fitted to the
 * minimum times of three passes on an AMD EPYC with two cores: 8 with AVX2, 16 with AVX-512.
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
      forward: { ms: 0.0203, perGflop: 2.68, perGbyte: 24.6 },
      input: { ms: 0.0173, perGflop: 2.7, perGbyte: 26.5 },
      training: { ms: 0.0333, perGflop: 3.17, perGbyte: 28.2 }
    },
    fewChannels: {
      forward: { ms: 0.0483, perGflop: 1.34, perGbyte: 85 },
      input: { ms: 0, perGflop: 0, perGbyte: 0 },
      training: { ms: 0, perGflop: 1.19, perGbyte: 79.2 }
    },
    blocked: {
      forward: { ms: 0, perGflop: 2.8, perGbyte: 48.7 },
      input: { ms: 0, perGflop: 0, perGbyte: 0 },
      training: { ms: 0.0808, perGflop: 0.876, perGbyte: 83.1 }
    },
    winograd2: {
      forward: { ms: 0.0541, perGflop: 2.83, perGbyte: 29.8 },
      input: { ms: 0.0335, perGflop: 2.66, perGbyte: 32 },
      training: { ms: 0.0672, perGflop: 2.79, perGbyte: 31.1 }
    },
    winograd4: {
      forward: { ms: 0.0411, perGflop: 3.06, perGbyte: 34.6 },
      input: { ms: 0.0328, perGflop: 2.96, perGbyte: 36.8 },
      training: { ms: 0.0572, perGflop: 2.31, perGbyte: 39.5 }
    },
    public: { forward: { ms: 0.0259, perGflop: 2.51, perGbyte: 32.3 } }
  }
}
