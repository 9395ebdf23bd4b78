import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadLearner, loadPredictor, nodeIo, runFiles, savedModel } from 'graft-vision/node'
import { describe, expect, it } from 'vitest'
import { left, right, workplace } from '../io/workplace.js'

const work = workplace()
const env = nodeIo()

const folder = (name: string, ...files: ReadonlyArray<string>): string => {
  mkdirSync(join(work, name))
  for (const file of files) writeFileSync(join(work, name, file), '')
  return join(work, name)
}

describe('savedModel', () => {
  it('is the file, or the one in the folder', async () => {
    const run = folder('ended', 'graft.json', 'model.safetensors')
    const { model } = runFiles(run)
    expect(right(await savedModel(run)(env)())).toBe(model)
    expect(right(await savedModel(model)(env)())).toBe(model)
  })

  it('of a run that was stopped says how to go on, and names the checkpoint', async () => {
    const run = folder('stopped', 'graft.json', 'checkpoint.safetensors')
    const stopped = {
      _tag: 'SavedError',
      path: run,
      found: 'an unfinished run',
      hint: `finish it: graft train --resume ${run}; or name its checkpoint, ${runFiles(run).checkpoint}`
    }
    expect(left(await savedModel(run)(env)())).toMatchObject(stopped)
    expect(left(await loadPredictor(run)(env)())).toMatchObject(stopped)
    expect(left(await loadLearner(run)(env)())).toMatchObject(stopped)
    const early = folder('early', 'graft.json')
    expect(left(await savedModel(early)(env)())).toMatchObject({
      found: 'an unfinished run without a checkpoint',
      hint: `finish it: graft train --resume ${early}`
    })
  })

  it('is missing where there is none', async () => {
    expect(left(await savedModel(folder('other'))(env)())).toMatchObject({
      _tag: 'SavedError',
      found: 'a folder without model.safetensors'
    })
    expect(left(await savedModel(join(work, 'none'))(env)())).toMatchObject({
      _tag: 'NotFound',
      expected: 'a trained model: model.safetensors, or the folder of a run or an export'
    })
  })
})
