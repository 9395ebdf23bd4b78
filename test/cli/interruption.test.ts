import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
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
    signalAfter(run, 3, 'SIGINT', true)
    expect((await run.ended).code).toBe(130)
    expect((await graft('train', '--resume', 'twice')).code).toBe(0)
    expect(readFileSync(join(folder, 'twice/model.safetensors')).equals(unbroken)).toBe(true)
  })
})
