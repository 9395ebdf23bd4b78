/**
 * Conversion of values to JSON and to bytes, and back. This room knows keys, offsets and versions; it must not depend
 * on the file system, on tensors, or on the list of architectures, which is passed as an argument.
 *
 * @since 0.1.0
 */
export type { Codec } from './grammar/Codec.js'
export { classWeightsSchema, decodeClassWeights } from './values/ClassWeights.js'
export { type DataJson, dataSchema, decodeData, encodeData } from './values/Data.js'
export { type Decoder, decoderGrammar, decodeWith } from './grammar/Decoder.js'
export { type Dtype, dtypes, type TensorArray, toFloat32 } from './bytes/dtype.js'
export {
  explain as explainDecodeErrors,
  type Said as DecodeMessage,
  type Tree as DecodeErrors
} from './grammar/explain.js'
export type { FormatError, FormatErrors } from './FormatError.js'
export {
  type Grammar,
  type Grammar1,
  interpretSchema,
  makeSchema,
  type Schema,
  type TypeOf as SchemaType,
  type ValueMistake
} from './grammar/Grammar.js'
export { parseJson } from './grammar/json.js'
export { type JsonSchema, jsonSchemaOf } from './grammar/JsonSchema.js'
export { type ChildJson, decodeLayer, encodeLayer, type LayerJson, layerSchema } from './values/Layer.js'
export { decodeLoss, encodeLoss, type LossJson, lossSchema } from './values/Loss.js'
export {
  decodeMetric,
  encodeMetric,
  type MetricJson,
  metricSchema,
  metricsWithOptions,
  metricWords
} from './values/Metric.js'
export { decodeModel, encodeModel, modelCodec, type ModelJson, modelSchema } from './values/Model.js'
export * from './bytes/onnx.js'
export { batchViewFrom, batchViewSchema, batchViewTo } from './values/BatchView.js'
export { decodeOptimiser, encodeOptimiser, type OptimiserJson, optimiserSchema } from './values/Optimiser.js'
export { dataCheckSchema, type DataCheckJson, decodeDataCheck, encodeDataCheck } from './values/DataCheck.js'
export { decodeRecipe, encodeRecipe, type RecipeJson, recipeSchema } from './values/Recipe.js'
export {
  decodeResolvedModel,
  encodeResolvedModel,
  type ResolvedModelJson,
  resolvedModelSchema
} from './values/resolvedModelJson.js'
export { modelOf, type Preprocessing, type ResolvedModel, resolvedModel } from './values/ResolvedModel.js'
export {
  tensorboardHistogram,
  tensorboardRecord,
  type TensorboardContent,
  type TensorboardValue
} from './bytes/tensorboard.js'
export { readSafetensors, type Safetensors, writeSafetensors } from './bytes/safetensors.js'
export type { StoredTensor } from './bytes/StoredTensor.js'
export { defaultTraining, type ExportedLoss, type Training } from './values/Training.js'
export {
  readStateDicts,
  readTensors,
  readTorch,
  type StoredStateDict,
  type StoredStateDicts
} from './bytes/torch/index.js'
