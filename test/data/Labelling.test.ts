import { fc, it } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import {
  inferClasses,
  labelFromFolder,
  labelFromRegex,
  multiTargetsOf,
  ordCodePoint,
  targetsOf
} from '../../src/data/index.js'

const seed = 20_240_612

describe('ordCodePoint', () => {
  it.prop([fc.array(fc.string({ unit: 'binary' }))], { seed })('sorts by code point', (strings) => {
    const points = (s: string) => [...s].map((c) => c.codePointAt(0)!)
    const byPoints = [...strings].sort((a, b) => {
      const [x, y] = [points(a), points(b)]
      const at = x.findIndex((p, i) => p !== y[i])
      return at < 0 ? x.length - y.length : at >= y.length ? 1 : x[at]! - y[at]!
    })
    expect([...strings].sort(ordCodePoint.compare)).toEqual(byPoints)
  })

  it('puts an emoji after U+FFFD', () => {
    expect(['\u{1F41D}', '\uFFFD'].sort(ordCodePoint.compare)).toEqual(['\uFFFD', '\u{1F41D}'])
  })
})

describe('inferClasses', () => {
  it('sorts distinct strings by code point and distinct numbers by value', () => {
    expect(inferClasses(['B', 'a', 'C', 'b', '_'])).toEqual(['B', 'C', '_', 'a', 'b'])
    expect(inferClasses([3, 10, 2, 10])).toEqual([2, 3, 10])
  })
})

describe('targetsOf', () => {
  it('keeps the order of given classes and drops other labels', () => {
    expect(targetsOf(['c', 'b', 'a'])(['b', 'zz', 'a'])).toEqual({
      kept: [
        { index: 0, target: 1 },
        { index: 2, target: 2 }
      ],
      dropped: [1]
    })
  })
})

describe('multiTargetsOf', () => {
  it('drops an unknown label and keeps its item', () => {
    expect(multiTargetsOf(['x', 'y'])([['x', 'y'], [], ['z', 'x']])).toEqual([[0, 1], [], [0]])
  })
})

describe('labelFromRegex', () => {
  it('returns the first group of a search in the path', () => {
    expect(labelFromRegex('/([^/]+)_\\d+.jpg$')('/a/b_c/d_e_22.jpg')).toEqual(E.right('d_e'))
  })

  it('names the pattern and the file when nothing matches', () => {
    const error = labelFromRegex('(\\d+)')('none.jpg')
    expect(error).toMatchObject({
      left: { _tag: 'NoMatch', path: 'none.jpg', expected: expect.stringContaining('(\\d+)') }
    })
  })

  it('reports an invalid pattern', () => {
    expect(labelFromRegex('(')('a')).toMatchObject({ left: { _tag: 'NoMatch', path: '(' } })
  })
})

describe('labelFromFolder', () => {
  it("returns the name of a file's folder", () => {
    expect(['train/7/1.png', '1.png'].map(labelFromFolder)).toEqual(['7', '.'])
  })
})
