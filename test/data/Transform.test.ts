import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { checkSpec, getTransforms, imageFolder, type Pixels, Transform, withTransforms } from '../../src/data/index.js'
import { applyTransforms } from '../../src/data/pixel/index.js'

const square: Pixels = { height: 2, width: 2, channels: 1, data: Uint8Array.of(1, 2, 3, 4) }
const ownSize = { size: O.none, resize: 'crop' } as const
const after = (...list: ReadonlyArray<Transform.DrawnTransform>) => [...applyTransforms(list, ownSize)(square).data]

describe('drawing', () => {
  it('is the same in every release: these values are for seed 42', () => {
    const drawn = Transform.drawAll(42, 0, 7)([Transform.flipLr(1), Transform.dihedral(), Transform.dihedral()])
    expect(drawn).toEqual([{ _tag: 'FlipLr' }, { _tag: 'Dihedral', k: 1 }, { _tag: 'Dihedral', k: 1 }])
  })

  it('stays within its bounds, including both ends of integers', () => {
    const of = (i: number) => Transform.drawAll(1, i)([Transform.dihedral(), Transform.contrast([0.8, 1.25])])
    const all = Array.from({ length: 400 }, (_, i) => of(i)).flat()
    const ks = new Set(all.flatMap((t) => (t._tag === 'Dihedral' ? [t.k] : [])))
    expect([...ks].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    const scales = all.flatMap((t) => (t._tag === 'Contrast' ? [t.scale] : []))
    expect(Math.min(...scales)).toBeGreaterThanOrEqual(0.8)
    expect(Math.max(...scales)).toBeLessThanOrEqual(1.25)
  })

  it('applies a transform with its probability', () => {
    const of = (i: number) => Transform.drawAll(1, i)([Transform.flipLr(0.25)]).length
    const times = Array.from({ length: 2000 }, (_, i) => of(i)).reduce((a, b) => a + b)
    expect(times).toBeGreaterThan(430)
    expect(times).toBeLessThan(570)
  })
})

describe('transforms', () => {
  it('rotate by 90 degrees exactly as by moving samples', () => {
    expect(after({ _tag: 'Rotate', degrees: 90 })).toEqual([2, 4, 1, 3])
  })

  it('are applied in a fixed order, whatever that of the list', () => {
    const [flip, turn] = [{ _tag: 'FlipLr' }, { _tag: 'Rotate', degrees: 90 }] as const
    expect(after(flip, turn)).toEqual(after(turn, flip))
  })

  it('do not change the lighting of a mask', () => {
    const mask = applyTransforms([{ _tag: 'Brightness', change: 0.9 }], { ...ownSize, mask: true })(square)
    expect(mask).toEqual(square)
  })
})

describe('checkSpec', () => {
  it.each([
    ['transforms[0].p', Transform.flipLr(2)],
    ['transforms[0].row', Transform.cropPad({ row: [0, 2] })],
    ['transforms[0].k', Transform.dihedral(1.5)],
    ['transforms[0].degrees', Transform.rotate([10, -10])],
    ['transforms[0].scale', Transform.zoom(0)],
    ['transforms[0].change', Transform.brightness(1)],
    ['transforms[0].magnitude[2]', Transform.symmetricWarp([0, 0, Number.NaN, 0])]
  ])('finds what is wrong with %s', (path, transform) => {
    const errors = checkSpec(withTransforms([transform])(imageFolder('x')))
    expect(errors.map((error) => error.path)).toEqual([`data.${path}`])
  })

  it('accepts the default transforms', () => {
    expect(checkSpec(withTransforms(getTransforms({ flipVert: true }))(imageFolder('x')))).toEqual([])
  })
})
