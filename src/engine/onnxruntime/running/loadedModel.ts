import type { OnnxModel } from '../../../format/bytes/onnx.js'
import type { LoadedModel } from '../../Engine.js'
import { manyImages, withSmallMaps } from '../conv/index.js'
import type { CompilerSettings } from '../graph/Graph.js'
import type { OrtSession } from './native.js'

/** Runs a model in standard operators. */
export interface Runner {
  readonly compile: (model: OnnxModel) => OrtSession
  /** `again`: in a session that has run before. */
  readonly run: (session: OrtSession, x: Float32Array, shape: ReadonlyArray<number>, again: boolean) => Float32Array
}

/**
 * A model that is compiled when it first runs, and a second time for batches of many images, with Winograd for its
 * convolutions over small feature maps. Which of the two computes a batch depends only on its size, so that equal
 * batches give equal results.
 */
export const loadedModel = (model: OnnxModel, settings: CompilerSettings, { compile, run }: Runner): LoadedModel => {
  const forMany = settings.exactConv ? model : withSmallMaps(model, settings)
  const sessions = new Map<OnnxModel, OrtSession>()
  let disposed = false
  const compiled = (one: OnnxModel): OrtSession => {
    if (disposed) throw new Error('the network has been disposed')
    const session = compile(one)
    sessions.set(one, session)
    return session
  }
  return {
    run: (x, shape) => {
      const one = shape[0]! >= manyImages ? forMany : model
      const found = sessions.get(one)
      return run(found ?? compiled(one), x, shape, found !== undefined)
    },
    dispose: () => {
      disposed = true
      sessions.forEach((session) => session.dispose())
      sessions.clear()
    }
  }
}
