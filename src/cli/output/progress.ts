/** Progress for people and programs: a bar on a screen, otherwise occasional lines, JSON lines, or nothing. */
import { constVoid } from 'fp-ts/lib/function.js'
import { type DataCounts, type HasProgress, type Progress, showDataCounts } from '../../io/index.js'
import { showTime, tableHeader, tableLine, tableRow } from '../../learn/index.js'
import type { Event, Handler } from '../../recipe/index.js'
import type { LivePage } from '../../serve/index.js'
import type { Terminal } from './Terminal.js'

export interface Shown {
  readonly json: boolean
  readonly quiet: boolean
}

/** Reports a run to the user. */
export interface Watcher {
  readonly onEvent: Handler
  readonly progress: HasProgress['progress']
  /** Statistics of the data, before training. */
  readonly found: (counts: DataCounts) => void
  /** A message. */
  readonly note: (message: string) => void
  /** A page that follows the training; default: none. */
  readonly live?: LivePage
}

/** The progress of a fit, and its speed. */
export interface Pace {
  /** From 0, of `phases`. */
  readonly phase: number
  readonly phases: number
  readonly epoch: number
  readonly epochs: number
  readonly batch: number
  readonly batches: number
  readonly perSecond: number
  /** Seconds. */
  readonly left: number
  readonly loss: number
}

const width = 24

const blocks = (part: number): string => {
  const full = Math.round(width * Math.min(1, part))
  return '█'.repeat(full) + '░'.repeat(width - full)
}

const rate = (perSecond: number): string =>
  perSecond >= 1 ? `${perSecond.toFixed(1)} batches/s` : `${(1 / perSecond).toFixed(1)} s/batch`

/** One line: position, speed, and time left until the end of the recipe. */
export const drawPace = (p: Pace, bar: boolean): string =>
  [
    ...(p.phases > 1 ? [`phase ${p.phase + 1}/${p.phases}`] : []),
    `epoch ${p.epoch + 1}/${p.epochs}`,
    ...(bar ? [blocks(p.batch / p.batches)] : []),
    `${p.batch}/${p.batches}`,
    rate(p.perSecond),
    `ETA ${showTime(p.left)}`,
    `loss ${p.loss.toFixed(4)}`
  ].join('  ')

const jsonWatcher = ({ note }: Terminal): Watcher => ({
  onEvent: (event) => () => {
    if (event._tag !== 'BatchBegin') note(JSON.stringify({ event }))
    return 'continue'
  },
  progress: (progress) => () => note(JSON.stringify({ progress })),
  found: (counts) => note(JSON.stringify({ data: counts, note: showDataCounts(counts) })),
  note: (message) => note(JSON.stringify({ note: message }))
})

/** Milliseconds between updates: on a screen redrawn, otherwise a new line. */
const often = 100
const seldom = 5000

const every = (period: number): ((now: number, must: boolean) => boolean) => {
  let last = -Infinity
  return (now, must) => {
    const due = must || now - last >= period
    if (due) last = now
    return due
  }
}

const plainWatcher = (terminal: Terminal): Watcher => {
  const draw = terminal.screen ? terminal.bar : terminal.note
  const due = every(terminal.screen ? often : seldom)
  let [began, first, batches, metrics, phase, phases, epochsAfter] = [0, 0, 0, 0, 0, 1, 0]
  let loss = NaN

  const paced = (event: Extract<Event, { _tag: 'BatchEnd' }>): string => {
    const done = event.iteration + 1
    const perSecond = ((done - first) * 1000) / (performance.now() - began)
    const left = (batches * (event.epochs + epochsAfter) - done) / perSecond
    const pace = { ...event, phase, phases, batch: event.batch + 1, batches, perSecond, left, loss }
    return drawPace(pace, terminal.screen)
  }
  const seen = (event: Event): void => {
    switch (event._tag) {
      case 'TrainBegin':
        ;[began, first, batches, metrics] = [
          performance.now(),
          event.iteration,
          event.batches,
          event.metricNames.length
        ]
        ;({ phase, phases, epochsAfter } = event)
        if (event.iteration > 0)
          terminal.note(`going on at epoch ${event.epoch + 1}/${event.epochs}, batch ${event.batch + 1}/${batches}`)
        return terminal.result(tableLine(tableHeader(event.metricNames)))
      case 'CachingFeatures':
        if (event.done === 0)
          return terminal.note(
            `features cached after ${event.after}: ${event.images} images, ${(event.bytes / 2 ** 20).toFixed(1)} MiB`
          )
        return due(performance.now(), false) ? draw(`features  ${event.done}/${event.images}`) : undefined
      case 'BatchEnd': {
        if (!event.train)
          return due(performance.now(), false)
            ? draw(`epoch ${event.epoch + 1}/${event.epochs}  validating`)
            : undefined
        loss = event.smoothedLoss
        const begins = event.iteration === first
        const ends = terminal.screen && event.batch + 1 === batches
        return due(performance.now(), begins || ends) ? draw(paced(event)) : undefined
      }
      case 'EpochEnd':
        return terminal.result(tableLine(tableRow(event.row, metrics, event.seconds)))
      case 'Warning':
        return terminal.note(`warning: ${event.message}`)
      case 'Saved':
        return event.kind === 'model' ? terminal.note(`saved ${event.file}`) : undefined
      case 'Loaded':
        return terminal.note(`loaded ${event.file}`)
      case 'StepBegin':
      case 'StepEnd':
      case 'EpochBegin':
      case 'BatchBegin':
      case 'TrainEnd':
        return
    }
  }
  const told = ({ stage, what, done, total }: Progress): void => {
    const share = total === 0 ? String(done) : `${done}/${total}`
    if (due(performance.now(), done === total && !terminal.screen)) draw(`${stage}  ${share}  ${what}`)
  }
  return {
    onEvent: (event) => () => {
      seen(event)
      return 'continue'
    },
    progress: (progress) => () => told(progress),
    found: (counts) => terminal.note(showDataCounts(counts)),
    note: terminal.note
  }
}

/** Keeps warnings and instructions, and drops progress. */
const quieted = ({ onEvent, found, note }: Watcher): Watcher => ({
  onEvent: (event) => (event._tag === 'Warning' ? onEvent(event) : () => 'continue'),
  progress: () => constVoid,
  found,
  note
})

/** The watcher for the given flags. */
export const watcher = ({ json, quiet }: Shown, terminal: Terminal): Watcher => {
  const all = json ? jsonWatcher(terminal) : plainWatcher(terminal)
  return quiet ? quieted(all) : all
}
