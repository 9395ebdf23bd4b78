import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { catalogue, Format } from 'graft-vision'
import { describe, expect, it } from 'vitest'
import { grey, right } from '../io/workplace.js'
import { main, placeForRuns } from './graft.js'

const { folder, graft, file } = placeForRuns()

const graftIndex = pathToFileURL(join(main, '../../index.js')).href

interface Listed {
  readonly name: string
  readonly [field: string]: unknown
}

const listed = async (...args: ReadonlyArray<string>): Promise<ReadonlyArray<Listed>> =>
  JSON.parse((await graft('arches', ...args, '--json')).stdout) as ReadonlyArray<Listed>

describe('graft arches', () => {
  it('has a line for every architecture of the catalogue', async () => {
    const { code, lines, stderr } = await graft('arches')
    expect([code, stderr]).toEqual([0, ''])
    expect(lines[0]).toMatch(/^name +cut +weights +input +body gives +parameters +FLOPs +groups$/)
    expect(lines[1]).toMatch(/^resnet18 +-2 +tv_in1k +3×224×224 +512×7×7 +11,689,512 +3\.63 G +3$/)
    expect(lines.slice(1).map((line) => line.split(' ')[0])).toEqual(catalogue.map(({ name }) => name))
  })

  it('gives the same as data, with the records of the weights', async () => {
    const [resnet18] = await listed('resnet18')
    expect(resnet18).toMatchObject({
      name: 'resnet18',
      input: [3, 224, 224],
      output: [1000],
      parameters: 11_689_512,
      flops: 3_628_146_688,
      cut: -2,
      body: { parameters: 11_176_512, output: [512, 7, 7] },
      groups: 3,
      starts: ['body.layer3', 'head'],
      weights: [{ tag: 'tv_in1k', sha256Prefix: 'f37072fd', hub: 'timm/resnet18.tv_in1k', licence: 'BSD-3-Clause' }]
    })
  })

  it('takes patterns, each architecture once, a dot as a dot', async () => {
    const names = (await listed('vgg1?_bn', '*18', 'VGG13*', 'xresnet2.xresnet34*')).map(({ name }) => name)
    expect(names).toEqual([
      ...['vgg11_bn', 'vgg13_bn', 'vgg16_bn', 'vgg19_bn'],
      ...['resnet18', 'xresnet18', 'xresnet2.xresnet18', 'presnet18', 'vgg13', 'xresnet2.xresnet34_2']
    ])
  })

  it('lists a user-defined architecture too', async () => {
    const [own, alexnet] = await listed('./mine.mjs#net', 'alexnet')
    expect(own).toMatchObject({ name: 'tiny', parameters: 624, cut: null, groups: 2, weights: [] })
    expect(alexnet).toMatchObject({ name: 'alexnet' })
  })

  it('says what to type when nothing matches', async () => {
    const { code, stderr, stdout } = await graft('arches', 'resnet')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain("try 'resnet*'")
  })

  it.each([
    ['resnett18', 'did you mean resnet18?'],
    ['resnet9*', 'did you mean resnet18?'],
    ['*vgg99', 'did you mean vgg19?'],
    ['*net9999', "try '*net*'"]
  ])('suggests near names for %s', async (pattern, hint) => {
    expect((await graft('arches', pattern)).stderr).toContain(hint)
  })

  it('does not suggest a pattern that matched nothing', async () => {
    const { code, stderr } = await graft('arches', 'zzz*')
    expect(code).toBe(2)
    expect(stderr).toContain('└─ graft arches lists them all')
  })

  it('names the mistakes in an architecture that cannot be planned', async () => {
    const wrong = `import { arch, nn } from '${graftIndex}'
      export default arch({ name: 'wrong', network: nn.sequential(nn.named('a', nn.conv2d(3, 8, 3)), nn.named('b', nn.conv2d(9, 8, 3))) })`
    const { code, stderr } = await graft('arches', './' + file('wrong.mjs', wrong))
    expect(code).toBe(1)
    expect(stderr).toContain('ShapeError at b')
  })
})

describe("one's own architecture", () => {
  it('is shown by graft summary as its argument or by --arch', async () => {
    const [byArgument, byFlag] = [
      await graft('summary', './mine.mjs#net', '--size', '28'),
      await graft('summary', '--arch', './mine.mjs#net', '--size', '28')
    ]
    expect(byFlag).toEqual(byArgument)
    expect(byFlag.lines[0]).toBe('tiny  3×28×28 → 8×3×3')
    expect((await graft('summary', 'resnet18', '--arch', './mine.mjs#net')).code).toBe(2)
  })

  it.each([
    ['./none.mjs#net', 'none.mjs'],
    ['./broken.mjs#net', 'a mistake of mine'],
    ['./mine.mjs#other', 'exports net, nothing'],
    ['./mine.mjs', 'an export default that is an Arch'],
    ['./mine.mjs#nothing', 'nothing, which is not an architecture'],
    ['./half.mjs#net', 'net, which is not an architecture']
  ])('%s is an error that says why', async (name, why) => {
    file('broken.mjs', `throw new Error('a mistake of mine')`)
    file('half.mjs', `export const net = { _tag: 'Arch', name: 'half', network: { _tag: 'Relu' } }`)
    const { code, stderr, stdout } = await graft('arches', name)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(why)
  })
})

describe("an architecture's weights alone", () => {
  const net = `import { arch, imagenetInput, nn } from '${graftIndex}'
    export const net = arch({
      name: 'mean',
      network: nn.sequential(nn.named('conv', nn.conv2d(3, 2, 1)), nn.named('pool', nn.adaptiveAvgPool2d(1)), nn.flatten),
      input: { ...imagenetInput, size: 8 }
    })`
  const weights = (keys: Readonly<Record<string, ReadonlyArray<number>>>): Uint8Array =>
    right(
      Format.writeSafetensors(
        new Map(
          Object.entries(keys).map(([key, shape]) => [
            key,
            { dtype: 'F32', shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i) }
          ])
        )
      )
    )
  const put = async (): Promise<void> => {
    file('mean.mjs', net)
    writeFileSync(join(folder, 'mean.safetensors'), weights({ 'conv.weight': [2, 3, 1, 1], 'conv.bias': [2] }))
    writeFileSync(join(folder, 'image.png'), await grey(8, 8))
  }

  it('predict with its whole network, with classes as indices', async () => {
    await put()
    const { code, lines } = await graft('predict', 'mean.safetensors', 'image.png', '--arch', './mean.mjs#net')
    expect(code).toBe(0)
    expect(lines).toEqual([expect.stringMatching(/^image\.png {2}[01] {2}[01]\.\d{4}$/)])
  })

  it('are refused for a body alone, which has no classes', async () => {
    await put()
    const { code, stderr } = await graft('predict', 'mean.safetensors', 'image.png', '--arch', './mine.mjs#net')
    expect(code).toBe(1)
    expect(stderr).toContain('expected an architecture with a classifier')
    expect(stderr).not.toContain('as the task has')
  })

  it('are exported with it', async () => {
    await put()
    const { code, stdout } = await graft(
      ...['export', 'mean.safetensors', '--onnx', 'mean.onnx', '--arch', './mean.mjs#net']
    )
    expect([code, stdout]).toEqual([0, 'mean.onnx\n'])
  })

  it('are refused, key by key, for another architecture, and without an architecture', async () => {
    await put()
    writeFileSync(join(folder, 'other.safetensors'), weights({ 'conv.weight': [2, 3, 3, 3], 'fc.weight': [2, 2] }))
    const other = await graft('predict', 'other.safetensors', 'image.png', '--arch', './mean.mjs#net')
    expect(other.code).toBe(1)
    for (const key of ['conv.weight', 'conv.bias', 'fc.weight']) expect(other.stderr).toContain(key)
    const alone = await graft('predict', 'mean.safetensors', 'image.png')
    expect(alone.code).toBe(1)
    expect(alone.stderr).toContain('--arch NAME')
  })
})
