// Which weights `graft train` starts from, and what it says where they cannot be had.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Format } from 'graft-vision'
import { describe, expect, it } from 'vitest'
import { saved } from '../format/torchFile.js'
import { right } from '../io/workplace.js'
import { main, placeForRuns, tiny } from './graft.js'

const { folder, graft, file } = placeForRuns()

/** Of the tiny network that `mine.mjs` exports. */
const shapes = {
  'conv.weight': [8, 3, 5, 5],
  'conv.bias': [8],
  'bn.weight': [8],
  'bn.bias': [8],
  'bn.running_mean': [8],
  'bn.running_var': [8]
}
const tensors = new Map(
  Object.entries(shapes).map(([key, shape]) => {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => 0.5 + (i % 7) / 8)
    return [key, { dtype: 'F32' as const, shape, data }] as const
  })
)
const bytes = right(Format.writeSafetensors(tensors))
const name = `tiny-${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}.safetensors`

file(
  'published.mjs',
  `import { net as tiny } from './mine.mjs'
import { imagenetInput } from '${pathToFileURL(join(main, '../../index.js')).href}'
const { mean, std } = { ...imagenetInput, mean: [0.5, 0.5, 0.5] }
export const net = { ...tiny, name: 'published', published: [{
  tag: 'digits', url: 'https://nowhere.example/${name}', sha256Prefix: '${name.slice(5, 13)}', hub: null,
  licence: 'MIT', classes: 2, size: 28, crop: 1, mean, std
}] }
`
)
const published = ['train', 'data.json', '--arch', './published.mjs#net', '--quiet'] as const

const described = (run: string) =>
  JSON.parse(readFileSync(join(folder, run, 'graft.json'), 'utf8')) as { model: Record<string, unknown> }
const trained = (run: string) =>
  right(Format.readSafetensors(readFileSync(join(folder, run, 'model.safetensors')))).tensors
const conv = (run: string) => trained(run).get('body.conv.weight')!.data
const given = tensors.get('conv.weight')!.data

describe('graft train', () => {
  it('takes the tag of published weights after the name, as docs/weights.md writes them', async () => {
    const start = ['train', 'data.json', '--quiet', '--out', 'tagged', '--arch'] as const
    for (const [name, found] of [
      ['resnet18.tv_in1k', /^WeightsNotFound at resnet18\.tv_in1k/],
      ['resnet50.tv2_in1k', /^WeightsNotFound at resnet50\.tv2_in1k/],
      ['resnet18.a1_in1k', /expected resnet18 with one of tv_in1k/],
      ['xresnet18.tv_in1k', /no published weights/]
    ] as const)
      expect((await graft(...start, name)).stderr).toMatch(found)
    expect((await graft(...start, 'resnet18.tv_in1k', '--no-pretrained')).stderr).toContain('leave one of the two out')
    expect((await graft('summary', 'resnet18.tv_in1k')).code).toBe(0)
  })

  it('says what to do when published weights are unavailable, and leaves nothing behind', async () => {
    for (const args of [published, ['train', 'data.json', '--quiet']]) {
      const { code, stderr, stdout } = await graft(...args, '--out', 'none')
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(/^WeightsNotFound at (published\.digits|resnet18\.tv_in1k)/)
      for (const remedy of ['--no-pretrained', '--weights FILE', join(folder, 'torch', 'hub', 'checkpoints')])
        expect(stderr).toContain(remedy)
      expect(existsSync(join(folder, 'none'))).toBe(false)
    }
  })

  it('starts from published weights, frozen, once they are where the error said', async () => {
    mkdirSync(join(folder, 'torch/hub/checkpoints'), { recursive: true })
    writeFileSync(join(folder, 'torch/hub/checkpoints', name), bytes)
    expect((await graft(...published, '--out', 'frozen')).code).toBe(0)
    expect(described('frozen').model).toMatchObject({ weights: 'pretrained', freeze: -1 })
    expect(conv('frozen')).toEqual(given)
    expect((await graft(...published, '--no-freeze', '--out', 'thawed')).code).toBe(0)
    expect(conv('thawed')).not.toEqual(given)
    expect(conv('thawed')[0]).toBeCloseTo(given[0]!, 1)
  })

  it('does not warn of frozen random parameters after training', async () => {
    const { code, stdout, stderr } = await graft('summary', 'frozen')
    expect(code).toBe(0)
    expect(stdout).toContain('frozen')
    expect(stdout + stderr).not.toContain('random')
  })

  it('starts from random weights when told to', async () => {
    expect((await graft(...published, '--no-pretrained', '--out', 'scratch')).code).toBe(0)
    expect(described('scratch').model).not.toHaveProperty('freeze')
    expect(conv('scratch')[0]).not.toBeCloseTo(given[0]!, 1)
  })

  it("reads torch's files under any name, and freezes the layers they initialise", async () => {
    for (const format of ['zip', 'legacy'] as const) {
      writeFileSync(join(folder, `${format}.weights`), saved(tensors, format))
      expect((await graft(...tiny, '--weights', `${format}.weights`, '--quiet', '--out', format)).code).toBe(0)
      expect(conv(format)).toEqual(given)
    }
  })

  it('says that it starts from random weights for an architecture without published ones', async () => {
    expect((await graft(...tiny, '--out', 'said')).stderr).toContain('tiny has no published weights')
    expect((await graft(...tiny, '--no-pretrained', '--out', 'meant')).stderr).not.toContain('published')
  })
})
