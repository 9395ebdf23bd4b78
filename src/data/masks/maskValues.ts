/**
 * The class of a mask's pixel, by value or by colour.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { classesOfKeys } from './maskMap.js'
import { badMask, badSpec, someOf, type DataError } from '../DataError.js'
import type { MaskMap } from './maskMap.js'
import type { ImageMasks } from './Masks.js'
import type { Pixels } from '../images/Pixels.js'

/**
 * The samples of a mask's file: one value per pixel, or red, green and blue.
 *
 * @since 0.1.0
 */
export interface MaskSamples {
  readonly height: number
  readonly width: number
  readonly channels: 1 | 3
  readonly data: Uint8Array | Uint16Array | Float32Array
  /** Whether the file's compression is lossy, so that values are only approximate. */
  readonly lossy: boolean
}

/**
 * The class of each value or colour of a mask.
 *
 * @since 0.1.0
 */
export interface Legend {
  readonly codes: ReadonlyArray<string>
  /** Class indices by value, or by colour as `0xrrggbb`; `notCounted` for ignored pixels. */
  readonly classes: ReadonlyMap<number, number>
  readonly by: 'values' | 'colours'
  /** Whether there is a map; otherwise a value is its class index. */
  readonly mapped: boolean
}

/** Marks ignored pixels, in class indices of one and of two bytes. */
const notCounted = 0xffff

/**
 * The classes of a source's masks, given its class names and the file of colours, if it has one. Without a map a value
 * is the class index. Error: `BadSpec` for a map with an invalid or repeated value or colour or an unknown class, and
 * for a repeated class.
 *
 * @example
 * import { imageMasks } from 'graft-vision'
 * import { legendOf } from '../index.js'
 *
 * const { source } = imageMasks('cells', { values: { 0: 'bg', 255: 'cell' } })
 * const legend = source._tag === 'ImageMasks' && legendOf(source, ['bg', 'cell'])
 * assert.ok(legend && legend._tag === 'Right' && legend.right.classes.get(255) === 1)
 *
 * @since 0.1.0
 */
export const legendOf = (
  { values, colours, ignore }: Pick<ImageMasks, 'values' | 'colours' | 'ignore'>,
  codes: ReadonlyArray<string>,
  read: MaskMap = {}
): E.Either<DataError, Legend> => {
  const twice = codes.find((code, i) => codes.indexOf(code) !== i)
  if (twice !== undefined)
    return E.left(
      badSpec('data.source.codes', 'different names', `${JSON.stringify(twice)} twice`, 'name each class once')
    )
  const ignored = ignore.map((value) => [value, notCounted] as const)
  if (O.isSome(colours)) {
    const map = typeof colours.value === 'string' ? read : colours.value
    return E.map((classes: ReadonlyMap<number, number>): Legend => ({
      codes,
      by: 'colours',
      mapped: true,
      // `ignore` of colour masks lists class indices
      classes: new Map([...classes].map(([colour, index]) => [colour, ignore.includes(index) ? notCounted : index]))
    }))(classesOfKeys('colours', map, codes, notCounted))
  }
  if (O.isSome(values))
    return E.map((classes: ReadonlyMap<number, number>): Legend => ({
      codes,
      by: 'values',
      mapped: true,
      classes: new Map([...classes, ...ignored])
    }))(classesOfKeys('values', values.value, codes, notCounted))
  return E.right({
    codes,
    by: 'values',
    mapped: false,
    classes: new Map([...codes.map((_, i) => [i, i] as const), ...ignored])
  })
}

/**
 * A mask's classes, and its unknown values or colours with their numbers of pixels.
 *
 * @since 0.1.0
 */
export interface Classified {
  /** Class indices, in one channel up to 255 classes and otherwise in two, low byte first; `maskTargets` reads them. */
  readonly classes: Pixels
  readonly unknown: ReadonlyMap<number, number>
  /** All values or colours that occur, up to a thousand. */
  readonly found: ReadonlySet<number>
  /** Whether the unknown ones are colours. */
  readonly coloured: boolean
}

/** Maximum number of values to collect for a message. */
const mostFound = 1000

const bytesFor = (codes: number): 1 | 2 => (codes <= 255 ? 1 : 2)

const distance = (a: number, b: number, by: Legend['by']): number => {
  if (by === 'values') return Math.abs(a - b)
  const part = (shift: number): number => (((a >> shift) & 255) - ((b >> shift) & 255)) ** 2
  return part(16) + part(8) + part(0)
}

/** The mapped value nearest to one that lossy compression changed. */
const nearest = ({ classes, by }: Legend, value: number): number | undefined => {
  let [best, least] = [undefined as number | undefined, Infinity]
  for (const [known, index] of classes) {
    const far = distance(known, value, by)
    if (far < least) [best, least] = [index, far]
  }
  return best
}

/**
 * The class of each pixel of a mask. In a file with lossy compression, unknown values are replaced by the nearest known
 * ones.
 *
 * @example
 * import { imageMasks } from 'graft-vision'
 * import { classified, legendOf } from '../index.js'
 *
 * const { source } = imageMasks('cells')
 * const legend = source._tag === 'ImageMasks' ? legendOf(source, ['bg', 'cell']) : undefined
 * if (legend?._tag !== 'Right') throw new Error('it is one')
 * const row = { height: 1, width: 3, channels: 1 as const, data: Uint8Array.of(0, 1, 255), lossy: false }
 * assert.deepStrictEqual([...classified(legend.right, row).unknown], [[255, 1]])
 *
 * @since 0.1.0
 */
export const classified = (legend: Legend, { height, width, channels, data, lossy }: MaskSamples): Classified => {
  const count = height * width
  const bytes = bytesFor(legend.codes.length)
  const out = new Uint8Array(count * bytes)
  const unknown = new Map<number, number>()
  const found = new Set<number>()
  const none = -1
  const indexOf = (value: number): number =>
    legend.classes.get(value) ?? (lossy && legend.mapped ? nearest(legend, value) : undefined) ?? none
  const coloured = channels === 3
  // neighbouring pixels often have the same value
  let [last, index] = [undefined as number | undefined, none]
  for (let i = 0; i < count; i++) {
    const value = coloured ? (data[3 * i]! << 16) | (data[3 * i + 1]! << 8) | data[3 * i + 2]! : data[i]!
    if (value !== last) {
      index = coloured === (legend.by === 'colours') ? indexOf(value) : none
      last = value
      if (found.size < mostFound) found.add(value)
    }
    if (index === none) unknown.set(value, (unknown.get(value) ?? 0) + 1)
    out[i * bytes] = index & 255
    if (bytes === 2) out[i * bytes + 1] = index >> 8
  }
  const classes = { height, width, channels: bytes, data: out }
  return { classes, unknown, found, coloured }
}

const hex = (colour: number): string => `#${colour.toString(16).padStart(6, '0')}`

const quoted = (name = '...'): string => (name.includes("'") ? JSON.stringify(name) : `'${name}'`)

const byMap = (by: Legend['by'], entries: ReadonlyArray<string>): string =>
  `imageMasks(path, { ${by}: { ${entries.join(', ')} } })`

/** A suggestion for the map, from all values that the masks contain. */
const proposal = (legend: Legend, found: ReadonlyArray<number>, coloured: boolean, lossy: boolean): string => {
  const { codes, by } = legend
  if (by === 'colours') return 'add them to the map of colours, with null for pixels to ignore'
  if (coloured) {
    const entries = found.slice(0, 20).map((colour) => `'${hex(colour)}': '...'`)
    return `save masks with one channel, or map colours to classes: ${byMap('colours', entries)}`
  }
  if (lossy)
    return `save masks as PNG, because JPEG changes values; or map the original values to classes, so that the nearest one is used: ${byMap('values', [`${found[0]}: '...'`])}`
  const counted = found.every((value, i) => value === i)
  if (counted) return `list the codes of all ${found.length} classes, or ignore the other values (ignore)`
  return found.length <= Math.max(codes.length, 3)
    ? `map values to classes: ${byMap(
        'values',
        found.map((value, i) => `${value}: ${quoted(codes[i])}`)
      )}`
    : 'list the codes of all classes, map values to classes (values), or ignore the other values (ignore)'
}

/**
 * The error for masks with values of no class: the first such mask, the number of them, and what to do.
 *
 * @example
 * import { unknownValues } from '../index.js'
 *
 * const legend = { codes: ['bg', 'cell'], classes: new Map([[0, 0], [1, 1]]), by: 'values' as const, mapped: false }
 * const mask = { unknown: new Map([[255, 9]]), found: new Set([0, 255]), coloured: false }
 * const error = unknownValues(legend, [['labels/1.png', mask]])
 * assert.ok(error.hint.endsWith("imageMasks(path, { values: { 0: 'bg', 255: 'cell' } })"))
 *
 * @since 0.1.0
 */
export const unknownValues = (
  legend: Legend,
  masks: ReadonlyArray<
    readonly [file: string, Pick<Classified, 'unknown' | 'found' | 'coloured'> & { readonly lossy?: boolean }]
  >
): DataError => {
  const { codes, by } = legend
  const wrong = masks.filter(([, { unknown }]) => unknown.size > 0)
  const [file, { unknown, coloured, lossy }] = wrong[0]!
  const show = (value: number): string => (coloured ? hex(value) : String(value))
  const [value, pixels] = [...unknown].toSorted(([, a], [, b]) => b - a)[0]!
  const all = [...new Set(masks.flatMap(([, { found }]) => [...found]))].toSorted((a, b) => a - b)
  const named = codes.length <= 8 ? `the codes ${codes.join(', ')}` : `${codes.length} codes`
  const kind = coloured ? 'colour' : 'value'
  return badMask(
    file,
    by === 'colours'
      ? `colours of the map, for ${named}`
      : legend.mapped
        ? `values of the map, for ${named}`
        : `class indices 0 to ${codes.length - 1}, for ${named}`,
    `${kind} ${show(value)} at ${pixels === 1 ? '1 pixel' : `${pixels} pixels`}${
      wrong.length > 1 ? ` (${wrong.length} masks have such ${kind}s)` : ''
    }; all ${kind}s found: ${someOf(all.map(show), 12)}`,
    proposal(legend, all, coloured, lossy === true)
  )
}

/**
 * The class index of each pixel of a mask at any size; -1 for ignored pixels.
 *
 * @example
 * import { maskTargets } from '../index.js'
 *
 * const mask = { height: 1, width: 3, channels: 1, data: Uint8Array.of(0, 1, 255) }
 * assert.deepStrictEqual(maskTargets(2)(mask), Int32Array.of(0, 1, -1))
 *
 * @since 0.1.0
 */
export const maskTargets =
  (codes: number) =>
  ({ height, width, data }: Pixels): Int32Array => {
    const bytes = bytesFor(codes)
    const targets = new Int32Array(height * width)
    for (let i = 0; i < targets.length; i++) {
      const index = bytes === 1 ? data[i]! : data[2 * i]! | (data[2 * i + 1]! << 8)
      targets[i] = index >= codes ? -1 : index
    }
    return targets
  }
