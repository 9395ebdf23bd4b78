// Huffman-coded coefficients of JPEGs.

// -------------------------------------------------------------------------------------------------------------------
// tables
// -------------------------------------------------------------------------------------------------------------------

/** The place in a block, row by row, of each coefficient in the order of the file. */
export const order: usize = memory.data<u8>([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63
])

/** Codes of up to this many bits are looked up. */
const short: i32 = 10

// A Huffman table: length and symbol (8 bits each) for every start of `short` bits; for the same starts, what follows from
// them at once (`foresee`); the largest code of each length, and what to add to a code of that length for the position of
// its symbol; the symbols.
const foreseen: usize = 2048
const largest: usize = foreseen + 4096
const shift: usize = largest + 4 * 17
const symbols: usize = shift + 4 * 17
export const tableSize: usize = symbols + 256
export const huffman: usize = memory.data(4 * 6536, 16)

/** The codes of a table, in the order of their lengths. */
function assignCodes(from: usize, table: usize): bool {
  memory.fill(table, 0, largest)
  let code = 0
  let position = 0
  for (let length = 1; length <= 16; length++, code <<= 1) {
    store<i32>(table + shift + ((<usize>length) << 2), position - code)
    for (let n = <i32>load<u8>(from + length); n > 0; n--, code++, position++) {
      if (code >= 1 << length) return false
      if (length > short) continue
      const entry = (length << 8) | (<i32>load<u8>(table + symbols + position))
      const first = code << (short - length)
      for (let i = 0; i < 1 << (short - length); i++) store<u16>(table + ((<usize>(first + i)) << 1), entry)
    }
    store<i32>(table + largest + ((<usize>length) << 2), load<u8>(from + length) > 0 ? code - 1 : -1)
  }
  return true
}

/** A number of `size` bits, of which the first is 0 if it is negative. */
function signed(value: i32, size: i32): i32 {
  return value >> (size - 1) != 0 ? value : value - (1 << size) + 1
}

/**
 * For every start of `short` bits that holds a code and all of its number: the number (16 bits, 0 at the end of a block), how
 * many zeros precede it (8), and the number of bits (8). 0 for all others.
 */
function foresee(table: usize): void {
  for (let start = 0; start < 1 << short; start++) {
    const entry = <i32>load<u16>(table + ((<usize>start) << 1))
    const size = entry & 15
    const total = (entry >> 8) + size
    const is = entry != 0 && total <= short && (size > 0 || (entry & 255) == 0)
    const number = size > 0 ? signed((start >> (short - total)) & ((1 << size) - 1), size) : 0
    store<i32>(table + foreseen + ((<usize>start) << 2), is ? (number << 16) | ((entry & 0xf0) << 4) | total : 0)
  }
}

/** Reads tables, and says which: bit `i` for table `i`. 0 if they are wrong. */
export function readTables(from: usize, end: usize): i32 {
  let read = 0
  while (from < end) {
    const id = load<u8>(from)
    if ((id & 0xee) != 0 || from + 17 > end) return 0
    let total = 0
    for (let k: usize = 1; k <= 16; k++) total += load<u8>(from + k)
    if (total > 256 || from + 17 + total > end) return 0
    const number = ((id >> 4) << 1) | (id & 1)
    const table = huffman + number * tableSize
    memory.copy(table + symbols, from + 17, total)
    if (!assignCodes(from, table)) return 0
    if (id >> 4 == 1) foresee(table)
    read |= 1 << number
    from += 17 + total
  }
  return read
}

// -------------------------------------------------------------------------------------------------------------------
// coefficients
// -------------------------------------------------------------------------------------------------------------------

/** The coefficients of a block, row by row. */
export const block: usize = memory.data(128, 16)

/** The next bits, leftmost first; how many there are; how many of them are zeros after the end of the data. */
let bits: u64 = 0
let count: i32 = 0
let beyond: i32 = 0

let at: usize = 0
let end: usize = 0

let broken: bool = false

/** Starts to read the compressed data. */
export function open(from: usize, to: usize): void {
  at = from
  end = to
  bits = 0
  count = 0
  beyond = 0
  broken = false
  memory.fill(block, 0, 128)
}

/** Notes that the data is not right. */
export function refuse(): void {
  broken = true
}

export function isBroken(): bool {
  return broken
}

/** Whether nothing but the end of the file follows, after the rest of a byte. */
export function isAtEnd(): bool {
  return !broken && count >= beyond && count - beyond < 8 && at + 2 <= end && load<u16>(at) == 0xd9ff
}

/** Adds bytes until there are more than 32 bits. Past a marker or the end of the file it adds zeros. */
function fill(): void {
  for (; count <= 32; count += 8) {
    let byte: u64 = 0
    if (at < end && load<u8>(at) != 0xff) byte = load<u8>(at++)
    else if (at + 1 < end && load<u8>(at, 1) == 0) {
      byte = 0xff
      at += 2
    } else beyond += 8
    bits |= byte << (56 - count)
  }
}

/** More than 32 bits: enough for the longest code with the longest value. */
function need(): void {
  if (count > 32) return
  const next = bswap<u32>(load<u32>(at))
  // a byte of 0xff is followed by a zero, or is a marker
  if (at + 4 > end || ((~next - 0x01010101) & next & 0x80808080) != 0) return fill()
  bits |= (<u64>next) << (32 - count)
  count += 32
  at += 4
}

/** Length and symbol of a code of more than `short` bits. */
function longCode(table: usize, next: u64): i32 {
  for (let length = short + 1; length <= 16; length++) {
    const code = <i32>(next >> (64 - length))
    if (code <= load<i32>(table + largest + ((<usize>length) << 2))) {
      const position = code + load<i32>(table + shift + ((<usize>length) << 2))
      return (length << 8) | (<i32>load<u8>(table + symbols + position))
    }
  }
  broken = true
  return 1 << 8
}

function codeFrom(table: usize, next: u64): i32 {
  const entry = <i32>load<u16>(table + ((<usize>(next >> (64 - short))) << 1))
  return entry != 0 ? entry : longCode(table, next)
}

/** Adds the first coefficient to `before`. */
export function readFirst(table: usize, before: i32): void {
  need()
  const entry = codeFrom(table, bits)
  const length = entry >> 8
  const size = entry & 255
  if (size > 11) broken = true
  else if (size > 0) before += signed(<i32>((bits << length) >> (64 - size)), size)
  bits <<= length + size
  count -= length + size
  store<i16>(block, before)
}

/** Reads all coefficients but the first. Whether there are any. */
export function readOthers(table: usize): bool {
  let next = bits
  let left = count
  let k = 1
  for (; k < 64; k++) {
    if (left <= 32) {
      bits = next
      count = left
      need()
      next = bits
      left = count
    }
    const seen = load<i32>(table + foreseen + ((<usize>(next >> (64 - short))) << 2))
    if (seen != 0) {
      const length = seen & 255
      next <<= length
      left -= length
      if (seen >> 16 == 0) break
      k += (seen >> 8) & 255
      if (k > 63) broken = true
      else store<i16>(block + ((<usize>load<u8>(order + k)) << 1), seen >> 16)
      continue
    }
    const entry = codeFrom(table, next)
    const length = entry >> 8
    const size = entry & 15
    k += (entry >> 4) & 15
    if (k > 63) broken = true
    else if (size > 0)
      store<i16>(block + ((<usize>load<u8>(order + k)) << 1), signed(<i32>((next << length) >> (64 - size)), size))
    next <<= length + size
    left -= length + size
    // the end, unless it is the code of sixteen zeros
    if (size == 0 && (entry & 0xf0) != 0xf0) break
  }
  bits = next
  count = left
  return k > 1
}
