import { describe, expect, it } from 'vitest'
import { inRange, oneOf, rates, whole } from '../../src/cli/flags/flags.js'
import { drawPace, type Shown, watcher } from '../../src/cli/output/progress.js'
import type { Terminal } from '../../src/cli/output/Terminal.js'
import type { Event } from 'graft-vision'

interface Recorded extends Terminal {
  readonly results: Array<string>
  readonly notes: Array<string>
  readonly bars: Array<string>
}

const recording = (screen: boolean): Recorded => {
  const [results, notes, bars]: [Array<string>, Array<string>, Array<string>] = [[], [], []]
  return {
    ...{ screen, results, notes, bars },
    result: (line) => results.push(line),
    note: (line) => notes.push(line),
    bar: (line) => bars.push(line)
  }
}

const at = { epoch: 0, epochs: 1, batch: 0, iteration: 0 }

const run: ReadonlyArray<Event> = [
  {
    _tag: 'TrainBegin',
    batches: 2,
    validBatches: 1,
    metricNames: ['accuracy'],
    phase: 0,
    phases: 1,
    epochsAfter: 0,
    ...at
  },
  { _tag: 'EpochBegin', ...at },
  { _tag: 'BatchBegin', train: true, ...at },
  { _tag: 'BatchEnd', train: true, loss: 0.5, smoothedLoss: 0.5, lrs: [1], mom: 0.9, ...at },
  { _tag: 'BatchEnd', train: true, loss: 0.25, smoothedLoss: 0.25, lrs: [1], mom: 0.9, ...at, batch: 1, iteration: 1 },
  { _tag: 'EpochEnd', row: { epoch: 0, trainLoss: 0.25, validLoss: null, metrics: [] }, seconds: 61, ...at },
  { _tag: 'Warning', message: 'mind the gap' }
]

const shown = (how: Partial<Shown>, screen: boolean): Recorded => {
  const terminal = recording(screen)
  const { onEvent } = watcher({ json: false, quiet: false, ...how }, terminal)
  for (const event of run) expect(onEvent(event)()).toBe('continue')
  return terminal
}

describe('progress', () => {
  it('is a bar on a screen, and the table beside it', () => {
    const { bars, results, notes } = shown({}, true)
    expect(bars).toHaveLength(2)
    expect(bars[1]).toMatch(/^epoch 1\/1 {2}█{24} {2}2\/2 {2}.* {2}ETA 00:00 {2}loss 0\.2500$/)
    expect(results).toEqual([
      'epoch       train_loss  valid_loss  accuracy    time',
      '0           0.250000    #na#        #na#        01:01'
    ])
    expect(notes).toEqual(['warning: mind the gap'])
  })

  it('is occasional lines elsewhere', () => {
    const { bars, notes } = shown({}, false)
    expect(bars).toEqual([])
    expect(notes).toHaveLength(2)
    expect(notes[0]).toMatch(/^epoch 1\/1 {2}1\/2 {2}.* {2}loss 0\.5000$/)
  })

  it('consists of warnings alone when quiet', () => {
    const plain = shown({ quiet: true }, true)
    expect([plain.bars, plain.notes, plain.results]).toEqual([[], ['warning: mind the gap'], []])
    const { notes } = shown({ quiet: true, json: true }, true)
    expect(notes.map((line) => JSON.parse(line) as unknown)).toEqual([
      { event: { _tag: 'Warning', message: 'mind the gap' } }
    ])
  })

  it('is a line of JSON per event', () => {
    const { notes, results } = shown({ json: true }, true)
    expect(results).toEqual([])
    expect(notes.map((line) => (JSON.parse(line) as { event: Event }).event)).toEqual(
      run.filter(({ _tag }) => _tag !== 'BatchBegin')
    )
  })

  it('shows seconds per batch when a batch takes longer than a second', () => {
    const pace = {
      phase: 0,
      phases: 1,
      epoch: 1,
      epochs: 3,
      batch: 5,
      batches: 10,
      perSecond: 0.25,
      left: 3700,
      loss: 1
    }
    expect(drawPace(pace, false)).toBe('epoch 2/3  5/10  4.0 s/batch  ETA 1:01:40  loss 1.0000')
    expect(drawPace({ ...pace, perSecond: 12.34 }, true)).toBe(
      'epoch 2/3  ████████████░░░░░░░░░░░░  5/10  12.3 batches/s  ETA 1:01:40  loss 1.0000'
    )
    expect(drawPace({ ...pace, phase: 1, phases: 2 }, false)).toMatch(/^phase 2\/2 {2}epoch 2\/3/)
  })

  it('includes the epochs of later phases in the time left', () => {
    const terminal = recording(false)
    const { onEvent } = watcher({ json: false, quiet: false }, terminal)
    const place = { phase: 0, phases: 2, epochsAfter: 9 }
    onEvent({ _tag: 'TrainBegin', batches: 1, validBatches: 1, metricNames: [], ...place, ...at })()
    const began = performance.now()
    while (performance.now() - began < 120);
    onEvent({ _tag: 'BatchEnd', train: true, loss: 1, smoothedLoss: 1, lrs: [1], mom: 0.9, ...at })()
    const [, left] = /ETA 00:0(\d)/.exec(terminal.notes[0]!)!
    expect(Number(left)).toBeGreaterThanOrEqual(1)
  })
})

describe('a flag', () => {
  const size = whole('--size', 1, '224')
  it('may be missing', () => expect(size(undefined)).toEqual({ _tag: 'Right', right: undefined }))
  it.each(['12', '1e3', '+7'])('takes the integer %s', (text) =>
    expect(size(text)).toEqual({ _tag: 'Right', right: Number(text) })
  )
  it.each(['', ' ', '0', '-3', '1.5', 'NaN', 'Infinity', '0x10', '12px', '9007199254740993'])(
    'refuses %j as an integer of at least 1',
    (text) => expect(size(text)).toMatchObject({ _tag: 'Left', left: [{ path: '--size' }] })
  )
  it('takes one rate for all, or the first and the last', () => {
    expect(rates('--lr')('1e-3')).toEqual({ _tag: 'Right', right: 1e-3 })
    expect(rates('--lr')('1e-5,1e-3')).toMatchObject({ right: { _tag: 'Slice', start: 1e-5, stop: 1e-3 } })
  })
  it.each(['0', '-1', 'nan', '1,2,3', '1,', ',1', 'Infinity', '1e999'])('refuses the rate %j', (text) =>
    expect(rates('--lr')(text)._tag).toBe('Left')
  )
  it('keeps to its range and its choices', () => {
    expect(inRange('--valid-pct', [0, 1], '0.2')('0')).toEqual({ _tag: 'Right', right: 0 })
    expect(inRange('--valid-pct', [0, 1], '0.2')('1')._tag).toBe('Left')
    expect(oneOf('--how', ['a', 'b'])('c')).toMatchObject({ left: [{ expected: 'one of a, b' }] })
  })
})
