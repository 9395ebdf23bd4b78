import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { placeForRuns, type Started, tiny } from './graft.js'

const { folder, graft, start } = placeForRuns()

const long = [...tiny, '--epochs', '6', '--lr', '1e-2', '--json'] as const

/** Sends a signal once a training has made `steps` steps. */
const signalAfter = ({ process: child }: Started, steps: number, signal: NodeJS.Signals, times = 1): void => {
  let seen = ''
  let sent = false
  child.stderr!.on('data', (chunk: Buffer) => {
    seen += chunk.toString()
    if (sent || seen.split('"train":true').length <= steps) return
    sent = true
    for (let i = 0; i < times; i++) setTimeout(() => child.kill(signal), 50 * i)
  })
}

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
    '%s after %i steps stops at a batch, saves, and the run goes on to the same bytes',
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
      expect(resumed.code).toBe(0)
      expect(resumed.lines.at(-1)).toMatch(/^accuracy /)
      expect(readFileSync(join(folder, out, 'model.safetensors')).equals(unbroken)).toBe(true)
    }
  )

  it('twice ends at once, and the run goes on to the same bytes all the same', async () => {
    const run = start(...long, '--out', 'twice', '--checkpoint-every', '1')
    signalAfter(run, 3, 'SIGINT', 2)
    expect((await run.ended).code).toBe(130)
    expect((await graft('train', '--resume', 'twice')).code).toBe(0)
    expect(readFileSync(join(folder, 'twice/model.safetensors')).equals(unbroken)).toBe(true)
  })
})
