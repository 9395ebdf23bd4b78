// Transforms in Python: every kind is there, and draws and pixels are those of TypeScript.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { arbitrary } from 'graft-vision/laws'
import * as fc from 'fast-check'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { type BatchView, type Pixels, points, type Points, type Resize, type Transform } from '../../src/data/index.js'
import { applyTransforms, framedPoints, pointFrame, unframedPoints } from '../../src/data/pixel/index.js'
import { drawAll } from '../../src/data/transforms/draw.js'
import { fieldsOf, transformKinds, transformOf } from '../../src/data/transforms/transformKinds.js'
import { generator } from '../../src/Seed.js'
import { namesIn } from './namesIn.js'

const python = process.env['PYTHON']
const tags = Object.keys(transformKinds) as ReadonlyArray<keyof typeof transformKinds>
const policies = ['RandAugment', 'TrivialAugment']

describe('graft_torch has', () => {
  it('every view of batches', () => {
    // compiles only with every one
    const views: Readonly<Record<BatchView['_tag'], true>> = { MixUp: true, CutMix: true, RandomErasing: true }
    expect(namesIn('data/views/batch_view.py', 'BATCH_VIEWS')).toEqual(Object.keys(views).sort())
  })

  it('the fields of every kind of transform', () => {
    expect(namesIn('data/transforms/transform_kinds.py', 'TRANSFORM_KINDS')).toEqual([...tags].sort())
  })

  it('what every kind of drawn transform does', () => {
    const drawn = tags.filter((tag) => !policies.includes(tag))
    expect(namesIn('data/pixel/work.py', 'EFFECTS')).toEqual([...drawn].sort())
  })
})

/** A list of transforms with usual values, to draw from and to apply. */
interface Case {
  readonly name: string
  readonly transforms: ReadonlyArray<Transform.Transform>
  readonly size: readonly [height: number, width: number] | null
  readonly resize: Resize
  readonly mask: boolean
  readonly image: readonly [height: number, width: number]
}

const usual = (tag: (typeof tags)[number], more: object = {}): Transform.Transform =>
  transformOf(tag, {
    ...Object.fromEntries(
      fieldsOf(tag).map(([name, { usual: range, values }]) => [
        name,
        typeof values === 'object' ? values.map(() => range) : range
      ])
    ),
    ...more,
    p: 1
  })

const images = [
  [23, 31],
  [40, 17],
  [12, 12],
  [1, 9],
  [64, 90]
] as const

const sizes = [null, [16, 16], [19, 11]] as const
const resizes = ['crop', 'squish', 'pad'] as const

/** Lists as they are used, whose members affect each other. */
const lists: Readonly<Record<string, ReadonlyArray<Transform.Transform>>> = {
  none: [],
  fastai: [
    usual('CropPad', { row: [0, 1], col: [0, 1] }),
    usual('FlipLr'),
    usual('Rotate', { degrees: [-10, 10] }),
    usual('Zoom', { row: [0, 1], col: [0, 1] }),
    usual('SymmetricWarp'),
    usual('Brightness'),
    usual('Contrast')
  ],
  torchvision: [usual('RandomResizedCrop'), usual('FlipLr'), usual('RandAugment'), usual('TrivialAugment')],
  cifar: [usual('Pad', { padding: 'zeros' }), usual('CropPad', { row: [0, 1], col: [0, 1] }), usual('Cutout')],
  large: [usual('Presize', { pixels: 48 }), usual('Rotate'), usual('RandomResizedCrop')],
  turned: [usual('Dihedral'), usual('Dihedral'), usual('Rotate'), usual('Jitter'), usual('GaussianBlur')],
  border: [usual('Rotate'), usual('CropPad', { padding: 'border' })],
  zeros: [usual('Zoom', { scale: 0.5 }), usual('CropPad', { padding: 'zeros' }), usual('Brightness')]
}

/** Any transforms with any values, together. */
const anyLists = fc
  .sample(fc.array(arbitrary.transforms, { minLength: 1, maxLength: 4 }), { seed: 7, numRuns: 80 })
  .map((list) => ['any', list] as const)

const cases: ReadonlyArray<Case> = [
  ...tags.map((tag) => [tag, [usual(tag)]] as const),
  ...Object.entries(lists),
  ...anyLists
].flatMap(([name, transforms]) =>
  [false, true].flatMap((mask) =>
    images.flatMap((image, i) => {
      const [size, resize] = [sizes[i % sizes.length]!, resizes[i % resizes.length]!]
      return [{ name, transforms, size, resize, mask, image }]
    })
  )
)

const seed = 20_261_130

const pictureOf = ({ image: [height, width], mask }: Case, i: number): Pixels => {
  const { uniform } = generator(i)
  const channels = mask ? 1 : 3
  // waves with noise: neighbouring pixels differ, and are not all alike
  const data = Uint8Array.from({ length: height * width * channels }, (_, at) => {
    const [x, y] = [Math.floor(at / channels) % width, Math.floor(at / channels / width)]
    return mask
      ? Math.floor(uniform() * 5)
      : 128 + 100 * Math.sin(x / 3 + (at % channels)) * Math.cos(y / 4) + 25 * uniform()
  })
  return { height, width, channels, data }
}

const drawnFor = ({ transforms }: Case, i: number) => drawAll(seed, 1, i)(transforms)

interface Answer {
  readonly drawn: ReadonlyArray<Transform.DrawnTransform>
  readonly height: number
  readonly width: number
  readonly data: ReadonlyArray<number>
  /** Of images: points as targets, and those in pixels again; null: missing. */
  readonly points?: ReadonlyArray<number | null>
}

const face = points(['leftEye', 'rightEye', 'nose', 'chin']) as Points

/** Points of an image, x and y in turn; one is missing. */
const pointsIn = ({ image: [height, width] }: Case): ReadonlyArray<number> => [
  ...[width / 4, height / 3, (width * 3) / 4 - 0.5, height / 3 + 1],
  ...[NaN, NaN, width / 2, height - 1]
]

/** Points of an image as targets, and those in pixels again. */
const framed = (one: Case, transforms: ReadonlyArray<Transform.DrawnTransform>): ReadonlyArray<number> => {
  const decoded = { size: O.none, resize: 'crop' } as const
  const frame = pointFrame({ own: one.image, decoded, transforms, sides: one.size ?? one.image, resize: one.resize })
  const targets = framedPoints(face, frame)(pointsIn(one))
  return [...targets, ...unframedPoints(face, frame)(targets)]
}

/** Rounding of positions to float32, between 1 and the sides of an image. */
const isNear = (a: number, b: number | null): boolean =>
  b === null ? Number.isNaN(a) : Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(a))

/** What Python makes of all cases, in one call. */
const answers = (): ReadonlyArray<Answer> => {
  const folder = mkdtempSync(join(tmpdir(), 'graft-'))
  const [asked, answered] = [join(folder, 'cases.json'), join(folder, 'answers.json')]
  const all = cases.map((one, i) => ({
    ...one,
    names: [1, i],
    data: [...pictureOf(one, i).data],
    points: pointsIn(one),
    task: face
  }))
  writeFileSync(asked, JSON.stringify({ seed, cases: all }))
  const script = fileURLToPath(new URL('python/transformed.py', import.meta.url))
  const { status, stderr } = spawnSync(python!, ['-B', script, asked, answered], { encoding: 'utf8' })
  expect(status, stderr).toBe(0)
  const found = JSON.parse(readFileSync(answered, 'utf8')) as ReadonlyArray<Answer>
  rmSync(folder, { recursive: true })
  return found
}

/** Numbers that are equal but for the last bits of exp and log. */
const alike = (a: unknown, b: unknown): boolean => {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= 1e-13 * Math.max(1, Math.abs(a))
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length && keys.every((k) => alike(a[k as keyof typeof a], b[k as keyof typeof b]))
  )
}

describe.skipIf(python === undefined)('graft_torch (PYTHON)', () => {
  it('draws the same transforms, with the same pixels and points', { timeout: 300_000 }, () => {
    const found = answers()
    expect(found.length).toBe(cases.length)
    const different: Record<string, number> = {}
    cases.forEach((one, i) => {
      const { drawn, height, width, data, points: theirs } = found[i]!
      const what = `${one.name} ${JSON.stringify({ ...one, transforms: undefined })}`
      const expected = drawnFor(one, i)
      expect(alike(JSON.parse(JSON.stringify(expected)), drawn), `${what}: ${JSON.stringify([expected, drawn])}`).toBe(
        true
      )
      const options = { size: O.fromNullable(one.size), resize: one.resize, mask: one.mask }
      const ours = applyTransforms(expected, options)(pictureOf(one, i))
      expect([height, width], what).toEqual([ours.height, ours.width])
      const most = one.mask ? 0 : 1
      const off = data.map((v, k) => Math.abs(v - ours.data[k]!))
      expect(Math.max(...off), `${what} ${JSON.stringify(expected)}`).toBeLessThanOrEqual(most)
      const count = off.filter((d) => d > 0).length
      if (theirs !== undefined) {
        const own = framed(one, expected)
        expect(
          theirs.length === own.length && own.every((v, k) => isNear(v, theirs[k]!)),
          `${what} ${JSON.stringify([expected, own, theirs])}`
        ).toBe(true)
      }
      if (count > 0) different[one.name] = (different[one.name] ?? 0) + count / off.length
    })
    // rounding apart, nothing differs
    expect(different).toEqual({})
  })
})
