/** Lines that the Python program prints: events as JSON, and the one-line description of an error. */
import * as O from 'fp-ts/lib/Option.js'
import { type JobError, jobError } from '../../emit/torch/index.js'
import type { Event, Recipe } from '../../recipe/index.js'

const tags: Readonly<Record<Event['_tag'], true>> = {
  StepBegin: true,
  StepEnd: true,
  CachingFeatures: true,
  TrainBegin: true,
  EpochBegin: true,
  BatchBegin: true,
  BatchEnd: true,
  EpochEnd: true,
  TrainEnd: true,
  Saved: true,
  Loaded: true,
  Warning: true
}

/** Reads NaN and infinite numbers, which JSON does not have, from strings. */
const revived = (_: string, value: unknown): unknown =>
  value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : value

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line, revived)
  } catch {
    return null
  }
}

const isEvent = (u: unknown): u is Event =>
  typeof u === 'object' && u !== null && '_tag' in u && typeof u._tag === 'string' && Object.hasOwn(tags, u._tag)

/** The event in a line, or none. Python sends only the index of a step; the step itself is added here. */
export const eventIn =
  (recipe: Recipe.Recipe) =>
  (line: string): O.Option<Event> => {
    if (!line.startsWith('{')) return O.none
    const event = parsed(line)
    if (!isEvent(event)) return O.none
    if (event._tag !== 'StepBegin' && event._tag !== 'StepEnd') return O.some(event)
    const step = recipe[event.index]
    return step === undefined ? O.none : O.some({ ...event, step })
  }

const colours = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g')

/** The line as the program printed it, without Ray's coloured prefix, which names the process. */
export const printedLine = (line: string): string => line.replaceAll(colours, '').replace(/^\([^()]*pid=[^()]*\) /, '')

// when a process has died, others lose their connection: that is a DistNetworkError too
const meeting = /^(?:torch\.\S+\.)?(?:RendezvousConnectionError\b|DistNetworkError: .*EADDRINUSE)/

/** The error of torchrun itself in a line: its processes cannot meet, because a port is in use or not reachable. */
export const meetingFaultIn =
  (args: ReadonlyArray<string>) =>
  (line: string): O.Option<JobError> => {
    if (!meeting.test(line)) return O.none
    const at = args.indexOf('--rdzv-endpoint')
    const [endpoint, hint] =
      at === -1
        ? ['the port of torchrun', 'start it again: torchrun chooses another port']
        : [args[at + 1]!, 'pass a free port of a machine that the others can reach: --rdzv-endpoint HOST:PORT']
    const [, port] = /\bport: (\d+)/.exec(line) ?? []
    return O.some(
      jobError(
        port === undefined ? endpoint : `port ${port}`,
        'a port where the processes can meet',
        line.includes('EADDRINUSE') ? 'one that is in use' : 'one where torchrun does not answer',
        hint
      )
    )
  }

const fault = /^graft_torch: (.+?): expected (.+?), found (.+): (.+)$/

/** The error that a line describes, or none. */
export const faultIn = (line: string): O.Option<JobError> => {
  const [, path, expected, found, hint] = fault.exec(line) ?? []
  return path === undefined ? O.none : O.some(jobError(path, expected!, found!, hint!))
}
