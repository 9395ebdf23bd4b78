// What torchvision does to two small images, to the level; bench/augmentation/record.py recorded it.
import { readFileSync } from 'node:fs'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { type Pixels, Transform } from '../../src/data/index.js'
import { applyTransforms } from '../../src/data/pixel/index.js'

interface Packed {
  readonly height: number
  readonly width: number
  readonly data: string
}

interface Recorded {
  readonly source: string
  readonly images: Readonly<Record<string, Packed>>
  readonly results: ReadonlyArray<{
    readonly image: string
    readonly drawn: ReadonlyArray<Transform.DrawnTransform>
    readonly result: Packed
  }>
  readonly crops: ReadonlyArray<{
    readonly sides: readonly [number, number]
    readonly drawn: ReadonlyArray<Transform.DrawnTransform>
    readonly size: readonly [number, number]
    readonly result: Packed
  }>
  readonly trivialAugment: Readonly<Record<string, ReadonlyArray<number>>>
  readonly randAugment: Readonly<Record<string, ReadonlyArray<number>>>
}

const recorded = JSON.parse(readFileSync(new URL('torchvision.json', import.meta.url), 'utf8')) as Recorded

const unpacked = ({ height, width, data }: Packed): Pixels => ({
  height,
  width,
  channels: 3,
  data: new Uint8Array(Buffer.from(data, 'base64'))
})

const imageOf = (name: string): Pixels => unpacked(recorded.images[name]!)

const shown = (drawn: ReadonlyArray<Transform.DrawnTransform>): string =>
  drawn.map(({ _tag, ...of }) => `${_tag} ${JSON.stringify(of)}`).join(', ')

describe(recorded.source, () => {
  it.each(recorded.results.map((one) => [shown(one.drawn), one.image, one] as const))(
    'applies %s to the image %s',
    (_, name, { drawn, result }) => {
      expect(applyTransforms(drawn, { size: O.none, resize: 'crop' })(imageOf(name))).toEqual(unpacked(result))
    }
  )

  it.each(recorded.crops.map((one, i) => [i, one] as const))(
    'takes random resized crop %i',
    (_, { sides, drawn, size, result }) => {
      const { data } = imageOf('noise')
      const [height, width] = sides
      const rows = Array.from({ length: height }, (__, y) => [...data.subarray(y * 23 * 3, (y * 23 + width) * 3)])
      const image = { height, width, channels: 3, data: Uint8Array.from(rows.flat()) }
      expect(applyTransforms(drawn, { size: O.some(size), resize: 'crop' })(image)).toEqual(unpacked(result))
    }
  )
})

/** What a change is to torchvision, and its magnitude there, without its sign. */
const named: Partial<Record<Transform.DrawnTransform['_tag'], (of: never) => readonly [string, number]>> = {
  Shear: ({ x, y }: { x: number; y: number }) => (y === 0 ? ['ShearX', Math.abs(x)] : ['ShearY', Math.abs(y)]),
  Translate: ({ x, y }: { x: number; y: number }) =>
    y === 0 ? ['TranslateX', Math.abs(x)] : ['TranslateY', Math.abs(y)],
  TranslateRel: ({ x, y }: { x: number; y: number }) =>
    y === 0 ? ['TranslateX', Math.abs(Math.fround(x * 331))] : ['TranslateY', Math.abs(Math.fround(y * 224))],
  RotateNearest: ({ degrees }: { degrees: number }) => ['Rotate', Math.abs(degrees)],
  AdjustBrightness: ({ factor }: { factor: number }) => ['Brightness', Math.abs(factor - 1)],
  Colour: ({ factor }: { factor: number }) => ['Color', Math.abs(factor - 1)],
  AdjustContrast: ({ factor }: { factor: number }) => ['Contrast', Math.abs(factor - 1)],
  Sharpness: ({ factor }: { factor: number }) => ['Sharpness', Math.abs(factor - 1)],
  Posterize: ({ bits }: { bits: number }) => ['Posterize', bits],
  Solarize: ({ threshold }: { threshold: number }) => ['Solarize', threshold]
}

/** The magnitudes that were drawn, by the names of torchvision. */
const magnitudes = (drawn: ReadonlyArray<Transform.DrawnTransform>): Map<string, Set<number>> => {
  const all = new Map<string, Set<number>>()
  for (const one of drawn) {
    const [name, magnitude] = named[one._tag]?.(one as never) ?? [one._tag, null]
    const known = all.get(name) ?? new Set()
    all.set(name, magnitude === null ? known : known.add(magnitude))
  }
  return all
}

const close = (ours: Set<number> | undefined, theirs: Iterable<number>): void => {
  const [a, b] = [[...(ours ?? [])], [...new Set(theirs)]].map((values) => values.sort((x, y) => x - y))
  expect(a).toHaveLength(b!.length)
  a!.forEach((value, i) => expect(value).toBeCloseTo(b![i]!, 5))
}

const names = Object.keys(recorded.trivialAugment)

describe('trivialAugment', () => {
  const drawn = magnitudes(
    Array.from({ length: 20_000 }, (_, i) => Transform.drawAll(1, i)([Transform.trivialAugment()])).flat()
  )

  it.each(names)('draws %s with all magnitudes of torchvision', (name) => {
    if (name === 'Identity') expect(drawn.has(name)).toBe(false)
    // a shear by 0 is one of x
    else if (name === 'ShearY') close(drawn.get(name), recorded.trivialAugment[name]!.slice(1))
    else if (name === 'TranslateY') close(drawn.get(name), recorded.trivialAugment[name]!.slice(1))
    else close(drawn.get(name), recorded.trivialAugment[name]!)
  })

  it('draws one change, or none, and each as often as the others', () => {
    const counts = new Map<string, number>()
    for (let i = 0; i < 14_000; i++) {
      const [one, ...others] = Transform.drawAll(1, i)([Transform.trivialAugment()])
      expect(others).toEqual([])
      const tag = one?._tag ?? 'Identity'
      counts.set(tag, (counts.get(tag) ?? 0) + 1)
    }
    for (const [tag, n] of counts) {
      const expected = tag === 'Shear' || tag === 'Translate' ? 2000 : 1000
      expect(Math.abs(n - expected), tag).toBeLessThan(expected / 6)
    }
  })
})

describe('randAugment', () => {
  it.each([0, 1, 9, 17, 30])('draws changes of magnitude %i', (m) => {
    const drawn = Array.from({ length: 600 }, (_, i) => Transform.drawAll(1, i)([Transform.randAugment(3, m)]))
    expect(Math.max(...drawn.map(({ length }) => length))).toBe(3)
    for (const [name, values] of magnitudes(drawn.flat())) {
      const theirs = recorded.randAugment[name]!
      close(values, theirs.length === 0 ? [] : [theirs[m]!])
    }
  })
})
