/** The records' names of norm types. */
import type { NormType } from '../../../src/model/index.js'

export const normOf = (norm: string | null): NormType | undefined =>
  norm === null
    ? 'none'
    : ({ batch: 'batch', batchzero: 'batchZero', weight: 'weight', spectral: 'spectral' } as const)[norm.toLowerCase()]
