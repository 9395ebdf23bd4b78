/**
 * Values to JSON and back, values to bytes and back. It knows keys, offsets and versions, and refuses to know files on
 * a disk, tensors that compute, and which architectures exist: a catalogue is an argument.
 *
 * @since 0.1.0
 */
export type { Codec } from './Codec.js'
export { type DataJson, dataSchema, decodeData, encodeData } from './Data.js'
export { type Decoder, decoderGrammar, decodeWith } from './Decoder.js'
export { type Dtype, dtypes, type TensorArray, toFloat32 } from './dtype.js'
export { explain as explainDecodeErrors, type Said as DecodeMessage, type Tree as DecodeErrors } from './explain.js'
export type { FormatError, FormatErrors } from './FormatError.js'
export {
  type Grammar,
  type Grammar1,
  interpretSchema,
  makeSchema,
  type Schema,
  type TypeOf as SchemaType
} from './Grammar.js'
export { parseJson } from './json.js'
export { type ChildJson, decodeLayer, encodeLayer, type LayerJson, layerSchema } from './Layer.js'
export { decodeLoss, encodeLoss, type LossJson, lossSchema } from './Loss.js'
export { decodeMetric, encodeMetric, type MetricJson, metricSchema } from './Metric.js'
export { decodeModel, encodeModel, modelCodec, type ModelJson, modelSchema } from './Model.js'
export * from './onnx.js'
export { decodeOptimiser, encodeOptimiser, type OptimiserJson, optimiserSchema } from './Optimiser.js'
export { decodeRecipe, encodeRecipe, type RecipeJson, recipeSchema } from './Recipe.js'
export {
  decodeResolvedModel,
  encodeResolvedModel,
  modelOf,
  type Preprocessing,
  type ResolvedModel,
  resolvedModel,
  type ResolvedModelJson,
  resolvedModelSchema
} from './ResolvedModel.js'
export { readSafetensors, type Safetensors, writeSafetensors } from './safetensors.js'
export type { StoredTensor } from './StoredTensor.js'
export { defaultTraining, type ExportedLoss, type Training } from './Training.js'
export { readStateDicts, readTensors, readTorch, type StoredStateDict, type StoredStateDicts } from './torch/index.js'
