// Decodes plain baseline JPEGs as libjpeg-turbo does by default, to the level: its accurate integer inverse DCT (`islow`),
// smooth ("fancy") upsampling of chroma, and YCbCr to RGB in 16-bit fixed point, in 128-bit vectors. `npm run kernels`
// compiles this into src/io/formats/jpegModule.ts. Whatever is not plain, or damaged in any way, is refused.
import {
  block,
  huffman,
  isAtEnd,
  isBroken,
  open,
  order,
  readFirst,
  readOthers,
  readTables,
  tableSize
} from './jpegCodes'
import { doubled, rgbRow } from './jpegColours'
import { transform, transformFirst } from './jpegDct'

let at: usize = 0
let end: usize = 0

/** Four quantisation tables of 64 factors of 16 bits, row by row. */
const factors: usize = memory.data(4 * 128, 16)

/** Which tables the file has: bit `i` for quantisation table `i`, bit `4 + i` for Huffman table `i`. */
let known: i32 = 0

function word(address: usize): i32 {
  return ((<i32>load<u8>(address)) << 8) | (<i32>load<u8>(address, 1))
}

function readFactors(from: usize, end: usize): bool {
  for (; from < end; from += 65) {
    const id = load<u8>(from)
    if (id > 3 || from + 65 > end) return false
    for (let k: usize = 0; k < 64; k++)
      store<u16>(factors + ((<usize>id) << 7) + ((<usize>load<u8>(order + k)) << 1), load<u8>(from + k, 1))
    known |= 1 << id
  }
  return true
}

let height: usize = 0
let width: usize = 0

/** How many blocks of luma, down and across, there are for one of each chroma. */
let tall: usize = 0
let broad: usize = 0

/** The quantisation table of each component, and its Huffman tables. */
const factorsOf: usize = memory.data(4)
const codesOf: usize = memory.data(4)

function readFrame(from: usize): bool {
  height = word(from + 1)
  width = word(from + 3)
  const sampling = load<u8>(from, 7)
  broad = sampling >> 4
  tall = sampling & 15
  for (let c: usize = 0; c < 3; c++) {
    const its = from + 6 + 3 * c
    // other numbers may stand for other colour spaces
    if (load<u8>(its) != c + 1 || load<u8>(its, 2) > 3 || (c > 0 && load<u8>(its, 1) != 0x11)) return false
    store<u8>(factorsOf + c, load<u8>(its, 2))
  }
  return sampling == 0x11 || sampling == 0x21 || sampling == 0x22
}

function readScan(from: usize): bool {
  if (load<u8>(from) != 3 || load<u8>(from, 7) != 0 || load<u8>(from, 8) != 63 || load<u8>(from, 9) != 0) return false
  for (let c: usize = 0; c < 3; c++) {
    const codes = load<u8>(from + 2 + 2 * c)
    if (load<u8>(from + 1 + 2 * c) != c + 1 || (codes & 0xee) != 0) return false
    store<u8>(codesOf + c, codes)
    const needed = (1 << load<u8>(factorsOf + c)) | (16 << (codes >> 4)) | (64 << (codes & 15))
    if ((known & needed) != needed) return false
  }
  return true
}

/** Reads everything before the compressed data, and moves `at` there. */
function readHead(): bool {
  known = 0
  tall = 0
  for (at += 2; at + 4 <= end;) {
    const marker = load<u8>(at, 1)
    const from = at + 4
    const next = at + 2 + word(at + 2)
    if (load<u8>(at) != 0xff || next > end) return false
    at = next
    if (marker == 0xda) return tall != 0 && next == from + 10 && readScan(from)
    if (marker == 0xc0) {
      if (next != from + 15 || !readFrame(from)) return false
    } else if (marker == 0xdb) {
      if (!readFactors(from, next)) return false
    } else if (marker == 0xc4) {
      const read = readTables(from, next)
      if (read == 0) return false
      known |= read << 4
    } else if (marker != 0xe0 && marker != 0xfe) return false
  }
  return false
}

/** Samples before each row, for the sample that precedes the first. */
const margin: usize = 16

const before: usize = memory.data(12)

function readBlocks(component: usize, from: usize, down: usize, across: usize, line: usize): void {
  const codes = <usize>load<u8>(codesOf + component)
  const dc = huffman + (codes >> 4) * tableSize
  const ac = huffman + (2 + (codes & 15)) * tableSize
  const table = factors + ((<usize>load<u8>(factorsOf + component)) << 7)
  const last = before + (component << 2)
  for (let y: usize = 0; y < down; y++)
    for (let x: usize = 0; x < across; x++) {
      const to = from + ((y * line + x) << 3)
      readFirst(dc, load<i32>(last))
      store<i32>(last, load<i16>(block))
      if (readOthers(ac)) transform(table, to, line)
      else transformFirst(table, to, line)
    }
}

/** Repeats the first and the last sample of each row. */
function extend(plane: usize, line: usize, rows: usize, width: usize): void {
  for (let y: usize = 0; y < rows; y++, plane += line) {
    store<u8>(plane - 1, load<u8>(plane))
    store<u8>(plane + width, load<u8>(plane + width - 1))
  }
}

/** A row of chroma as wide as the image, made at `to` if there is none. */
function chromaRow(plane: usize, line: usize, y: usize, to: usize): usize {
  if (broad == 1) return plane + y * line
  const half = (width + 1) >> 1
  if (tall == 1) doubled(plane + y * line, plane + y * line, half, 4, 8, to)
  else {
    const near = y >> 1
    const far = (y & 1) == 0 ? max(near, 1) - 1 : min(near + 1, ((height + 1) >> 1) - 1)
    doubled(plane + near * line, plane + far * line, half, 8, 7, to)
  }
  return to
}

function room(until: usize): void {
  const missing = <isize>until - ((<isize>memory.size()) << 16)
  if (missing > 0) memory.grow(<i32>((missing + 0xffff) >> 16))
}

/** Where to put a file of so many bytes. */
export function reserve(length: usize): usize {
  room(__heap_base + length + 16)
  return __heap_base
}

/** The address of the RGB samples of the file, of at least 16 x 16 pixels, that was put there; 0 if it is refused. */
export function decode(length: usize): usize {
  at = __heap_base
  end = at + length
  if (!readHead() || height < 16 || width < 16) return 0
  const down = (height + 8 * tall - 1) / (8 * tall)
  const across = (width + 8 * broad - 1) / (8 * broad)
  const line = 2 * margin + 8 * across * broad
  const chromaLine = 2 * margin + 8 * across
  const luma = ((end + 31) & ~15) + margin
  const cb = luma + 8 * down * tall * line
  const cr = cb + 8 * down * chromaLine
  const rows = cr + 8 * down * chromaLine
  const result = rows + 2 * line
  room(result + 3 * height * width + 64)
  open(at, end)
  memory.fill(before, 0, 12)
  for (let y: usize = 0; y < down; y++)
    for (let x: usize = 0; x < across; x++) {
      readBlocks(0, luma + ((y * tall * line + x * broad) << 3), tall, broad, line)
      readBlocks(1, cb + ((y * chromaLine + x) << 3), 1, 1, chromaLine)
      readBlocks(2, cr + ((y * chromaLine + x) << 3), 1, 1, chromaLine)
      if (isBroken()) return 0
    }
  if (!isAtEnd()) return 0
  if (broad == 2) {
    extend(cb, chromaLine, (height + tall - 1) / tall, (width + 1) >> 1)
    extend(cr, chromaLine, (height + tall - 1) / tall, (width + 1) >> 1)
  }
  for (let y: usize = 0; y < height; y++)
    rgbRow(
      luma + y * line,
      chromaRow(cb, chromaLine, y, rows),
      chromaRow(cr, chromaLine, y, rows + line),
      width,
      result + 3 * y * width
    )
  return result
}
