/**
 * How a session's outputs come back. onnxruntime-node lets ONNX Runtime write into arrays that it is given, and then
 * copies each of them into a fresh one. Where an output of another kind stands first, it stops before it copies, with an
 * error of its own: the arrays are written by then. That is probed when the engine starts, and taken only when the
 * package behaves so to the letter; else outputs are taken as the copies that they are.
 */
import { onnxTypes, writeOnnx, type OnnxModel } from '../../../format/bytes/onnx.js'
import { constant, int, node } from '../../../format/bytes/onnxGraph.js'
import type { EngineFetching } from '../../Engine.js'
import type { Native, OrtSession, OrtTensors } from './native.js'

/** The first output's name, and that of the mark by which we know that the outputs were written. */
export const STOP = 'stop'
export const MARK = 'mark'

const STOPPED = 'Non tensor type is temporarily not supported.'

/** The model with the two outputs that `written` needs. */
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

/** Runs a session made of `withStop`: its outputs are in the arrays of `fetches` afterwards. */
export const runWritten = (native: Native, session: OrtSession, feeds: OrtTensors, fetches: OrtTensors): void => {
  const mark = new Int32Array(1)
  try {
    session.run(feeds, { [STOP]: null, ...fetches, [MARK]: native.tensor('int32', mark, [1]) }, {})
  } catch (cause) {
    if (messageOf(cause) !== STOPPED) throw cause
  }
  if (mark[0] !== 1) throw new Error('onnxruntime-node did not write the outputs where it was told to')
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

/** Finds out which way this installation goes. */
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
