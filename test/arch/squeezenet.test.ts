import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { squeezenet1_1 } from '../../src/arch/index.js'
import { layerAt, leaves, namedChildren } from '../../src/model/index.js'
import { plan } from '../../src/plan/index.js'

describe('squeezenet 1.1', () => {
  it("has torchvision's children", () => {
    expect(namedChildren(squeezenet1_1.network).map((c) => c.name)).toEqual(['features', 'classifier'])
    expect(namedChildren(O.toNullable(layerAt('features')(squeezenet1_1.network))!).length).toBe(13)
  })
  it('has no batch norm', () => {
    expect(leaves(squeezenet1_1.network).some(({ layer }) => layer._tag === 'BatchNorm')).toBe(false)
  })
  it('concatenates the two expansions of a fire module', () => {
    const shapes = pipe(
      squeezenet1_1,
      plan({ input: [3, 224, 224] }),
      E.map((p) =>
        p.layers.flatMap(({ path, output }) => (/features\.12\.\w+$/.test(path) ? [[path.split('.')[2], output]] : []))
      )
    )
    expect(shapes).toEqual(
      E.right([
        ['squeeze', [64, 13, 13]],
        ['expand1x1', [256, 13, 13]],
        ['expand3x3', [256, 13, 13]]
      ])
    )
  })
  it('uses ceilMode in its pools', () => {
    for (const i of [2, 5, 8])
      expect(layerAt(`features.${i}`)(squeezenet1_1.network)).toMatchObject({ value: { ceilMode: true } })
  })
})
