import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

interface Gave {
  readonly losses: ReadonlyArray<number>
  readonly state: ReadonlyArray<unknown>
}

interface Trained {
  readonly gave: Readonly<Record<'graft' | 'plain', Gave>>
  readonly from: number
  readonly to: number
}

const training = fileURLToPath(new URL('workers.mjs', import.meta.url))

describe('a worker thread of plain Node', () => {
  it('trains to the same bits as the main thread alone, while the main thread trains too', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [training], { maxBuffer: 1 << 28 })
    const { alone, beside, inWorker } = JSON.parse(stdout) as Readonly<Record<'alone' | 'beside' | 'inWorker', Trained>>
    for (const { losses } of Object.values(alone.gave)) {
      expect(losses.every(Number.isFinite)).toBe(true)
      expect(new Set(losses).size).toBeGreaterThan(losses.length / 2)
    }
    expect(Math.max(beside.from, inWorker.from)).toBeLessThan(Math.min(beside.to, inWorker.to))
    expect(beside.gave).toEqual(alone.gave)
    expect(inWorker.gave).toEqual(alone.gave)
  })
})
