// What guard is told to compare, and what it says of the times: no process is started here.
import { parseArgs } from 'node:util'
import { median } from '../record.mjs'

/** What is compared: a step of a network, with its first, or reading images. */
export const cases = [
  { name: 'train-28', arch: 'resnet18', mode: 'train', batch: 64, size: 28 },
  { name: 'train-128', arch: 'squeezenet1_1', mode: 'train', batch: 32, size: 128 },
  { name: 'infer-128', arch: 'resnet18', mode: 'infer', batch: 32, size: 128 },
  { name: 'loader', mode: 'loader' }
]

/** Of each case, which times. */
export const metricsOf = ({ mode }) => (mode === 'loader' ? ['ms'] : ['ms', 'firstStepMs'])

export const settings = (args) => {
  const { values } = parseArgs({
    args,
    options: {
      against: { type: 'string' },
      rounds: { type: 'string', default: '7' },
      steps: { type: 'string', default: '10' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false }
    }
  })
  const number = (name, least) => {
    const value = Number(values[name])
    if (Number.isInteger(value) && value >= least) return value
    throw new Error(`--${name} must be an integer of at least ${least}, not ${values[name]}`)
  }
  const named = values.only?.split(',') ?? cases.map(({ name }) => name)
  const stranger = named.find((name) => !cases.some((one) => one.name === name))
  if (stranger !== undefined)
    throw new Error(`--only names some of ${cases.map(({ name }) => name).join(', ')}, not ${stranger}`)
  if (values.against !== undefined && (values.against === '' || values.against.startsWith('-')))
    throw new Error(`--against names a commit, not ${JSON.stringify(values.against)}`)
  return {
    against: values.against ?? null,
    // fewer do not tell noise from change
    rounds: number('rounds', 5),
    steps: number('steps', 1),
    cases: cases.filter(({ name }) => named.includes(name)),
    json: values.json
  }
}

/** Makes the median absolute deviation of normal numbers their standard deviation. */
const NORMAL = 1.4826

/** Smaller changes are not reported, however sure. */
const LEAST = 0.02

/** Standard errors of the median that count as noise. */
const ERRORS = 3

/** Half of what lies between the middle and the typical number, as a standard deviation. */
const deviation = (numbers) => {
  const middle = median(numbers)
  return NORMAL * median(numbers.map((x) => Math.abs(x - middle)))
}

/** Of every so many rounds, one may disagree. */
const EXCEPTIONS = 7

/** `slower` or `faster` where the change is more than the noise and the rounds agree on it, else `same`. */
const moved = (changes, change, noise) => {
  const agreeing = changes.filter((each) => each * change > 0).length
  const agree = agreeing >= changes.length - Math.floor(changes.length / EXCEPTIONS)
  return Math.abs(change) <= noise || !agree ? 'same' : change > 0 ? 'slower' : 'faster'
}

/**
 * Times of two checkouts by rounds, in which they were taken one right after the other: the median of the ratios, and
 * whether it differs from 1 by more than the noise, three standard errors and at least 2 %, in nearly every round. What moves both times of a round
 * moves no ratio.
 */
export const paired = (before, now) => {
  const ratios = now.map((ms, i) => ms / before[i])
  const change = median(ratios) - 1
  const noise = Math.max(LEAST, (ERRORS * deviation(ratios)) / Math.sqrt(ratios.length))
  const verdict = moved(
    ratios.map((ratio) => ratio - 1),
    change,
    noise
  )
  return { before: median(before), now: median(now), change, noise, verdict }
}

/** What a committed row's machine may differ from this one by, though both are of one class, and one day from another. */
const CLASS = 0.1

/** Times of this checkout beside a committed one, whose own spread nobody knows. */
export const besideRow = (row, now) => {
  const change = median(now) / row - 1
  const noise = Math.max(CLASS, (ERRORS * deviation(now)) / (Math.sqrt(now.length) * median(now)))
  const verdict = moved(
    now.map((ms) => ms / row - 1),
    change,
    noise
  )
  return { before: row, now: median(now), change, noise, verdict }
}

const percent = (x) => `${x >= 0 ? '+' : ''}${(100 * x).toFixed(1)} %`

export const printed = ({ name, metric, before, now, change, noise, verdict }) =>
  [
    `${name} ${metric}`.padEnd(22),
    `${before.toFixed(1)} -> ${now.toFixed(1)} ms`.padEnd(24),
    `${percent(change)} (noise ${(100 * noise).toFixed(1)} %)`.padEnd(28),
    verdict
  ].join('  ')

/** 1 where anything is slower, or cannot be measured; 2 where nothing was compared. */
export const exitCode = (verdicts, failures) =>
  failures > 0 || verdicts.some(({ verdict }) => verdict === 'slower') ? 1 : verdicts.length === 0 ? 2 : 0

/** The times of the last row of a case in the text of a file of results; undefined: it has none. */
export const rowOf = (csv, { arch, mode, batch, size }) => {
  const [head, ...rows] = csv.trim().split('\n')
  const columns = head.split(',')
  return rows
    .map((row) => Object.fromEntries(row.split(',').map((cell, i) => [columns[i], cell])))
    .findLast(
      (row) => row.arch === arch && row.mode === mode && Number(row.batch) === batch && Number(row.size) === size
    )
}
