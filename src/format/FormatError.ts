/**
 * Errors in JSON, in files, and in text from the command line.
 *
 * @since 0.1.0
 */
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { type Explained, explained } from '../Explained.js'

/**
 * A mistake in JSON or in a file's bytes. `path` is the place in the JSON (`head.ps`, `[2].maxLr`; `$` is the whole),
 * the name of a tensor, or the part of a file.
 *
 * @category errors
 * @since 0.1.0
 */
export type FormatError =
  /** Text that is not JSON. */
  | Explained<'NotJson'>
  /** A key that occurs twice in an object. */
  | Explained<'DuplicateKey'>
  /** Nesting beyond any sensible depth. */
  | Explained<'TooDeep'>
  | Explained<'UnknownKey'>
  | Explained<'MissingKey'>
  /** A value of the wrong type or out of range, or an unknown word. */
  | Explained<'BadValue'>
  /** Written by a later version. */
  | Explained<'UnknownVersion'>
  /** A user's function, which cannot be written to a file. */
  | Explained<'OpaqueFunction'>
  /** A file that ends too early, or a header that is too large. */
  | Explained<'BadLength'>
  /** A header that is not UTF-8 or does not begin as one. */
  | Explained<'BadHeader'>
  /** A tensor whose number of bytes does not match its shape and type. */
  | Explained<'SizeMismatch'>
  /** Tensors that overlap, extend past the end, or have reversed offsets. */
  | Explained<'BadOffsets'>
  /** Bytes that belong to no tensor. */
  | Explained<'UnusedBytes'>
  /** An inconsistent pickle: an unknown instruction, or one without its operands. */
  | Explained<'BadPickle'>
  /** A pickle that creates objects other than tensors and their containers. */
  | Explained<'RefusedPickle'>
  /** A file of another kind: a web page, an archive, another framework's model. */
  | Explained<'NotWeights'>
  /** A zip with compressed, damaged or duplicate parts. */
  | Explained<'BadZip'>

/**
 * All mistakes of one file, at least one.
 *
 * @category errors
 * @since 0.1.0
 */
export type FormatErrors = ReadonlyNonEmptyArray<FormatError>

export const notJson = explained('NotJson')
export const duplicateKey = explained('DuplicateKey')
export const tooDeep = explained('TooDeep')
export const missingKey = explained('MissingKey')
export const badValue = explained('BadValue')
export const unknownVersion = explained('UnknownVersion')
export const opaqueFunction = explained('OpaqueFunction')
export const badLength = explained('BadLength')
export const badHeader = explained('BadHeader')
export const sizeMismatch = explained('SizeMismatch')
export const badOffsets = explained('BadOffsets')
export const unusedBytes = explained('UnusedBytes')
export const badPickle = explained('BadPickle')
export const refusedPickle = explained('RefusedPickle')
export const notWeights = explained('NotWeights')
export const badZip = explained('BadZip')

export const isNonEmpty = (errors: ReadonlyArray<FormatError>): errors is FormatErrors => errors.length > 0
