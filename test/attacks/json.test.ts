import { fc, test as property } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../src/arch/index.js'
import * as _ from '../../src/format/index.js'

const runs = { seed: 23, numRuns: process.env['GRAFT_LONG'] === undefined ? 300 : 10_000 }

const said = (result: E.Either<_.FormatErrors, unknown>) =>
  E.isLeft(result) ? result.left.map((e) => [e._tag, e.path]) : 'read'

const decodeModel = _.decodeModel(catalogue)
const deep = (levels: number): unknown => {
  let json: unknown = 'relu'
  for (let i = 0; i < levels; i++) json = { sequential: [json] }
  return json
}

describe('text', () => {
  it.each([
    ['', [['NotJson', '$']]],
    ['{"a": 1,}', [['NotJson', 'line 1, column 9']]],
    ['[1,\n 2\n 3]', [['NotJson', 'line 3, column 2']]],
    ['{"a": NaN}', [['NotJson', '$']]],
    [
      '{"a": 1, "b": {"c": 1, "c": 2}, "a": 3}',
      [
        ['DuplicateKey', 'b.c'],
        ['DuplicateKey', 'a']
      ]
    ],
    ['[[], {"\\u0061": 1, "a": 2}]', [['DuplicateKey', '[1].a']]],
    ['{"__proto__": 1, "__proto__": 2}', [['DuplicateKey', '__proto__']]],
    ['['.repeat(1_000_000), [['NotJson', expect.any(String)]]],
    [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, [['TooDeep', '$']]]
  ] as const)('%#', (text, expected) => {
    expect(said(_.parseJson(text))).toStrictEqual(expected)
  })
  it('with braces, colons and quotes within strings is parsed', () => {
    const json = { 'a": {': ['}, "a": {', '\\"', '\\'], b: ':"', '\\': '\\\\"' }
    expect(_.parseJson(JSON.stringify(json))).toStrictEqual(E.right(json))
  })
  it('after a byte order mark is read', () => {
    expect(_.parseJson('\uFEFF{}')).toStrictEqual(E.right({}))
  })
  property.prop([fc.jsonValue()], runs)('of any value is read', (json) => {
    expect(_.parseJson(JSON.stringify(json))).toStrictEqual(E.right(JSON.parse(JSON.stringify(json))))
  })
  property.prop([fc.string({ unit: fc.constantFrom(...'{}[],:"\\a1 \n') })], runs)(
    'of any kind never crashes',
    (text) => {
      expect(['Left', 'Right']).toContain(_.parseJson(text)._tag)
    }
  )
})

describe('prototypes', () => {
  it('are not reached by a key', () => {
    const result = pipe(_.parseJson('{"arch": "resnet18", "head": {"__proto__": {"ps": 0.1}}}'), E.chain(decodeModel))
    expect(said(result)).toStrictEqual([['UnknownKey', 'head.__proto__']])
    expect(({} as Record<string, unknown>)['ps']).toBeUndefined()
  })
  it('do not supply keys', () => {
    const inherited = Object.create({ arch: 'resnet18' }) as unknown
    expect(said(decodeModel(inherited))).toStrictEqual([['MissingKey', 'arch']])
  })
  it.each(['constructor', 'toString', 'hasOwnProperty', '__proto__'])('%s is not a known name', (word) => {
    expect(said(decodeModel({ arch: word }))).toStrictEqual([['BadValue', 'arch']])
    expect(said(_.decodeLayer(JSON.parse(`{"${word}": {}}`)))).toStrictEqual([['UnknownKey', word]])
    expect(said(_.decodeRecipe([{ step: word }]))).toStrictEqual([['BadValue', '[0].step']])
  })
})

describe('size', () => {
  it('allows a network of a hundred levels', () => {
    expect(said(_.decodeLayer(deep(100)))).toBe('read')
  })
  it('makes a network that is too deep an error', () => {
    expect(said(_.decodeLayer(deep(100_000)))).toStrictEqual([['TooDeep', '$']])
  })
  it('makes a value that contains itself an error', () => {
    const loop: Record<string, unknown> = { arch: 'resnet18' }
    loop['head'] = loop
    expect(said(decodeModel(loop))).toStrictEqual([['TooDeep', '$']])
  })
  it('reports all of a hundred thousand mistakes', () => {
    const result = _.decodeRecipe(Array.from({ length: 100_000 }, () => 3))
    expect(E.isLeft(result) && result.left.length).toBe(100_000)
  })
  it('does not search long for the nearest name of a long word', () => {
    expect(said(decodeModel({ arch: 'x'.repeat(1_000_000) }))).toStrictEqual([['BadValue', 'arch']])
  })
})
