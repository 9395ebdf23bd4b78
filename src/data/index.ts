/**
 * What a model is trained on, as descriptions and arithmetic: sources, labels, holdouts, sizes, statistics, the order
 * of batches. This room has classes, pixels and seeds; it must not depend on files, decoders, tensors or the training
 * loop.
 *
 * @since 0.1.0
 */
export { arrange, type Arrangement, type Labelled } from './Arrangement.js'
export { type ClassWeights, classWeightsOf, countsPerClass, showClassWeights } from './ClassWeights.js'
export { batchCount, batchOrder, trainOrder, validOrder, type Batches, type Batching } from './batches.js'
export type { ClassFrom } from './ClassFrom.js'
export { codesIn, coloursIn } from './codes.js'
export { readCsv } from './csv.js'
export { dataError, dataWarning, someOf, type DataError, type DataWarning } from './DataError.js'
export { eqBatchView, foldBatchView, kindOfView, showBatchView, viewedBy, type BatchView } from './BatchView.js'
export { type BatchSamples, type BatchSetting, type BatchViewKind } from './BatchViewKind.js'
export { bilinearPixels } from './bilinear.js'
export { boxOf, cut as cutBatch, cutmix, type CutMix } from './cutmix.js'
export { type ErasedWith, randomErasing, type RandomErasing } from './randomErasing.js'
export { drawMix, mixed, mixup, type Mix, type MixUp } from './mixup.js'
export { checkSpec } from './checkSpec.js'
export { drawnMask } from './drawnMask.js'
export { brushRuns, cocoRuns } from './runLengths.js'
export {
  wholeFiles,
  type DrawnMask,
  type ImagePlace,
  type PlaceOf,
  type Polygon,
  type Region,
  type RunLengths
} from './ImagePlace.js'
export { fromMetadata, metadataIn } from './sources/fromMetadata.js'
export { fromCoco, fromLabelStudio, type AnnotationOptions } from './sources/fromAnnotations.js'
export { fromShards, shardFormat, type ShardOptions } from './sources/fromShards.js'
export { fromNameFunc } from './sources/fromNameFunc.js'
export { fromNameRe } from './sources/fromNameRe.js'
export { fromLists, fromRows, type RowsOptions } from './sources/fromRows.js'
export { dataLayout, kindOfSource } from './sources/sourceKinds.js'
export {
  type Arranged,
  type DataLayout,
  type ImageIndex,
  type Place,
  type Shard,
  type SourceKind
} from './sources/SourceKind.js'
export {
  archive,
  defaultData,
  digits,
  eqDataSpec,
  eqNormalise,
  foldNormalise,
  imageFolder,
  imageImages,
  imageMasks,
  resizeOf,
  showDataSpec,
  showNormalise,
  type DataSpec,
  type Normalise,
  type Resize,
  type Size,
  type Verify
} from './DataSpec.js'
export { decodingOf, defaultDecoding, type Decoding } from './Decoding.js'
export {
  normalise,
  normaliseForWeights,
  normaliseFromBatch,
  strictly,
  withBatchSize,
  withCacheBytes,
  withColour,
  withDataSeed,
  withDropLast,
  withExact,
  withOrientation,
  withoutNormalisation,
  withRange,
  withResize,
  withSampling,
  withShuffle,
  withSize,
  withTransforms,
  withValidBatchSize,
  withVerify
} from './words.js'
export {
  eqHoldout,
  foldHoldout,
  holdoutAuto,
  holdoutByColumn,
  holdoutByFile,
  holdoutByFold,
  holdoutByFolder,
  holdoutByFunction,
  holdoutByGroup,
  holdoutByList,
  holdoutByPct,
  holdoutStratified,
  type FoldOptions,
  type HeldFold,
  separateBy,
  separateRandomly,
  showHoldout,
  type Holdout,
  type Separation
} from './Holdout.js'
export type { Grouping } from './Grouping.js'
export { kFold } from './kFold.js'
export { balancedSampling, drawnItems, type Draws, eachOnce, repeatsIn, type Sampling } from './Sampling.js'
export { foldsOf, separateGroups, separateStratified } from './separation.js'
export { holdoutOf } from './sources/holdoutOf.js'
export {
  arrangeImages,
  targetsBy,
  targetsByPattern,
  targetsIn,
  type ImageImages,
  type ImageImagesOptions
} from './ImageImages.js'
export {
  imageCsv,
  type Column,
  type CsvOptions,
  type ImageCsv,
  type LabelKind,
  type TableChoices,
  type TableOptions
} from './ImageTable.js'
export type { DataRow, RowValue } from './DataRow.js'
export {
  inferClasses,
  labelFromFolder,
  labelFromRegex,
  multiTargetsOf,
  ordCodePoint,
  targetsOf,
  type Targets
} from './Labelling.js'
export { isImageName, type Link, type Listing } from './Listing.js'
export { setNamed, setOfPath, type SetName } from './SetName.js'
export { settle, type DataItem, type Settled, type Target } from './settle.js'
export { settleTable } from './settleTable.js'
export { greyed, nearestPixels } from './maskPixels.js'
export { arrangeMasks, masksBy, masksByPattern, masksIn, maskOf, type ImageMasks, type MaskOptions } from './Masks.js'
export { colourOf, type MaskMap } from './maskMap.js'
export {
  classified,
  legendOf,
  maskTargets,
  unknownValues,
  type Classified,
  type Legend,
  type MaskSamples
} from './maskValues.js'
export { upright, uprightSides } from './orientation.js'
export { paddingModes, type PaddingMode } from './PaddingMode.js'
export type { PairNaming } from './PairNaming.js'
export type { Pixels } from './Pixels.js'
export { cropPad, nearestMultiple, reflect, roundHalfEven, scaledSides, sidesOf } from './resizing.js'
export { maxStretch, scalingOf, stretchOf } from './scaling.js'
export { drawDigit, strokeSide } from './strokes.js'
export {
  eqSource,
  folderLayout,
  foldSource,
  showSource,
  type Archive,
  type Digits,
  type FolderLayout,
  type FolderOptions,
  type FromAnnotations,
  type FromMetadata,
  type FromNameFunc,
  type FromNameRe,
  type FromRows,
  type FromShards,
  type ImageFolder,
  type Source
} from './Source.js'
export {
  cifarStats,
  denormaliseValues,
  imagenetStats,
  mnistStats,
  normaliseInto,
  normaliseValues,
  statsOf,
  statsPerChannel,
  type Stats
} from './Stats.js'
export { arrangeTable, tableOf, type Table } from './tableRows.js'
export {
  classesOf,
  classification,
  eqTask,
  foldTask,
  imageRegression,
  multiLabel,
  outputsOf,
  regression,
  segmentation,
  showTask,
  type Classification,
  type ImageRegression,
  type MultiLabel,
  type Regression,
  type Segmentation,
  type Task
} from './Task.js'
export * as Transform from './Transform.js'
export {
  fieldsOf,
  isPadded,
  movesPixels,
  type TransformField,
  type TransformKind,
  transformKinds,
  transformOf,
  valueOf
} from './transformKinds.js'
export { getTransforms, type GetTransformsOptions } from './getTransforms.js'
export { ttaViews } from './ttaViews.js'
export { checksums, URLs, type Checksum } from './URLs.js'
export { webAssembly } from './webAssembly.js'
