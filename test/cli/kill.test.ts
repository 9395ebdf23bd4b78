import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { Format, generator } from 'graft-vision'
import { Io, readSaved, runFiles } from 'graft-vision/node'
import { describe, expect, it } from 'vitest'
import { placeForRuns, tiny } from './graft.js'

const kills = process.env['GRAFT_LONG'] === undefined ? 3 : 60
const seed = 1
const epochs = 12

/** Every file of a run is whole: each parses, and checkpoints and models hold all that they should. */
const broken = async (directory: string): Promise<ReadonlyArray<string>> => {
  const { description, checkpoint, history, model } = runFiles(directory)
  const there = [description, checkpoint, history, model].filter((file) => existsSync(file))
  const wrong: Array<string> = []
  for (const file of there) {
    if (file === description && E.isLeft(Format.parseJson(readFileSync(file, 'utf8')))) wrong.push(file)
    if (file === history && !/^phase,epoch,.*\n(\d+,.*\n)+$/.test(readFileSync(file, 'utf8'))) wrong.push(file)
    if (!file.endsWith('.safetensors')) continue
    if (E.isLeft(Format.readSafetensors(readFileSync(file)))) wrong.push(file)
    if (E.isLeft(await readSaved(file)({ files: Io.nodeFiles })())) wrong.push(file)
  }
  return wrong
}

describe('kill -9', () => {
  it(`${kills} times at random never leaves a broken file, and the run ends in the same bytes as an uninterrupted one (seed ${seed})`, async () => {
    const { folder, spawned, start } = placeForRuns()
    const args = [...tiny, '--epochs', String(epochs), '--lr', '1e-2', '--quiet', '--checkpoint-every', '1'] as const
    const began = performance.now()
    expect((await spawned(...args, '--out', 'unbroken')).code).toBe(0)
    const whole = performance.now() - began
    const unbroken = readFileSync(join(folder, 'unbroken/model.safetensors'))

    const random = generator(seed)
    let killed = 0
    for (let round = 0; killed < kills; round++) {
      const out = `run-${round}`
      const directory = join(folder, out)
      for (let ended = false; !ended;) {
        const again = existsSync(runFiles(directory).description)
        const run = again ? start('train', '--resume', out, '--quiet', '--no-figures') : start(...args, '--out', out)
        // from before anything is loaded to past the end; the last run of all is left alone
        const after = killed < kills ? random.uniform() * whole * 1.1 : 2 ** 30
        const timer = setTimeout(() => run.process.kill('SIGKILL'), after)
        const { code } = await run.ended
        clearTimeout(timer)
        expect(await broken(directory)).toEqual([])
        ended = code === 0
        if (!ended) expect(code).toBeNull()
        if (!ended) killed++
      }
      expect(readFileSync(runFiles(directory).model).equals(unbroken)).toBe(true)
      expect(readFileSync(runFiles(directory).history, 'utf8').trim().split('\n')).toHaveLength(1 + epochs)
      // a run that is killed while its report is written has none
      const files = readdirSync(directory).filter((name) => name !== 'report.html')
      expect(files.sort()).toEqual(['graft.json', 'history.csv', 'model.safetensors'])
    }
  }, 1_500_000)
})
