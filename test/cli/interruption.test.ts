import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Event } from 'graft-vision'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { listenForInterruption } from '../../src/cli/training/interruption.js'
import { placeForRuns, type Started, tiny } from './graft.js'

const { folder, graft, start } = placeForRuns()

const long = [...tiny, '--epochs', '6', '--lr', '1e-2', '--json'] as const

/** Sends a signal once a training has made `steps` steps and, if twice, again once it has said that it stops. */
const signalAfter = ({ process: child }: Started, steps: number, signal: NodeJS.Signals, twice = false): void => {
  let seen = ''
  let sent = 0
  child.stderr!.on('data', (chunk: Buffer) => {
    seen += chunk.toString()
    const due = seen.split('"train":true').length <= steps ? 0 : twice && seen.includes('once more') ? 2 : 1
    for (; sent < due; sent++) child.kill(signal)
  })
}

it('says that a run without a checkpoint starts from the beginning', async () => {
  expect((await graft(...tiny, '--out', 'anew')).code).toBe(0)
  rmSync(join(folder, 'anew/model.safetensors'))
  expect((await graft('train', '--resume', 'anew')).stderr).toContain(
    'anew has no checkpoint: the run starts from the beginning'
  )
})

describe('Ctrl-C', () => {
  let unbroken: Buffer
  beforeAll(async () => {
    await graft(...long, '--out', 'unbroken')
    unbroken = readFileSync(join(folder, 'unbroken/model.safetensors'))
  })

  it.each([
    ['SIGINT', 2],
    ['SIGINT', 9],
    ['SIGTERM', 13]
  ] as const)(
    '%s after %i steps stops at a batch and saves, and the resumed run ends with the same bytes',
    async (signal, steps) => {
      const out = `${signal}-${steps}`
      const run = start(...long, '--out', out)
      signalAfter(run, steps, signal)
      const { code, stderr } = await run.ended
      expect(code).toBe(130)
      expect(stderr).toContain(`graft train --resume ${out}`)
      expect(existsSync(join(folder, out, 'checkpoint.safetensors'))).toBe(true)
      expect(existsSync(join(folder, out, 'model.safetensors'))).toBe(false)

      const resumed = await graft('train', '--resume', out, '--quiet')
      expect(resumed.stderr).not.toContain('from the beginning')
      expect(resumed.code).toBe(0)
      expect(resumed.lines.at(-1)).toMatch(/^accuracy /)
      expect(readFileSync(join(folder, out, 'model.safetensors')).equals(unbroken)).toBe(true)
    }
  )

  it('twice ends at once, and the resumed run still ends with the same bytes', async () => {
    const run = start(...long, '--out', 'twice', '--checkpoint-every', '1')
    signalAfter(run, 3, 'SIGINT', true)
    expect((await run.ended).code).toBe(130)
    expect((await graft('train', '--resume', 'twice')).stderr).toMatch(/going on at epoch \d\/6, batch \d\/4/)
    expect(readFileSync(join(folder, 'twice/model.safetensors')).equals(unbroken)).toBe(true)
  })
})

describe('listenForInterruption', () => {
  const at = { epoch: 0, epochs: 1, batch: 0, iteration: 0 }
  const place = { phase: 0, phases: 1, epochsAfter: 0, batches: 9, validBatches: 1, metricNames: [] }
  const begin: Event = { _tag: 'TrainBegin', ...place, ...at }
  const batchEnd: Event = { _tag: 'BatchEnd', train: true, loss: 1, smoothedLoss: 1, lrs: [1], mom: 0.9, ...at }

  const listening = () => {
    const notes: Array<string> = []
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
    const interruption = listenForInterruption((message) => notes.push(message))
    const tell = (event: Event) => interruption.onEvent(event)()
    return { notes, exit, tell }
  }
  const once = (): void => {
    process.emit('SIGINT')
  }
  const before = process.listeners('SIGINT')
  afterEach(() => {
    vi.restoreAllMocks()
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      for (const listener of process.listeners(signal)) if (!before.includes(listener)) process.off(signal, listener)
  })

  it('counts signals that arrive during one batch as one', () => {
    const { exit, tell } = listening()
    tell(begin)
    once()
    once()
    expect([tell(batchEnd), exit.mock.calls]).toEqual(['halt', []])
  })

  it.each([
    [false, 'ended at once, before the first checkpoint: --resume starts from the beginning'],
    [true, 'ended at once: --resume continues from the last checkpoint']
  ])('ends at once at a second signal and says what is lost (after a checkpoint: %s)', async (saved, message) => {
    const { notes, exit, tell } = listening()
    tell(begin)
    if (saved) tell({ _tag: 'Saved', file: 'checkpoint.safetensors', kind: 'checkpoint' })
    once()
    await setImmediate()
    once()
    expect([notes.at(-1), exit.mock.calls]).toEqual([message, [[130]]])
  })

  it('ends at the first signal outside of training', () => {
    const { exit } = listening()
    once()
    expect(exit.mock.calls).toEqual([[130]])
  })
})
