/** Classes whose names look the same. */
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { settle } from '../../src/data/index.js'

const warning = (...labels: ReadonlyArray<string>): string | undefined => {
  const train = labels.map((label, i) => ({ file: `${i}.png`, label }))
  const settled = settle(O.none, 'pets', () => true)({ train, valid: [], test: [], warnings: [] })
  if (settled._tag === 'Left') throw new Error(settled.left.found)
  return settled.right.warnings.find(({ _tag }) => _tag === 'SimilarNames')?.found
}

describe('classes that look the same are reported', () => {
  it.each([
    ['a ligature', 'fish', '\ufb01sh', '"\\ufb01sh"'],
    ['a zero-width space', 'cat', 'c\u200bat', '"c\\u200bat"'],
    ['a zero-width joiner', 'cat', 'cat\u200d', '"cat\\u200d"'],
    ['a byte order mark', 'cat', '\ufeffcat', '"\\ufeffcat"'],
    ['a soft hyphen', 'cat', 'c\u00adat', '"c\\u00adat"'],
    ['a hard space', 'big cat', 'big\u00a0cat', '"big\\u00a0cat"'],
    ['wide letters', 'cat', '\uff43\uff41\uff54', '"\\uff43\\uff41\\uff54"'],
    ['a Cyrillic letter', 'cat', 'c\u0430t', '"c\\u0430t"'],
    ['a Greek letter', 'cat', 'c\u03b1t', '"c\\u03b1t"'],
    ['case', 'Cat', 'cat', '"Cat" and "cat"'],
    ['two spaces', 'big cat', 'big  cat', '"big  cat"']
  ])('by %s', (_, one, other, shown) => {
    expect(warning(one, other, 'dog')).toContain(shown)
  })

  it('as they are written if the difference is visible', () => {
    expect(warning('\u041a\u043e\u0442', '\u043a\u043e\u0442', 'dog')).toContain(
      '"\u041a\u043e\u0442" and "\u043a\u043e\u0442"'
    )
  })

  it.each([
    ['cat', 'dog'],
    ['resume', 'r\u00e9sum\u00e9'],
    ['\u0915\u093f', '\u0915\u0940'],
    ['1', '10']
  ])('unlike %s and %s', (one, other) => {
    expect(warning(one, other)).toBeUndefined()
  })
})
