// Elements found in the bytes of JSON are those that JSON.parse finds, however the bytes arrive.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonElements } from '../../src/io/shards/jsonElements.js'

type Found = ReadonlyArray<readonly [list: string | null, elements: ReadonlyArray<unknown>]>

/** The lists of a document and their elements, fed in parts of a length; what is wrong with it otherwise. */
const elementsIn = (text: string, length: number): Found | string => {
  const lists: Array<readonly [string | null, Array<unknown>]> = []
  let damaged: string | undefined
  const { feed, end } = jsonElements({
    begin: (list) => lists.push([list, []]),
    element: (_, element) => {
      try {
        lists.at(-1)![1].push(JSON.parse(element))
      } catch (cause) {
        damaged = String(cause)
      }
      return damaged === undefined
    }
  })
  const bytes = new TextEncoder().encode(text)
  for (let at = 0; at < bytes.length && feed(bytes.subarray(at, at + length)); at += length);
  return damaged ?? end() ?? lists
}

const listsOf = (document: unknown): Found =>
  Array.isArray(document)
    ? [[null, document]]
    : Object.entries(document as object).flatMap(([key, value]) =>
        Array.isArray(value) ? [[key, value as ReadonlyArray<unknown>] as const] : []
      )

const json = fc.jsonValue({ noUnicodeString: false })
const document = fc.oneof(fc.array(json), fc.dictionary(fc.string(), json), fc.dictionary(fc.string(), fc.array(json)))
const written = fc.tuple(document, fc.constantFrom(undefined, 1, '\t')).map(([value, space]) => ({
  // -0 is written as 0
  value: JSON.parse(JSON.stringify(value)) as unknown,
  text: JSON.stringify(value, null, space)
}))

const isDocument = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}

describe('the elements of lists in JSON', () => {
  it('are those of JSON.parse, in parts of any length', () => {
    fc.assert(
      fc.property(written, fc.integer({ min: 1, max: 40 }), ({ value, text }, length) => {
        expect(elementsIn(text, length)).toEqual(listsOf(value))
      })
    )
  })

  it('are rejected if JSON.parse rejects the document', () => {
    const changed = fc.tuple(written, fc.nat(1000), fc.constantFrom('', ',', ':', ']', '}', '[', '{', '"', '1'))
    fc.assert(
      fc.property(changed, ([{ text }, at, by]) => {
        const i = at % text.length
        const other = `${text.slice(0, i)}${by}${text.slice(i + (at % 2))}`
        expect([other, typeof elementsIn(other, 7) !== 'string']).toEqual([other, isDocument(other)])
      }),
      { numRuns: 500 }
    )
  })

  it('are found after a byte order mark, but not in an empty or truncated document', () => {
    expect(elementsIn('\uFEFF[1, 2]', 100)).toEqual([[null, [1, 2]]])
    expect(
      ['', '[1', '{"a": [1]', 'null', '[1] 2', '{"a":}', '{"a" 1}', '[1,]'].map((text) => typeof elementsIn(text, 3))
    ).toEqual(Array.from({ length: 8 }, () => 'string'))
  })
})
