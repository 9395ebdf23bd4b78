import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../src/arch/index.js'
import { classification } from '../../src/data/index.js'
import { type Arch, cut, eqArch, head, leaves, namedChildren, withHead } from '../../src/model/index.js'
import { plan } from '../../src/plan/index.js'

const task = classification(['x', 'y'])
const grafted = (a: Arch, [h, w]: readonly [number, number]) =>
  pipe(a, cut, withHead(head()), plan({ input: [3, h, w], task }))

describe('the catalogue', () => {
  it('has every architecture of fastai, then those that came after it, family by family', () => {
    expect(catalogue.map((a) => a.name)).toEqual([
      ...['resnet18', 'resnet34', 'resnet50', 'resnet101', 'resnet152'],
      ...['resnext50_32x4d', 'resnext101_32x8d', 'wide_resnet50_2', 'wide_resnet101_2'],
      ...['squeezenet1_0', 'squeezenet1_1'],
      ...['densenet121', 'densenet161', 'densenet169', 'densenet201'],
      ...['vgg11', 'vgg11_bn', 'vgg13', 'vgg13_bn', 'vgg16', 'vgg16_bn', 'vgg19', 'vgg19_bn'],
      ...['alexnet', 'mobilenet_v2'],
      ...['xresnet18', 'xresnet18_deep', 'xresnet34', 'xresnet34_deep', 'xresnet50', 'xresnet50_deep'],
      ...['xresnet101', 'xresnet152'],
      ...['xresnet2.xresnet18', 'xresnet2.xresnet34_2', 'xresnet2.xresnet50_2'],
      ...['xresnet2.xresnet101', 'xresnet2.xresnet152'],
      ...['presnet18', 'presnet34', 'presnet50', 'presnet101', 'presnet152'],
      ...['wrn_22', 'darknet53'],
      ...['efficientnet_b0', 'efficientnet_b1', 'efficientnet_b2', 'efficientnet_b3', 'efficientnet_b4'],
      ...['efficientnet_v2_s', 'mobilenet_v3_large', 'mobilenet_v3_small'],
      ...['mobilenetv4_conv_medium', 'mobilenetv4_conv_small'],
      ...['regnet_x_400mf', 'regnet_x_800mf', 'regnet_y_1_6gf', 'regnet_y_400mf', 'regnet_y_800mf'],
      ...['convnext_base', 'convnext_nano', 'convnext_small', 'convnext_tiny'],
      ...['vit_b_16', 'vit_base_patch14_dinov2', 'vit_base_patch16_224'],
      ...['vit_small_patch14_dinov2', 'vit_small_patch16_224', 'vit_tiny_patch16_224'],
      ...['swin_s', 'swin_t']
    ])
  })
  it('has no two equal architectures', () => {
    catalogue.forEach((a, i) => {
      catalogue.forEach((b, j) => {
        expect(eqArch.equals(a, b)).toBe(i === j)
      })
    })
  })
})

/** Sides that halve five times; what is left out takes any image from 33 pixels. */
const wantsEvenSides = (a: Arch): boolean => /^(presnet|xresnet2\.)/.test(a.name)

describe.each(catalogue)('$name', (a) => {
  it('classifies images of its own size into its classes', () => {
    const { channels, size } = a.input
    expect(
      pipe(
        a,
        plan({ input: [channels, size, size] }),
        E.map((p) => p.output)
      )
    ).toEqual(E.right([a.name === 'wrn_22' ? 10 : 1000]))
  })
  it('has a mean and a standard deviation for every input channel', () => {
    const { channels, mean, std, crop } = a.input
    expect([mean.length, std.length]).toEqual([channels, channels])
    expect(std.every((s) => s > 0) && crop > 0 && crop <= 1).toBe(true)
  })
  it('splits at layers that its own cut keeps, or only at the head', () => {
    expect(
      pipe(
        grafted(a, [64, 64]),
        E.map(({ starts }) => starts)
      )
    ).toEqual(E.right([...(a.split ?? []).map((path) => `body.${path}`), 'head']))
  })
  it('accepts small images and images that are not square', () => {
    const sides = wantsEvenSides(a) ? [32, 64, 96] : a.name === 'alexnet' ? [63, 97, 128] : [33, 64, 97]
    for (const h of sides) for (const w of sides) expect(E.isRight(grafted(a, [h, w]))).toBe(true)
  })
  it('names layers as torchvision and timm do', () => {
    for (const child of namedChildren(a.network)) expect(child.name).toMatch(/^([a-z]+\d*(_[a-z]+)*|\d+)$/)
    for (const { path } of leaves(a.network)) expect(path).not.toMatch(/\.\.|\s/)
  })
})

describe('published weights', () => {
  const published = catalogue.flatMap((a) =>
    a.published.map((record) => ({ ...record, name: `${a.name}.${record.tag}` }))
  )

  it('are those of torchvision, for every architecture that it has', () => {
    const without = catalogue.filter((a) => a.published.length === 0).map((a) => a.name)
    expect(without.filter((name) => !/^(xresnet|presnet|wrn|darknet)/.test(name))).toEqual([])
    expect(without.length).toBe(20)
    expect(new Set(published.map(({ name }) => name)).size).toBe(published.length)
  })
  /** timm's names of architectures that torchvision calls otherwise. */
  const timmNames: Readonly<Record<string, string>> = {
    mobilenet_v2: 'mobilenetv2_100',
    mobilenet_v3_large: 'mobilenetv3_large_100',
    regnet_y_400mf: 'regnety_004'
  }
  it.each(published)('of $name have a file with a hash prefix or a place on the hub, and a licence', (record) => {
    if (record.url !== null) {
      const file = record.url.split('/').at(-1)!
      expect(file.split('-').at(-1)).toBe(`${record.sha256Prefix}.pth`)
      expect(record.sha256Prefix).toMatch(/^[0-9a-f]{8}$/)
      if (record.tag.startsWith('tv')) expect(record.url).toBe(`https://download.pytorch.org/models/${file}`)
    }
    const [arch, tag] = record.name.split('.')
    if (record.hub !== null) expect(record.hub).toBe(`timm/${timmNames[arch!] ?? arch}.${tag}`)
    expect(record.url ?? record.hub).not.toBeNull()
    expect(record.licence).toBe(
      tag!.startsWith('tv') ? 'BSD-3-Clause' : tag!.startsWith('pycls') ? 'MIT' : 'Apache-2.0'
    )
    expect([0, 1000]).toContain(record.classes)
    expect(record.crop > 0.8 && record.crop <= 1).toBe(true)
  })
  it('are on the hub too where timm has the architecture', () => {
    const names = published.filter(({ hub, url }) => hub === null && url !== null).map(({ name }) => name)
    const since = catalogue.slice(catalogue.findIndex(({ name }) => name === 'efficientnet_b0'))
    expect(names.filter((name) => !since.some((arch) => name.startsWith(`${arch.name}.`)))).toEqual([
      'squeezenet1_0.tv_in1k',
      'squeezenet1_1.tv_in1k',
      'alexnet.tv_in1k',
      'mobilenet_v2.tv_in1k',
      'mobilenet_v2.tv2_in1k'
    ])
  })
  it('are not used by default: every architecture starts from the seed', () => {
    for (const a of catalogue) expect(a.weights).toEqual({ _tag: 'FromScratch' })
  })
})
