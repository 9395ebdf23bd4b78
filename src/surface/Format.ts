/**
 * Conversion of values to and from JSON, and of weights and ONNX models to and from bytes.
 *
 * @since 0.1.0
 */
// JSON of values
export { type ChildJson, classWeightsSchema, type DataJson, dataSchema, decodeClassWeights } from '../format/index.js'
export { dataCheckSchema, type DataCheckJson, decodeDataCheck, encodeDataCheck } from '../format/index.js'
export { decodeData, decodeLayer, decodeLoss } from '../format/index.js'
export { decodeMetric, decodeModel, decodeOptimiser, decodeRecipe, decodeResolvedModel } from '../format/index.js'
export { defaultTraining, encodeData, encodeLayer, encodeLoss, encodeMetric, encodeModel } from '../format/index.js'
export { encodeOptimiser, encodeRecipe, encodeResolvedModel, type ExportedLoss } from '../format/index.js'
export { type LayerJson, layerSchema, type LossJson, lossSchema, type MetricJson } from '../format/index.js'
export { metricSchema, modelCodec, type ModelJson, modelOf, modelSchema, type OptimiserJson } from '../format/index.js'
export { optimiserSchema, type Preprocessing, type RecipeJson, recipeSchema, resolvedModel } from '../format/index.js'
export { type ResolvedModel, type ResolvedModelJson, resolvedModelSchema, type Training } from '../format/index.js'

// schemas
export { type Codec, type DecodeErrors, type DecodeMessage, type Decoder, decoderGrammar } from '../format/index.js'
export { decodeWith, explainDecodeErrors, type Grammar, type Grammar1, interpretSchema } from '../format/index.js'
export { makeSchema, parseJson, type Schema, type SchemaType, type ValueMistake } from '../format/index.js'

// bytes
export { type Dtype, dtypes, fitsInside, type OnnxAttribute, type OnnxGraph, type OnnxModel } from '../format/index.js'
export {
  type OnnxNode,
  type OnnxTensor,
  type OnnxType,
  onnxTypes,
  type OnnxValueInfo,
  onnxWeights
} from '../format/index.js'
export { readSafetensors, readStateDicts, readTensors, readTorch, type Safetensors } from '../format/index.js'
export type { StoredStateDict, StoredStateDicts, StoredTensor, TensorArray } from '../format/index.js'
export { toFloat32, writeOnnx, writeOnnxBeside, writeSafetensors } from '../format/index.js'
