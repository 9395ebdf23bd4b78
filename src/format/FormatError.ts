/**
 * What can be wrong with something that was written: as text, as bytes, or as words.
 *
 * @since 0.1.0
 */
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { type Explained, explained } from '../Explained.js'

/**
 * A mistake in JSON or in a file's bytes. `path` is the place in the JSON (`head.ps`, `[2].maxLr`; `$` is all of it),
 * the name of a tensor, or the part of a file.
 *
 * @category model
 * @since 0.1.0
 */
export type FormatError =
  /** Text that is no JSON. */
  | Explained<'NotJson'>
  /** One key twice in one object. */
  | Explained<'DuplicateKey'>
  /** Nested deeper than anything that is meant. */
  | Explained<'TooDeep'>
  | Explained<'UnknownKey'>
  | Explained<'MissingKey'>
  /** A value of the wrong type, out of its range, or a word that is not among those known. */
  | Explained<'BadValue'>
  /** Written by a later version. */
  | Explained<'UnknownVersion'>
  /** A user's function cannot be written down. */
  | Explained<'OpaqueFunction'>
  /** A file that ends before what it announces, or a header too large to be one. */
  | Explained<'BadLength'>
  /** A header that is not UTF-8 or does not start as one. */
  | Explained<'BadHeader'>
  /** A tensor's bytes are not as many as its shape and type need. */
  | Explained<'SizeMismatch'>
  /** Tensors that reach over each other, past the end, or backwards. */
  | Explained<'BadOffsets'>
  /** Bytes that belong to no tensor. */
  | Explained<'UnusedBytes'>
  /** A pickle that does not hold together: an unknown instruction, or one without what it works on. */
  | Explained<'BadPickle'>
  /** A pickle that wants to make something other than tensors and what holds them. */
  | Explained<'RefusedPickle'>
  /** A file of another kind: a web page, an archive, another framework's model. */
  | Explained<'NotWeights'>
  /** A zip whose parts are compressed, damaged, or named twice. */
  | Explained<'BadZip'>

/**
 * All mistakes of one file, at least one.
 *
 * @category model
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
