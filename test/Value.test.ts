import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { opaque } from '../src/Opaque.js'
import { eqValue, foldUnion, showValue } from '../src/Value.js'

const same = eqValue<unknown>().equals
const f = (): number => 1

describe('values', () => {
  it.each([
    ['records in any order of fields', { a: 1, b: [2] }, { b: [2], a: 1 }],
    ['numbers that are none', NaN, NaN],
    ['options', O.some([1]), O.some([1])],
    ['records without a prototype', Object.assign(Object.create(null) as object, { a: 1 }), { a: 1 }],
    [
      'maps in any order',
      new Map([
        ['a', [1]],
        ['b', [2]]
      ]),
      new Map([
        ['b', [2]],
        ['a', [1]]
      ])
    ],
    ['maps whose keys are records', new Map([[{ a: 1 }, 1]]), new Map([[{ a: 1 }, 1]])],
    ['sets in any order', new Set([1, 2]), new Set([2, 1])],
    ['sets of records', new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 2 }, { a: 1 }])],
    ['typed arrays', new Float32Array([1, NaN]), new Float32Array([1, NaN])],
    ['labelled functions', opaque('f', f), opaque('f', f)]
  ])('are equal when structurally equal: %s', (_, x, y) => {
    expect([same(x, y), same(y, x)]).toEqual([true, true])
  })
  it.each([
    ['records with another field', { a: 1 }, { a: 1, b: undefined }],
    ['records with another value', { a: undefined }, { b: undefined }],
    ['zeroes of two signs', 0, -0],
    ['options', O.some(1), O.none],
    ['maps of other values', new Map([['a', 1]]), new Map([['a', 2]])],
    ['maps of other keys', new Map([['a', undefined]]), new Map([['b', undefined]])],
    ['maps of other sizes', new Map([['a', 1]]), new Map()],
    [
      'maps with one key twice and with two',
      new Map([
        [{ a: 1 }, 1],
        [{ a: 1 }, 1]
      ]),
      new Map([
        [{ a: 1 }, 1],
        [{ a: 2 }, 1]
      ])
    ],
    ['sets', new Set([1, 2]), new Set([1, 3])],
    ['typed arrays of other numbers', new Float32Array([1, 2]), new Float32Array([1, 3])],
    ['typed arrays of other lengths', new Float32Array([1]), new Float32Array([1, 0])],
    ['typed arrays of other kinds', new Float32Array([1]), new Int32Array([1])],
    ['a typed array and an array', new Float32Array([1]), [1]],
    ['a map, a set and a record', new Map(), {}],
    ['a set and a map', new Set(), new Map()],
    ['an array and a record', [], {}],
    ['dates, whose content is hidden', new Date(0), new Date(1)],
    ['promises', Promise.resolve(1), Promise.resolve(1)],
    ['functions of one label', opaque('f', f), opaque('f', () => 1)]
  ])('differ when structurally different: %s', (_, x, y) => {
    expect([same(x, y), same(y, x)]).toEqual([false, false])
  })
  it.each([
    [{ a: [1, "it's"], 'b-c': null }, "{ a: [1, 'it\\'s'], 'b-c': null }"],
    [new Map([['a', { b: 1 }]]), "new Map([['a', { b: 1 }]])"],
    [new Set([1, 2]), 'new Set([1, 2])'],
    [new Float32Array([0.5, -0]), 'new Float32Array([0.5, -0])'],
    [new BigInt64Array(), 'new BigInt64Array([])'],
    [O.some(2), "{ _tag: 'Some', value: 2 }"],
    [-0, '-0'],
    [{}, '{}'],
    [opaque('half', f), "opaque('half')"]
  ])('are shown as literals: %#', (value, shown) => expect(showValue(value)).toBe(shown))
})

describe('the fold of a union', () => {
  type Side = { readonly _tag: 'Square'; readonly side: number } | { readonly _tag: 'Free' }

  it('calls the function for the tag', () => {
    const area = foldUnion<Side>()({ Square: ({ side }) => side ** 2, Free: () => 0 })
    expect([area({ _tag: 'Square', side: 3 }), area({ _tag: 'Free' })]).toEqual([9, 0])
  })
  it('requires a function for every tag', () => {
    // @ts-expect-error there is none for Free
    expect(foldUnion<Side>()({ Square: () => 1 })({ _tag: 'Square', side: 1 })).toBe(1)
  })
})
