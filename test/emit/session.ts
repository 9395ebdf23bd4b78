/** Exported models in ONNX Runtime, apart from graft's engine, and what an engine gives for the same plan. */
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { compileInference, type Engine, type StateDict } from '../../src/engine/index.js'
import type { Shape } from '../../src/model/index.js'
import type { Plan } from '../../src/plan/index.js'
import { numbers, sizeOf } from '../engine/engines.js'
import { right } from '../io/workplace.js'

/** Pixels last to channels first. */
const channelsFirst = (x: Float32Array, [c, h, w]: Shape): Float32Array => {
  const [size, plane] = [c! * h! * w!, h! * w!]
  return x.map((_, i) => {
    const [image, channel, pixel] = [Math.floor(i / size), Math.floor((i % size) / plane), i % plane]
    return x[image * size + pixel * c! + channel]!
  })
}

/** What a model, its bytes or its file gives for `n` images, pixels last as engines have them. */
export const runOnnx = async (
  model: Uint8Array | string,
  input: Shape,
  x: Float32Array,
  n: number
): Promise<{ readonly shape: ReadonlyArray<number>; readonly data: Float32Array }> => {
  // warnings about constants that it folds say nothing about the model
  const options = { logSeverityLevel: 3 } as const
  const session = await (typeof model === 'string'
    ? InferenceSession.create(model, options)
    : InferenceSession.create(model, options))
  const { output } = await session.run({ input: new Tensor('float32', channelsFirst(x, input), [n, ...input]) })
  await session.release()
  return { shape: output!.dims, data: output!.data as Float32Array }
}

/** Images of ordinary numbers. */
export const images = (input: Shape, n: number): Float32Array => numbers(7, n * sizeOf(input))

/** A state dict that is nothing special anywhere: running variances are positive. */
export const stateOf = (plan: Plan): StateDict =>
  new Map(
    [...plan.parameters, ...plan.buffers].map(({ path, shape }, i) => {
      const values = numbers(i + 1, sizeOf(shape))
      return [path, path.endsWith('running_var') ? values.map((v) => 0.5 + Math.abs(v)) : values]
    })
  )

/** Raw outputs by an engine of graft's, computed by tfjs's kernels: a model that it loads would be this very export. */
export const predicted = (engine: Engine, plan: Plan, state: StateDict, x: Float32Array, n: number): Float32Array => {
  const inference = right(compileInference({ ...engine, load: undefined })(plan, state))
  const outputs = right(inference.predict(x, n))
  inference.dispose()
  return outputs
}
