/**
 * The oracle: recorded results of the reference, a file of cases for each subject, and our check for each file.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { failed, type Outcome } from './Comparison.js'
import { bodies } from './checks/bodies.js'
import { data } from './checks/data.js'
import { heads } from './checks/heads.js'
import { interp } from './checks/interp.js'
import { layers } from './checks/layers.js'
import { losses } from './checks/losses.js'
import { metrics } from './checks/metrics.js'
import { optim } from './checks/optim.js'
import { paramGroups } from './checks/paramGroups.js'
import { schedules } from './checks/schedules.js'
import { transforms, tta } from './checks/transforms.js'
import { trainTrace } from './checks/trainTrace.js'
import { unetForward, unets } from './checks/unet.js'

type Check = (recorded: never) => Outcome | Promise<Outcome>

/** By file name, without `.json`. */
export const checks: Readonly<Record<string, Check>> = {
  heads,
  bodies,
  schedules,
  param_groups: paramGroups,
  optim,
  train_trace: trainTrace,
  losses,
  metrics,
  layers,
  data,
  interp,
  transforms,
  tta,
  unet: unets,
  unet_forward: unetForward
}

/** What stands for the cases of a file without a check. */
export const unchecked = 'has no check yet'

/** A case to check, and what to call it. */
export interface OracleCase {
  readonly name: string
  readonly run: () => Promise<Outcome>
}

export interface OracleFile {
  readonly name: string
  /** Null: no check yet. */
  readonly cases: ReadonlyArray<OracleCase> | null
}

type Recorded = Readonly<Record<string, unknown>>

const named = (u: Recorded): string =>
  ['kind', 'arch', 'loss', 'metric', 'optimizer', 'args', 'state', 'arg', 'options']
    .flatMap((key) => (u[key] === undefined ? [] : [typeof u[key] === 'string' ? u[key] : JSON.stringify(u[key])]))
    .join(' ')
    .slice(0, 100)

const caseOf =
  (check: Check) =>
  (recorded: Recorded, i: number): OracleCase => ({
    name: `${i} ${named(recorded)}`,
    run: async () => {
      try {
        return await check(recorded as never)
      } catch (thrown) {
        return failed(`threw ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`)
      }
    }
  })

const isRecord = (u: unknown): u is Recorded => typeof u === 'object' && u !== null && !Array.isArray(u)

/** A file's cases; one that cannot be read, or has none, is a failing case of its own. */
const casesIn = (file: string, check: Check): ReadonlyArray<OracleCase> => {
  const broken = (why: string): ReadonlyArray<OracleCase> => [
    { name: 'has cases', run: () => Promise.resolve(failed(why)) }
  ]
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'))
    const cases = isRecord(parsed) ? parsed['cases'] : undefined
    return Array.isArray(cases) && cases.length > 0 && cases.every(isRecord)
      ? cases.map(caseOf(check))
      : broken('expected { "cases": [...] } with at least one case')
  } catch (thrown) {
    return broken(String(thrown))
  }
}

export const oracleFiles = (folder: string): ReadonlyArray<OracleFile> =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const name = file.slice(0, -'.json'.length)
      const check = Object.hasOwn(checks, name) ? checks[name] : undefined
      return { name, cases: check === undefined ? null : casesIn(join(folder, file), check) }
    })
