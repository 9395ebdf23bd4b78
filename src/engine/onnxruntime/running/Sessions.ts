import { type OnnxModel, writeOnnx } from '../../../format/bytes/onnx.js'
import type { EngineFetching, EngineStats, LoadedModel } from '../../Engine.js'
import { elementsOf, type Buffers, type Elements } from './buffers.js'
import { emit } from '../recording/emit.js'
import { runWritten, withStop } from './fetching.js'
import type { CompilerSettings } from '../graph/Graph.js'
import { SHAPES, withHiddenShapes } from '../graph/hiddenShapes.js'
import type { Finished, Staged } from '../graph/staging.js'
import { loadedModel } from './loadedModel.js'
import type { Native, OrtSession, OrtTensors } from './native.js'
import { sizeOf } from '../graph/shapes.js'
import type { GraphType, Trace, Value } from '../recording/Trace.js'

/** The counters that compiled graphs contribute to. */
export type SessionStats = Omit<EngineStats, 'recorded' | 'fallbacks' | 'traceMs'>

/** The settings that a graph is compiled with. */
export interface Configuration extends CompilerSettings {
  readonly threads: number
}

export interface SessionOptions extends Configuration {
  /** Maximum number of compiled graphs to keep; each has its own working memory. */
  readonly sessions: number
}

/**
 * Feeds that are the same in every run, by their numbers in the trace. What depends only on them is computed in the
 * first run and kept here; what that is depends on the configuration.
 */
export interface Fixed {
  readonly feeds: ReadonlySet<number>
  prepared: { readonly by: Configuration; readonly arrays: ReadonlyArray<Elements> } | undefined
}

export const nothingFixed: Fixed = { feeds: new Set(), prepared: undefined }

/** Arrays that outputs are written to, by position. */
type Into = ReadonlyArray<Elements | undefined>

/** Computes traces: compiles each structure once, and keeps the most recently used. */
export interface Sessions {
  /** `feeds` are the trace's own, or others of the same types and shapes. `into` has arrays for some of the outputs. */
  readonly run: (trace: Trace, feeds: ReadonlyArray<Value>, fixed: Fixed, into?: Into) => ReadonlyArray<Elements>
  /** Loads a model from elsewhere, with one input and one output; the caller disposes of it. */
  readonly load: (model: OnnxModel) => LoadedModel
  readonly stats: () => SessionStats
  readonly release: () => void
  /** Configures graphs compiled from now on; those compiled with other settings are released. */
  readonly configure: (configuration: Configuration) => void
}

/** A session of one of our graphs, with its fixed feeds. */
interface Opened {
  readonly session: OrtSession
  readonly always: OrtTensors
}

interface Compiled {
  readonly staged: Staged
  readonly main: Opened
}

const dataOf = (value: Value): Elements => {
  const { source } = value
  if (source._tag !== 'Host') throw new Error('a feed is on the host by construction')
  // tfjs's own kernels sometimes leave plain arrays, or arrays of wider types
  return elementsOf(value.dtype, source.data as Elements)
}

const keyOf = ({ key }: Trace, { feeds }: Fixed): string => (feeds.size === 0 ? key : `${[...feeds].join()}\n${key}`)

export const sessions = (
  native: Native,
  fetching: EngineFetching,
  buffers: Buffers,
  options: SessionOptions
): Sessions => {
  // a Map keeps insertion order, so the first entry is the least recently used
  const cache = new Map<string, Compiled>()
  const { threads, exactConv, block } = options
  let configuration: Configuration = { threads, exactConv, block, foreign: false }
  const stats = { compiles: 0, hits: 0, runs: 0, evictions: 0, compileMs: 0, runMs: 0 }

  const evict = (key: string): void => {
    cache.get(key)?.main.session.dispose()
    cache.delete(key)
  }

  const release = (): void => {
    for (const key of [...cache.keys()]) evict(key)
  }

  const open = (finished: Finished): Opened => {
    const { model, shapes } = withHiddenShapes(finished.model)
    return {
      session: native.session(writeOnnx(fetching === 'written' ? withStop(model) : model), configuration.threads),
      always: shapes === undefined ? {} : { [SHAPES]: native.tensor('int64', shapes, [shapes.length]) }
    }
  }

  const compiledFor = (trace: Trace, fixed: Fixed): Compiled => {
    const key = keyOf(trace, fixed)
    const found = cache.get(key)
    if (found !== undefined) {
      stats.hits += 1
      cache.delete(key)
      cache.set(key, found)
      return found
    }
    const started = performance.now()
    const staged = emit(trace, fixed.feeds, configuration)
    const compiled = { staged, main: open(staged.main) }
    stats.compiles += 1
    stats.compileMs += performance.now() - started
    cache.set(key, compiled)
    for (const oldest of cache.keys()) {
      if (cache.size <= options.sessions) break
      evict(oldest)
      stats.evictions += 1
    }
    return compiled
  }

  const feedsOf = ({ inputs }: Finished, feeds: ReadonlyArray<Value>, prepared: ReadonlyArray<Elements>): OrtTensors =>
    Object.fromEntries(
      inputs.map(({ ref: { name, dtype, shape }, origin }) => {
        const data = origin._tag === 'Feed' ? dataOf(feeds[origin.index]!) : prepared[origin.index]!
        return [name, native.tensor(dtype, data, shape)]
      })
    )

  const computed = (
    { session, always }: Opened,
    { outputs }: Finished,
    given: OrtTensors,
    into: Into = []
  ): ReadonlyArray<Elements> => {
    const feeds = { ...given, ...always }
    const started = performance.now()
    stats.runs += 1
    try {
      if (fetching === 'copied') {
        const results = session.run(feeds, Object.fromEntries(outputs.map(({ name }) => [name, null])), {})
        return outputs.map(({ name }, i) => {
          into[i]?.set(results[name]!.data)
          return into[i] ?? results[name]!.data
        })
      }
      const arrays = outputs.map(({ dtype, shape }, i) => into[i] ?? buffers.take(dtype as GraphType, sizeOf(shape)))
      const fetches = outputs.map(({ name, dtype, shape }, i) => [name, native.tensor(dtype, arrays[i]!, shape)])
      runWritten(native, session, feeds, Object.fromEntries(fetches) as OrtTensors)
      return arrays
    } finally {
      stats.runMs += performance.now() - started
    }
  }

  const prepared = ({ staged: { prepare } }: Compiled, feeds: ReadonlyArray<Value>): ReadonlyArray<Elements> => {
    if (prepare === undefined) return []
    const opened = open(prepare)
    try {
      return computed(opened, prepare, feedsOf(prepare, feeds, []))
    } finally {
      opened.session.dispose()
    }
  }

  const load = (model: OnnxModel): LoadedModel => {
    const [input, output] = [model.inputs[0]!, model.outputs[0]!]
    const { threads: count } = configuration
    return loadedModel(model, configuration, {
      compile: (written) => {
        const started = performance.now()
        const session = native.session(writeOnnx(written), count, true)
        stats.compiles += 1
        stats.compileMs += performance.now() - started
        return session
      },
      run: (session, x, shape, again) => {
        const started = performance.now()
        stats.runs += 1
        stats.hits += again ? 1 : 0
        try {
          const feeds = { [input.name]: native.tensor('float32', x, shape) }
          return session.run(feeds, { [output.name]: null }, {})[output.name]!.data as Float32Array
        } finally {
          stats.runMs += performance.now() - started
        }
      }
    })
  }

  return {
    load,
    run: (trace, feeds, fixed, into) => {
      const compiled = compiledFor(trace, fixed)
      if (fixed.feeds.size > 0 && fixed.prepared?.by !== configuration)
        fixed.prepared = { by: configuration, arrays: prepared(compiled, feeds) }
      const { main } = compiled.staged
      return computed(compiled.main, main, feedsOf(main, feeds, fixed.prepared?.arrays ?? []), into)
    },
    stats: () => ({ ...stats, sessions: cache.size }),
    release,
    configure: (asked) => {
      if (JSON.stringify(asked) === JSON.stringify(configuration)) return
      configuration = asked
      release()
    }
  }
}
