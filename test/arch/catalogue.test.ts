import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../src/arch/index.js'
import { classification } from '../../src/data/index.js'
import { cut, eqArch, head, leaves, namedChildren, withHead } from '../../src/model/index.js'
import { plan } from '../../src/plan/index.js'

describe('the catalogue', () => {
  it('has each name once', () => {
    expect(catalogue.map((a) => a.name)).toEqual(['resnet18', 'resnet34', 'resnet50', 'squeezenet1_1'])
  })
  it('has no two architectures alike', () => {
    catalogue.forEach((a, i) => {
      catalogue.forEach((b, j) => {
        expect(eqArch.equals(a, b)).toBe(i === j)
      })
    })
  })
})

describe.each(catalogue)('$name', (a) => {
  it('classifies into the thousand classes of ImageNet at its own size', () => {
    const { channels, size } = a.input
    expect(
      pipe(
        a,
        plan({ input: [channels, size, size] }),
        E.map((p) => p.output)
      )
    ).toEqual(E.right([1000]))
  })
  it('starts from the seed, and says where weights are and under which licence', () => {
    expect(a.weights).toEqual({ _tag: 'FromScratch' })
    expect(a.published.length).toBeGreaterThan(0)
    for (const record of a.published) {
      expect(record.licence).not.toBe('')
      expect(record.source).toContain(a.name)
      expect(record.classes).toBe(1000)
    }
  })
  it('has inputs of as many means and deviations as channels', () => {
    const { channels, mean, std, crop } = a.input
    expect([mean.length, std.length]).toEqual([channels, channels])
    expect(std.every((s) => s > 0) && crop > 0 && crop <= 1).toBe(true)
  })
  it('splits at parts that its own cut keeps', () => {
    const p = pipe(a, cut, withHead(head()), plan({ input: [3, 64, 64], task: classification(['x', 'y']) }))
    expect(
      pipe(
        p,
        E.map(({ starts }) => starts)
      )
    ).toEqual(E.right([...a.split!.map((path) => `body.${path}`), 'head']))
  })
  it('takes images from 33 pixels, of any shape', () => {
    for (const [h, w] of [
      [33, 33],
      [64, 97],
      [128, 40]
    ] as const)
      expect(
        pipe(a, cut, withHead(head()), plan({ input: [3, h, w], task: classification(['x', 'y']) }), E.isRight)
      ).toBe(true)
  })
  it('names only what has a name in torchvision', () => {
    for (const child of namedChildren(a.network)) expect(child.name).toMatch(/^[a-z]+\d*$/)
    for (const { path } of leaves(a.network)) expect(path).not.toMatch(/\.\.|\s/)
  })
})
