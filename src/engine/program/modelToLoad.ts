/**
 * A plan as an ONNX model for engines that load them: the result of `toOnnx` with inputs and outputs in NHWC, as in
 * graft's batches.
 */
import * as E from 'fp-ts/lib/Either.js'
import { toOnnx } from '../../emit/index.js'
import type { OnnxModel, OnnxNode } from '../../format/bytes/onnx.js'
import { ints, node } from '../../format/bytes/onnxGraph.js'
import type { Shape } from '../../model/index.js'
import type { Plan } from '../../plan/index.js'
import type { StateDict } from './StateDict.js'

/** `[c, h, w]` → `[h, w, c]`; other shapes are unchanged. */
export const channelsLast = (shape: Shape): ReadonlyArray<number> =>
  shape.length === 3 ? [shape[1]!, shape[2]!, shape[0]!] : shape

const IMAGES = 'images'
const ROWS = 'rows'

const turned = (from: string, to: string, perm: ReadonlyArray<number>): OnnxNode =>
  node('Transpose', [from], [to], { perm: ints(perm) })

const withChannelsLast = (model: OnnxModel, plan: Plan): OnnxModel => {
  const [input, output] = [model.inputs[0]!, model.outputs[0]!]
  const isMaps = plan.output.length === 3
  return {
    ...model,
    nodes: [
      turned(IMAGES, input.name, [0, 3, 1, 2]),
      ...model.nodes,
      ...(isMaps ? [turned(output.name, ROWS, [0, 2, 3, 1])] : [])
    ],
    inputs: [{ ...input, name: IMAGES, shape: ['batch', ...channelsLast(plan.input)] }],
    outputs: isMaps ? [{ ...output, name: ROWS, shape: ['batch', ...channelsLast(plan.output)] }] : [output]
  }
}

/** Undefined if the state dict is not the plan's. */
export const modelToLoad = (plan: Plan, state: StateDict): OnnxModel | undefined => {
  const model = toOnnx(plan, state)
  return E.isLeft(model) ? undefined : withChannelsLast(model.right, plan)
}
