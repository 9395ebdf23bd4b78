/** The elements of a JSON document's lists, found in its bytes without reading the document as a whole. */
import * as O from 'fp-ts/lib/Option.js'

/** What is found. `list`: the key of a list in a record; null: the document itself is the list. */
export interface JsonEvents {
  readonly begin: (list: string | null) => void
  /** The text of an element; returns whether to go on. */
  readonly element: (list: string | null, text: string) => boolean
}

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a]
const [openList, closeList, openRecord, closeRecord] = [0x5b, 0x5d, 0x7b, 0x7d]

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

const parsed = (text: string): O.Option<unknown> => O.tryCatch((): unknown => JSON.parse(text))

/** The mark that some programs write before UTF-8. */
const mark = [0xef, 0xbb, 0xbf]

const withoutMark = (bytes: Uint8Array): Uint8Array =>
  mark.every((byte, i) => bytes[i] === byte) ? bytes.subarray(mark.length) : bytes

/**
 * Reads a list, or a record some of whose values are lists, from parts of its bytes. `feed` returns whether to go on: not
 * after an event said so, and not after a mistake. `end` returns what is wrong with the document, if anything is;
 * elements are texts, which the receiver parses.
 */
export const jsonElements = ({ begin, element }: JsonEvents) => {
  let held = new Uint8Array(0)
  // where the next byte is, and where the text of an element, a key or another value begins
  let [at, start] = [0, -1]
  let [inText, escaped] = [false, false]
  let root: 'none' | 'list' | 'record' | 'over' = 'none'
  let [key, inList, depth]: [string | null, boolean, number] = [null, false, 0]
  // whether a comma asks for another element, and whether the value of a key was a list, which has ended
  let [more, ended] = [false, false]
  let mistake: string | undefined
  const decoder = new TextDecoder()
  /** The level of keys, or of elements. */
  const level = (): number => (inList && root === 'record' ? 2 : 1)
  const fail = (what: string): boolean => {
    mistake ??= what
    return false
  }
  const taken = (): string => {
    const text = decoder.decode(held.subarray(start, at))
    start = -1
    return text
  }
  const endElement = (isLast: boolean): boolean =>
    start >= 0 ? element(key, taken()) : (isLast && !more) || fail('a comma without an element')
  /** Ends the value of a key that is no list, or what follows a list. */
  const endValue = (isLast: boolean): boolean => {
    if (ended) {
      ended = false
      return start < 0 || fail('a list that is not the whole value')
    }
    if (start < 0) return (isLast && !more && key === null) || fail('a key or a comma without a value')
    const text = taken()
    if (key === null || O.isNone(parsed(text))) return fail(text.slice(0, 30))
    key = null
    return true
  }
  const endOne = (isLast: boolean): boolean => (inList ? endElement : endValue)(isLast)
  const closed = (byte: number): boolean => {
    if ((byte === closeList) !== inList) return fail('brackets that do not match')
    if (!endOne(true)) return false
    depth -= 1
    more = false
    if (depth === 0) root = 'over'
    else [inList, key, ended] = [false, null, true]
    return true
  }
  const begins = (byte: number): boolean => {
    if (root === 'none' && byte === openList) {
      ;[root, inList, depth] = ['list', true, 1]
      begin(null)
    } else if (root === 'none' && byte === openRecord) [root, depth] = ['record', 1]
    else return fail('no list and no record')
    return true
  }
  const step = (byte: number): boolean => {
    if (inText) {
      if (escaped) escaped = false
      else if (byte === backslash) escaped = true
      else if (byte === quote) inText = false
      return true
    }
    if (isSpace(byte)) return true
    if (root === 'none' || root === 'over') return begins(byte)
    if (depth === level()) {
      if (byte === comma) {
        more = true
        return endOne(false)
      }
      if (byte === closeList || byte === closeRecord) return closed(byte)
      if (byte === colon && !inList && key === null && start >= 0) {
        const text = taken()
        const name = parsed(text)
        key = O.isSome(name) ? String(name.value) : null
        return key !== null || fail(text.slice(0, 30))
      }
      if (byte === openList && !inList && key !== null && start < 0) {
        ;[inList, depth, more] = [true, 2, false]
        begin(key)
        return true
      }
      more = false
    }
    if (start < 0) start = at
    if (byte === quote) inText = true
    else if (byte === openList || byte === openRecord) depth += 1
    else if (byte === closeList || byte === closeRecord) depth -= 1
    return true
  }
  return {
    feed: (bytes: Uint8Array): boolean => {
      const rest = start < 0 ? new Uint8Array(0) : held.subarray(start)
      const next = root === 'none' ? withoutMark(bytes) : bytes
      const joined = new Uint8Array(rest.length + next.length)
      joined.set(rest)
      joined.set(next, rest.length)
      held = joined
      at = rest.length
      if (start >= 0) start = 0
      for (; at < held.length; at++) if (!step(held[at]!)) return false
      return true
    },
    end: (): string | undefined => mistake ?? (root === 'over' ? undefined : 'a document that is cut off')
  }
}
