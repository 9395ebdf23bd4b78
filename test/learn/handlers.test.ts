/** The handlers that write files: what they hold after a training, and after one that was halted and resumed. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Event, Recipe } from 'graft-vision'
import {
  type Callback,
  csvHandler,
  type GraftEnv,
  jsonlHandler,
  type Learner,
  tensorboardHandler,
  trainWith
} from 'graft-vision/node'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { left, right, workplace } from '../io/workplace.js'
import { drawn, envWith, tinyLearner } from './tiny.js'

const folder = workplace()
const recipe = Recipe.sequence(Recipe.fit(1, 1e-2), Recipe.fit(2, 1e-3))
const batches = 4

/** Halts the run in the second step, after the first batch of its second epoch. */
const halting: Callback = (event) => () =>
  event._tag === 'BatchEnd' && event.train && event.epochs === 2 && event.iteration === batches ? 'halt' : 'continue'

/** Records of an event file: its length, eight bytes and a checksum, come before each, and a checksum follows. */
const recordsIn = (bytes: Buffer): ReadonlyArray<Buffer> => {
  const records: Array<Buffer> = []
  for (let at = 0; at < bytes.length; at += 16 + records.at(-1)!.length)
    records.push(bytes.subarray(at + 12, at + 12 + Number(bytes.readBigUInt64LE(at))))
  return records
}

/** The step, after the eight bytes of the time and their tag. */
const stepOf = (record: Buffer): number => (record[9] === 0x10 ? record[10]! : 0)

describe('handlers that write files', () => {
  let env: GraftEnv
  let start: Learner
  beforeAll(async () => {
    env = await envWith('onnxruntime')
    start = right(await tinyLearner(drawn(folder), { path: folder })(env)())
  })
  const withCallbacks = (l: Learner, ...callbacks: ReadonlyArray<Callback>): Learner => ({
    ...l,
    settings: { ...l.settings, callbacks }
  })
  /** Trains with one handler until halted, and with another, as a new process would make it, to the end. */
  const twice = async (handler: () => Callback): Promise<void> => {
    const begun = withCallbacks(start, handler(), halting)
    const { learner, halted } = right(await trainWith(recipe)(begun)(env)())
    expect(halted?.within).toMatchObject({ epoch: 1, batch: 1 })
    right(await trainWith(recipe, { from: halted! })(withCallbacks(learner, handler()))(env)())
  }

  it('csvHandler: one table over phases, and over a resumed run', async () => {
    const file = join(folder, 'logs', 'epochs.csv')
    await twice(() => csvHandler(file))
    const lines = readFileSync(file, 'utf8').split('\n')
    expect(lines[0]).toBe('phase,epoch,train_loss,valid_loss,accuracy,time')
    expect(lines.slice(1).map((line) => line.split(',').slice(0, 2).join())).toEqual(['0,0', '1,1', '1,2', ''])
    const again = right(await trainWith(recipe)(withCallbacks(start, csvHandler(file)))(env)())
    expect(again.learner.history.rows).toHaveLength(3)
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(5)
  })

  it('jsonlHandler: a line for each event, with its place in the run', async () => {
    const file = join(folder, 'logs', 'events.jsonl')
    await twice(() => jsonlHandler(file, { batches: true }))
    const events = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Event & { readonly time: number; readonly epochOfRun?: number })
    const ends = events.filter(({ _tag }) => _tag === 'EpochEnd')
    expect(ends.map(({ epochOfRun }) => epochOfRun)).toEqual([0, 1, 2])
    expect(events.filter((event) => event._tag === 'BatchEnd' && event.train)).toHaveLength(3 * batches)
    expect(events.every(({ time }) => time > 1e9)).toBe(true)
  })

  it('tensorboardHandler: a file for each process, whose steps continue', async () => {
    const board = join(folder, 'board')
    const images = () => TE.right({ picture: new Uint8Array(24) })
    await twice(() => tensorboardHandler(board, { histograms: true, images }))
    const files = readdirSync(board).sort()
    expect(files).toHaveLength(2)
    for (const file of files) expect(file).toMatch(/^events\.out\.tfevents\.\d{10}\.graft\.\d{3}$/)
    const steps = files.map((file) => recordsIn(readFileSync(join(board, file))).map(stepOf))
    expect(steps[0]).toEqual([0, 0, 0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 8])
    expect(steps[1]).toEqual([0, 9, 9, 10, 11, 12])
    const text = readFileSync(join(board, files[1]!), 'latin1')
    for (const tag of ['train/loss', 'train/lr', 'valid/loss', 'valid/accuracy', 'conv.weight', 'picture'])
      expect(text).toContain(tag)
  })

  it('ends the training with the error of a file that cannot be written', async () => {
    mkdirSync(join(folder, 'blocked'))
    writeFileSync(join(folder, 'blocked', 'file'), '')
    const file = join(folder, 'blocked', 'file', 'epochs.csv')
    for (const handler of [csvHandler(file), jsonlHandler(file), tensorboardHandler(file)]) {
      const failure = left(await trainWith(recipe)(withCallbacks(start, handler))(env)())
      expect(failure._tag).toMatch(/^(AlreadyExists|NotAFolder)$/)
    }
    expect(existsSync(file)).toBe(false)
  })
})
