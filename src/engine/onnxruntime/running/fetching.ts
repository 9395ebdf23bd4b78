/**
 * How a session's outputs are returned. onnxruntime-node lets ONNX Runtime write to given arrays, and then copies each
 * of them to a new one. If an output of an unsupported kind comes first, it fails with a known error before it copies,
 * when the arrays have been written already. Whether the installed package behaves exactly like this is tested when the
 * engine starts; otherwise the copies are used.
 */
import { onnxTypes, writeOnnx, type OnnxModel } from '../../../format/bytes/onnx.js'
import { constant, int, node } from '../../../format/bytes/onnxGraph.js'
import type { EngineFetching } from '../../Engine.js'
import type { Native, OrtSession, OrtTensors } from './native.js'

/** The names of the first output, and of the mark that shows that the outputs were written. */
export const STOP = 'stop'
export const MARK = 'mark'

const STOPPED = 'Non tensor type is temporarily not supported.'

/** The model with the two additional outputs that `written` needs. */
export const withStop = (model: OnnxModel): OnnxModel => ({
  ...model,
  nodes: [
    node('SequenceEmpty', [], [STOP], { dtype: int(onnxTypes.float32) }),
    ...model.nodes,
    node('Identity', ['written'], [MARK])
  ],
  initializers: [...model.initializers, constant('written', [1], Int32Array.of(1))],
  outputs: [
    { name: STOP, type: 'float32', shape: [], sequence: true },
    ...model.outputs,
    { name: MARK, type: 'int32', shape: [1] }
  ]
})

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** Runs a session of `withStop`; afterwards its outputs are in the arrays of `fetches`. */
export const runWritten = (native: Native, session: OrtSession, feeds: OrtTensors, fetches: OrtTensors): void => {
  const mark = new Int32Array(1)
  try {
    session.run(feeds, { [STOP]: null, ...fetches, [MARK]: native.tensor('int32', mark, [1]) }, {})
  } catch (cause) {
    if (messageOf(cause) !== STOPPED) throw cause
  }
  if (mark[0] !== 1) throw new Error('onnxruntime-node did not write the outputs to the given arrays')
}

const doubled: OnnxModel = {
  name: 'probe',
  producer: 'graft',
  opsets: { '': 17 },
  nodes: [node('Add', ['x', 'x'], ['y'])],
  initializers: [],
  inputs: [{ name: 'x', type: 'float32', shape: [1] }],
  outputs: [{ name: 'y', type: 'float32', shape: [1] }],
  metadata: {}
}

/** Determines how this installation returns outputs. */
export const probeFetching = (native: Native): EngineFetching => {
  const session = native.session(writeOnnx(withStop(doubled)), 1)
  const y = new Float32Array(1)
  try {
    const x = native.tensor('float32', Float32Array.of(2), [1])
    runWritten(native, session, { x }, { y: native.tensor('float32', y, [1]) })
    return y[0] === 4 ? 'written' : 'copied'
  } catch {
    return 'copied'
  } finally {
    session.dispose()
  }
}
