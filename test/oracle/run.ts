/**
 * The oracle: recorded results of the reference, a file of cases for each subject, and our check for each file.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { failed, type Outcome } from './Comparison.js'
import { bodies } from './checks/bodies.js'
import { callbacks } from './checks/callbacks.js'
import { data } from './checks/data.js'
import { heads } from './checks/heads.js'
import { interp } from './checks/interp.js'
import { layers } from './checks/layers.js'
import { losses } from './checks/losses.js'
import { metrics } from './checks/metrics.js'
import { mixups } from './checks/mixup.js'
import { modern } from './checks/modern.js'
import { optim } from './checks/optim.js'
import { paramGroups } from './checks/paramGroups.js'
import { pretrainedCase, type PretrainedFile } from './checks/pretrained.js'
import { type PretrainedImages, pretrainedImages } from './checks/pretrainedImages.js'
import { schedules } from './checks/schedules.js'
import { transforms, tta } from './checks/transforms.js'
import { trainTrace } from './checks/trainTrace.js'
import { unetForward, unets } from './checks/unet.js'
import { inFull, notCompared } from './notCompared.js'
import { reading } from './reading.js'

type Check = (recorded: never, file: never) => Outcome | Promise<Outcome>

/** By file name, without `.json`. */
export const checks: Readonly<Record<string, Check>> = {
  heads,
  bodies,
  schedules,
  param_groups: paramGroups,
  optim,
  train_trace: trainTrace,
  losses,
  callbacks,
  mixup: mixups,
  metrics,
  layers,
  data,
  interp,
  transforms,
  tta,
  unet: unets,
  unet_forward: unetForward,
  modern
}

/** A file of real weights, of whatever architecture: its cases, and its sets of pictures as cases after them. */
const pretrained = /^pretrained_/

const checkOf = (name: string): Check | undefined =>
  Object.hasOwn(checks, name)
    ? checks[name]
    : pretrained.test(name)
      ? (c: PretrainedImages | PretrainedFile['cases'][number], file: PretrainedFile) =>
          'set' in c ? pretrainedImages(file, c) : pretrainedCase(file, c)
      : undefined

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
  ['set', 'kind', 'arch', 'loss', 'metric', 'optimizer', 'args', 'state', 'arg', 'options']
    .flatMap((key) => (u[key] === undefined ? [] : [typeof u[key] === 'string' ? u[key] : JSON.stringify(u[key])]))
    .join(' ')
    .slice(0, 100)

const unlessUnread = (file: string, unread: ReadonlyArray<string>, result: Outcome): Outcome => {
  const values = unread.filter((path) => notCompared[file]?.[path] === undefined)
  return values.length === 0
    ? result
    : failed(`recorded, but neither compared nor listed in notCompared.ts: ${values.join(', ')}`)
}

const caseOf =
  (check: Check, file: Recorded, fileName: string) =>
  (recorded: Recorded, i: number): OracleCase => ({
    name: `${i} ${named(recorded)}`,
    run: async () => {
      try {
        const read = reading(recorded)
        const result = await check(read.value as never, file as never)
        return result._tag === 'Passed' && inFull.includes(fileName)
          ? unlessUnread(fileName, read.unread(), result)
          : result
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
    const whole = isRecord(parsed) ? parsed : {}
    const sets = whole['real_images'] ?? []
    const cases = Array.isArray(sets) && Array.isArray(whole['cases']) ? [...whole['cases'], ...sets] : undefined
    return cases !== undefined && cases.length > 0 && cases.every(isRecord)
      ? cases.map(caseOf(check, whole, basename(file, '.json')))
      : broken('expected { "cases": [...] } with at least one case')
  } catch (thrown) {
    return broken(String(thrown))
  }
}

/** Files of real weights that lie with the assets, beside the folder's own. */
const withAssets = (folder: string): ReadonlyArray<string> => {
  const own = readdirSync(folder).filter((file) => file.endsWith('.json'))
  const assets = join(process.env['GRAFT_ASSETS'] ?? '', 'oracle')
  const others = (process.env['GRAFT_ASSETS'] ?? '') !== '' && existsSync(assets) ? readdirSync(assets) : []
  return [
    ...own.map((file) => join(folder, file)),
    ...others
      .filter((file) => pretrained.test(file) && file.endsWith('.json') && !own.includes(file))
      .map((file) => join(assets, file))
  ]
}

export const oracleFiles = (folder: string): ReadonlyArray<OracleFile> =>
  withAssets(folder)
    .map((file) => {
      const name = basename(file, '.json')
      const check = checkOf(name)
      return { name, cases: check === undefined ? null : casesIn(file, check) }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
