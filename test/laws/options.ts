import type { CheckOptions } from '../../laws/index.js'

/** Fixed unless LAW_SEED says otherwise; a failure prints the seed that it used. */
const seed = Number(process.env['LAW_SEED'] ?? 20_251)
const long = process.env['GRAFT_LONG'] === '1'

export const options: CheckOptions = { seed, numRuns: long ? 1000 : 100 }
/** Architectures of millions of parameters take longer to plan. */
export const catalogueOptions: CheckOptions = { seed, numRuns: long ? 50 : 4 }
/** Each network is compiled anew. */
export const engineOptions: CheckOptions = { seed, numRuns: long ? 100 : 10 }
