import type { Cost, CostTable, FormName } from '../../CostTable.js'
import { convForms } from '../conv/index.js'
import type { Use } from '../conv/Convolution.js'
import { cases as allCases, type Case } from './cases.js'
import { fitted } from './fit.js'
import { timeForms, uses, type FormTime, type Timing } from './timeForms.js'

/** How to measure. */
export interface Measuring extends Timing {
  /** Passes over all cases, minutes apart, so that a temporary slowdown affects only one of them. */
  readonly passes: number
  readonly cases?: ReadonlyArray<Case>
  /** Called after each convolution. */
  readonly onTimes?: (done: number, total: number, times: ReadonlyArray<FormTime>) => void
  readonly signal?: AbortSignal
}

/** For a use that an algorithm is never chosen for. */
const noCost: Cost = { ms: 0, perGflop: 0, perGbyte: 0 }

/** The costs that fit measured times. */
export const tableOf = (times: ReadonlyArray<FormTime>): CostTable => {
  const cost = (form: FormName | 'public', use: Use): Cost =>
    fitted(times.filter((time) => time.form === form && time.use === use)) ?? noCost
  const form = (name: FormName): Record<Use, Cost> => ({
    forward: cost(name, 'forward'),
    input: cost(name, 'input'),
    training: cost(name, 'training')
  })
  const forms = Object.fromEntries(convForms.map(({ name }) => [name, form(name)])) as Record<
    FormName,
    Record<Use, Cost>
  >
  return { ...forms, public: { forward: cost('public', 'forward') } }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/**
 * The minimum time of every algorithm for every convolution. Yields to the event loop between convolutions; undefined
 * once the signal is aborted.
 */
export const measure = async (m: Measuring): Promise<ReadonlyArray<FormTime> | undefined> => {
  const all = (m.cases ?? allCases).flatMap((one) => uses.map((use) => ({ one, use })))
  const least: Array<ReadonlyArray<FormTime>> = []
  for (let pass = 0; pass < m.passes; pass++)
    for (const [i, { one, use }] of all.entries()) {
      await nextTurn()
      if (m.signal?.aborted === true) return undefined
      const times = timeForms(m, one, use)
      least[i] = times.map((time, k) => (least[i] !== undefined && least[i][k]!.ms < time.ms ? least[i][k]! : time))
      m.onTimes?.(pass * all.length + i + 1, m.passes * all.length, times)
    }
  return least.flat()
}
