/**
 * Errors and warnings about data and its description.
 *
 * @since 0.1.0
 */
import { explained, type Explained } from '../Explained.js'

/**
 * An error that prevents data from being opened or read. `path` is a file, a folder or a field of the description.
 *
 * @category errors
 * @since 0.1.0
 */
export type DataError =
  | Explained<'BadSpec'>
  | Explained<'MissingFolder'>
  | Explained<'NoImages'>
  | Explained<'OneClass'>
  | Explained<'EmptyClass'>
  | Explained<'UnreadableImage'>
  | Explained<'BadMask'>
  | Explained<'MixedSizes'>
  | Explained<'TooFewItems'>
  | Explained<'NoSuchItem'>
  | Explained<'UnknownLabel'>
  | Explained<'NoMatch'>
  | Explained<'FlatChannel'>
  | Explained<'BadTable'>
  | Explained<'AmbiguousFolders'>
  | Explained<'Contradiction'>

/**
 * A remark about data that was opened: which folders were used, what was left out.
 *
 * @category errors
 * @since 0.1.0
 */
export type DataWarning =
  | Explained<'FoldersUsed'>
  | Explained<'HoldoutDrawn'>
  | Explained<'DroppedLabels'>
  | Explained<'SkippedFiles'>
  | Explained<'NotImages'>
  | Explained<'GeneratedData'>
  | Explained<'SimilarNames'>
  | Explained<'RepeatedImages'>
  | Explained<'TableGuessed'>
  | Explained<'Oriented'>
  | Explained<'SampleRange'>
  | Explained<'Slivers'>
  | Explained<'ScaledMasks'>
  | Explained<'LossyMasks'>
  | Explained<'OneClassMasks'>
  | Explained<'PointsOutside'>

export const badSpec = explained('BadSpec')
export const missingFolder = explained('MissingFolder')
export const noImages = explained('NoImages')
export const oneClass = explained('OneClass')
export const emptyClass = explained('EmptyClass')
export const unreadableImage = explained('UnreadableImage')
export const badMask = explained('BadMask')
export const mixedSizes = explained('MixedSizes')
export const tooFewItems = explained('TooFewItems')
export const noSuchItem = explained('NoSuchItem')
export const unknownLabel = explained('UnknownLabel')
export const noMatch = explained('NoMatch')
export const flatChannel = explained('FlatChannel')
export const badTable = explained('BadTable')
export const ambiguousFolders = explained('AmbiguousFolders')
export const contradiction = explained('Contradiction')

export const foldersUsed = explained('FoldersUsed')
export const holdoutDrawn = explained('HoldoutDrawn')
export const droppedLabels = explained('DroppedLabels')
export const skippedFiles = explained('SkippedFiles')
export const notImages = explained('NotImages')
export const generatedData = explained('GeneratedData')
export const similarNames = explained('SimilarNames')
export const repeatedImages = explained('RepeatedImages')
export const tableGuessed = explained('TableGuessed')
export const oriented = explained('Oriented')
export const sampleRange = explained('SampleRange')
export const slivers = explained('Slivers')
export const scaledMasks = explained('ScaledMasks')
export const lossyMasks = explained('LossyMasks')
export const oneClassMasks = explained('OneClassMasks')
export const pointsOutside = explained('PointsOutside')

/**
 * The constructors of `DataError`: path, expected, found, hint.
 *
 * @example
 * import { dataError } from './index.js'
 *
 * assert.strictEqual(dataError.noImages('photos', 'images', 'none', 'check the path')._tag, 'NoImages')
 *
 * @since 0.1.0
 */
export const dataError = {
  badSpec,
  missingFolder,
  noImages,
  oneClass,
  emptyClass,
  unreadableImage,
  badMask,
  mixedSizes,
  tooFewItems,
  noSuchItem,
  unknownLabel,
  noMatch,
  flatChannel,
  badTable,
  ambiguousFolders,
  contradiction
} as const

/**
 * The constructors of `DataWarning`: path, expected, found, hint.
 *
 * @example
 * import { dataWarning } from './index.js'
 *
 * assert.strictEqual(dataWarning.skippedFiles('photos', 'images', 'a table', 'remove it')._tag, 'SkippedFiles')
 *
 * @since 0.1.0
 */
export const dataWarning = {
  foldersUsed,
  holdoutDrawn,
  droppedLabels,
  skippedFiles,
  notImages,
  generatedData,
  similarNames,
  repeatedImages,
  tableGuessed,
  oriented,
  sampleRange,
  slivers,
  scaledMasks,
  lossyMasks,
  oneClassMasks,
  pointsOutside
} as const

/**
 * Lists names for a message: the first `most` (5), then the number of the others.
 *
 * @example
 * import { someOf } from './index.js'
 *
 * assert.strictEqual(someOf(['a', 'b', 'c'], 2), 'a, b and 1 more')
 *
 * @since 0.1.0
 */
export const someOf = (names: ReadonlyArray<string>, most = 5): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`
