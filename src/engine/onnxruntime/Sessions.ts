import type { backend_util } from '@tensorflow/tfjs-core'
import { writeOnnx } from '../../format/onnx.js'
import { emit } from './emit.js'
import type { Native, OrtTensor } from './native.js'
import type { GraphType, Trace, Value } from './Trace.js'

/** Counts since the backend was made; times in milliseconds. */
export interface SessionStats {
  readonly compiles: number
  readonly hits: number
  readonly runs: number
  readonly evictions: number
  /** Sessions alive now. */
  readonly sessions: number
  readonly compileMs: number
  readonly runMs: number
}

export interface SessionOptions {
  readonly threads: number
  /** How many compiled graphs are kept. Each holds its own working memory. */
  readonly sessions: number
}

/** Computes traces: compiled once per structure, kept while they are among the last used. */
export interface Sessions {
  readonly run: (trace: Trace) => ReadonlyArray<backend_util.BackendValues>
  readonly stats: () => SessionStats
  readonly release: () => void
  readonly useThreads: (threads: number) => void
}

interface Compiled {
  readonly session: ReturnType<Native['session']>
  readonly feeds: ReadonlyArray<string>
  readonly outputs: ReadonlyArray<string>
  readonly fetches: Readonly<Record<string, null>>
}

const arrays = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array
} as const satisfies Record<GraphType, unknown>

// tfjs's own kernels sometimes leave plain or wider arrays behind
const dataOf = (value: Value): OrtTensor['data'] => {
  const { source } = value
  if (source._tag !== 'Host') throw new Error('a feed is on the host by construction')
  const data = source.data as OrtTensor['data']
  return data instanceof arrays[value.dtype] ? data : arrays[value.dtype].from(data)
}

export const sessions = (native: Native, options: SessionOptions): Sessions => {
  // a Map keeps insertion order: the first entry is the one used longest ago
  const cache = new Map<string, Compiled>()
  let threads = options.threads
  const stats = { compiles: 0, hits: 0, runs: 0, evictions: 0, compileMs: 0, runMs: 0 }

  const evict = (key: string): void => {
    cache.get(key)?.session.dispose()
    cache.delete(key)
  }

  const release = (): void => {
    for (const key of [...cache.keys()]) evict(key)
  }

  const compile = (trace: Trace): Compiled => {
    const started = performance.now()
    const { model, feeds, outputs } = emit(trace)
    const session = native.session(writeOnnx(model), threads)
    stats.compiles += 1
    stats.compileMs += performance.now() - started
    return { session, feeds, outputs, fetches: Object.fromEntries(outputs.map((name) => [name, null])) }
  }

  const compiledFor = (trace: Trace): Compiled => {
    const found = cache.get(trace.key)
    if (found !== undefined) {
      stats.hits += 1
      cache.delete(trace.key)
      cache.set(trace.key, found)
      return found
    }
    const compiled = compile(trace)
    cache.set(trace.key, compiled)
    for (const oldest of cache.keys()) {
      if (cache.size <= options.sessions) break
      evict(oldest)
      stats.evictions += 1
    }
    return compiled
  }

  return {
    run: (trace) => {
      const { session, feeds, outputs, fetches } = compiledFor(trace)
      const started = performance.now()
      const inputs: Record<string, OrtTensor> = {}
      trace.feeds.forEach((value, i) => {
        inputs[feeds[i]!] = native.tensor(value.dtype, dataOf(value), value.shape)
      })
      const results = session.run(inputs, fetches, {})
      stats.runs += 1
      stats.runMs += performance.now() - started
      return outputs.map((name) => results[name]!.data)
    },
    stats: () => ({ ...stats, sessions: cache.size }),
    release,
    useThreads: (asked) => {
      if (asked === threads) return
      threads = asked
      release()
    }
  }
}
