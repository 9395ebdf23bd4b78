/** The known word closest to a misspelt one. */
import * as O from 'fp-ts/lib/Option.js'

/** The edit distance of two words (Levenshtein 1966). */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}

// a longer word is no misspelling, and the table of distances would only cost time
const longest = 64

const plain = (word: string): string => word.toLowerCase().replaceAll(/[_\s-]/g, '')

export const nearest = (word: string, known: ReadonlyArray<string>): O.Option<string> => {
  if (word.length > longest) return O.none
  const [best] = known
    .map((name) => ({ name, off: distance(plain(word), plain(name)) }))
    .toSorted((a, b) => a.off - b.off)
  return best !== undefined && best.off <= Math.max(1, Math.floor(best.name.length / 3)) ? O.some(best.name) : O.none
}

/** Lists some words for a message. */
export const listed = (names: ReadonlyArray<string>, most = 16): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`
