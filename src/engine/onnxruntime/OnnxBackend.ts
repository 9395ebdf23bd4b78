import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu'
import type { backend_util, DataType, TensorInfo } from '@tensorflow/tfjs-core'
import { buffers, type Elements } from './buffers.js'
import { type Kernel } from './Kernel.js'
import { sizeOf } from './shapes.js'
import { probeFetching, type Fetching } from './fetching.js'
import type { Native } from './native.js'
import {
  nothingFixed,
  sessions,
  type Fixed,
  type SessionOptions,
  type Sessions,
  type SessionStats
} from './Sessions.js'
import {
  hostValue,
  labelOf,
  record,
  traceOf,
  type GraphType,
  type Signature,
  type TraceInput,
  type Value
} from './Trace.js'

export interface OnnxBackendOptions extends SessionOptions {
  /** A recording longer than this is computed even though nobody has read a tensor. */
  readonly longestTrace: number
}

export interface OnnxBackendStats extends SessionStats {
  /** Kernels recorded since the start. */
  readonly recorded: number
  /** Calls that the cpu kernels computed, by kernel. */
  readonly fallbacks: Readonly<Record<string, number>>
  /** Milliseconds spent on finding out what to compute. */
  readonly traceMs: number
}

/** Bytes of arrays kept to be written again. */
const MOST_FREE = 1 << 29

/** A recorded computation, to be run with other tensors of the same types and shapes. */
export type Replay = (inputs: ReadonlyArray<TensorInfo>) => ReadonlyArray<TensorInfo>

/** The contents of a data id, in the form the cpu kernels read: asking for `values` computes them. */
interface Stored {
  readonly value: Value | undefined
  readonly values: backend_util.BackendValues | undefined
  readonly dtype: DataType
  refCount: number
}

const isGraphType = (dtype: DataType): dtype is GraphType =>
  dtype === 'float32' || dtype === 'int32' || dtype === 'bool'

type Known = ReadonlyArray<Value | undefined>

/** A call's inputs as tfjs passes them: named, or a list; an absent optional one is null. */
type Inputs = Readonly<Record<string, TensorInfo | null | undefined>>

/**
 * A tfjs backend whose kernels are recorded, not run: reading a tensor computes everything that is alive as one ONNX
 * graph. It extends the cpu backend, so that whatever has no ONNX form is computed by the cpu package's own kernels.
 */
export class OnnxBackend extends MathBackendCPU {
  private readonly pending = new Set<Value>()
  private readonly fallbacks: Record<string, number> = {}
  private readonly buffers = buffers(MOST_FREE)
  private readonly retired: Array<Value> = []
  private readonly compiled: Sessions
  /** How results come back from onnxruntime-node. */
  readonly fetching: Fetching
  private recorded = 0
  private sinceFlush = 0
  /** How often anyone has looked at elements, or had them computed. */
  private looks = 0
  private traceMs = 0

  constructor(
    native: Native,
    private readonly options: OnnxBackendOptions
  ) {
    super()
    this.fetching = probeFetching(native)
    this.compiled = sessions(native, this.fetching, this.buffers, options)
  }

  override write(values: backend_util.BackendValues, shape: Array<number>, dtype: DataType): object {
    const dataId = {}
    this.move(dataId, values, shape, dtype, 1)
    return dataId
  }

  override move(
    dataId: object,
    values: backend_util.BackendValues,
    shape: Array<number>,
    dtype: DataType,
    refCount: number
  ): void {
    // makeTensorInfo without values declares a complex tensor, whose parts are set afterwards
    const value =
      isGraphType(dtype) && values !== undefined ? hostValue({ shape: [...shape], dtype }, values) : undefined
    this.store(dataId, value === undefined ? { value, values, dtype, refCount } : this.storedOf(value, refCount))
  }

  override readSync(dataId: object): backend_util.BackendValues {
    this.settle(dataId)
    return super.readSync(dataId)
  }

  override disposeData(dataId: object, force = false): boolean {
    const value = this.data.has(dataId) ? this.stored(dataId).value : undefined
    const gone = super.disposeData(dataId, force)
    if (gone && value !== undefined) this.retire(value)
    return gone
  }

  override memory() {
    // sessions keep working memory that nobody outside ONNX Runtime can count
    return { unreliable: true, reasons: ['the working memory of compiled graphs is not counted'] }
  }

  override dispose(): void {
    this.releaseGraphs()
  }

  /** Gives back the compiled graphs; they are compiled again when they are needed. */
  releaseGraphs(): void {
    this.compiled.release()
    this.buffers.clear()
  }

  /** For the graphs compiled from now on; those of another number are given back. */
  useThreads(threads: number): void {
    this.compiled.useThreads(threads)
  }

  /** Records a call; undefined when it has no ONNX form. */
  record(name: string, kernel: Kernel, inputs: Inputs, attributes: object): TensorInfo | Array<TensorInfo> | undefined {
    const traced = this.traced(inputs)
    if (traced === undefined) return undefined
    const signatures: Record<string, Signature> = {}
    for (const { name: key, value, shape } of traced) signatures[key] = { shape, dtype: value.dtype }
    const form = kernel(signatures, attributes as Readonly<Record<string, unknown>>)
    if (form === undefined || form.outputs.some((o) => sizeOf(o.shape) === 0)) return undefined
    this.recorded += 1
    if (++this.sinceFlush > this.options.longestTrace) this.flush()
    const node = record(labelOf(name, attributes), traced, form.outputs, form.emit)
    const outputs = node.outputs.map((value) => this.adopt(value))
    return outputs.length === 1 && form.list !== true ? outputs[0]! : outputs
  }

  countFallback(name: string): void {
    this.fallbacks[name] = (this.fallbacks[name] ?? 0) + 1
  }

  stats(): OnnxBackendStats {
    return {
      ...this.compiled.stats(),
      recorded: this.recorded,
      fallbacks: { ...this.fallbacks },
      traceMs: this.traceMs
    }
  }

  /**
   * Begins to keep a computation. Called with its results, none of them computed yet, the answer is how they come from
   * `inputs`. `fixed` are tensors that are the same in every run: what depends on them alone is computed once; whatever
   * else was used counts as constant. Undefined when anything was read or computed meanwhile, which the recording does
   * not show.
   */
  capture(): (
    inputs: ReadonlyArray<TensorInfo>,
    outputs: ReadonlyArray<TensorInfo>,
    fixed: ReadonlyArray<TensorInfo>
  ) => Replay | undefined {
    const { looks } = this
    return (inputs, outputs, fixed) => (this.looks === looks ? this.replayOf(inputs, outputs, fixed) : undefined)
  }

  private replayOf(
    inputs: ReadonlyArray<TensorInfo>,
    outputs: ReadonlyArray<TensorInfo>,
    fixed: ReadonlyArray<TensorInfo>
  ): Replay | undefined {
    const valuesOf = (infos: ReadonlyArray<TensorInfo>) => infos.map(({ dataId }) => this.stored(dataId).value)
    const [given, wanted, same]: readonly [Known, Known, Known] = [valuesOf(inputs), valuesOf(outputs), valuesOf(fixed)]
    if (!wanted.every((value): value is Value => value?.source._tag === 'Pending')) return undefined
    const trace = traceOf(wanted)
    const positions = new Map(given.map((value, position) => [value, position]))
    const places = trace.feeds.map((feed) => positions.get(feed))
    const numbers = trace.feeds.flatMap((feed, i) => (same.includes(feed) ? [i] : []))
    const unchanged: Fixed = { feeds: new Set(numbers), prepared: undefined }
    // a tensor may be its value in another shape
    const shapes = outputs.map(({ shape }) => [...shape])
    // they outlive their tensors
    for (const feed of trace.feeds) if (!positions.has(feed)) this.settledValues(feed)
    return (tensors) => {
      const values = valuesOf(tensors) as ReadonlyArray<Value>
      const feeds = trace.feeds.map((feed, i) => (places[i] === undefined ? feed : values[places[i]]!))
      const results = this.compiled.run(trace, feeds, unchanged)
      return trace.outputs.map(({ dtype }, i) =>
        this.adopt({ shape: shapes[i]!, dtype, source: { _tag: 'Host', data: results[i]!, owned: true } })
      )
    }
  }

  /** Computes everything alive that is not computed yet. When that fails, all of it has failed, and throws when read. */
  flush(): void {
    this.sinceFlush = 0
    if (this.pending.size === 0) return
    const alive = [...this.pending]
    // whatever happens: a value that stayed would make every later computation fail as well
    this.pending.clear()
    try {
      this.compute(alive)
    } catch (cause) {
      for (const value of alive) value.source = { _tag: 'Failed', cause }
      throw cause
    }
  }

  private compute(alive: ReadonlyArray<Value>): void {
    this.looks += 1
    const started = performance.now()
    const trace = traceOf(alive)
    this.traceMs += performance.now() - started
    const results = this.compiled.run(trace, trace.feeds, nothingFixed)
    trace.outputs.forEach((value, i) => {
      value.source = { _tag: 'Host', data: results[i]!, owned: true }
    })
    for (const value of this.retired.splice(0)) this.recycle(value)
  }

  /** What is still to be computed may need the array of a tensor that is gone. */
  private retire(value: Value): void {
    this.pending.delete(value)
    if (this.pending.size === 0) this.recycle(value)
    else this.retired.push(value)
  }

  private recycle({ source }: Value): void {
    if (source._tag === 'Host' && source.owned) this.buffers.give(source.data as Elements)
  }

  private traced(inputs: Inputs): ReadonlyArray<TraceInput> | undefined {
    const traced: Array<TraceInput> = []
    for (const [name, info] of Object.entries(inputs)) {
      if (info === null || info === undefined) continue
      const value = info.dataId === undefined ? undefined : this.stored(info.dataId).value
      if (value?.source._tag === 'Failed') throw value.source.cause
      // ONNX Runtime's operators are not made for empty tensors
      if (value === undefined || value.dtype !== info.dtype || sizeOf(info.shape) === 0) return undefined
      traced.push({ name, value, shape: info.shape })
    }
    return traced
  }

  private adopt(value: Value): TensorInfo {
    const dataId = {}
    if (value.source._tag === 'Pending') this.pending.add(value)
    this.store(dataId, this.storedOf(value, 1))
    return { dataId, shape: [...value.shape], dtype: value.dtype }
  }

  private storedOf(value: Value, refCount: number): Stored {
    const settled = () => this.settledValues(value)
    return {
      value,
      get values() {
        return settled()
      },
      dtype: value.dtype,
      refCount
    }
  }

  private settledValues(value: Value): backend_util.BackendValues {
    this.looks += 1
    if (value.source._tag === 'Pending') this.flush()
    const { source } = value
    if (source._tag === 'Pending') throw new Error('a tensor that is read is alive, so a flush computes it')
    if (source._tag === 'Failed') throw source.cause
    value.source = { ...source, owned: false }
    return source.data
  }

  private settle(dataId: object): void {
    const { value } = this.stored(dataId)
    if (value !== undefined) this.settledValues(value)
  }

  private stored(dataId: object): Stored {
    return this.data.get(dataId) as unknown as Stored
  }

  private store(dataId: object, stored: Stored): void {
    // the cpu package's declaration has `values` as a field; a property with a getter reads the same
    this.data.set(dataId, stored as unknown as Parameters<typeof this.data.set>[1])
  }
}
