import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu'
import { util, type backend_util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core'
import type { OnnxModel } from '../../../format/bytes/onnx.js'
import type { EngineFetching, EngineStats, LoadedModel } from '../../Engine.js'
import { buffers, type Elements } from './buffers.js'
import { probeFetching } from './fetching.js'
import type { Form, Kernel } from '../recording/Kernel.js'
import type { Native } from './native.js'
import {
  nothingFixed,
  sessions,
  type Configuration,
  type Fixed,
  type SessionOptions,
  type Sessions
} from './Sessions.js'
import { sizeOf } from '../graph/shapes.js'
import {
  hostValue,
  labelOf,
  record,
  traceOf,
  type GraphType,
  type Signature,
  type TraceInput,
  type Value
} from '../recording/Trace.js'

/**
 * What happens to a kernel call that the kernel's ONNX form does not support: computed by the cpu package's kernel, or
 * rejected with an error.
 */
export type Fallback = 'compute' | 'refuse'

export interface OnnxBackendOptions extends SessionOptions {
  /** Maximum length of a recording; a longer one is computed although no tensor was read. */
  readonly longestTrace: number
  readonly fallback: Fallback
}

/** Maximum bytes of arrays kept for reuse. */
const MOST_FREE = 1 << 29

/** A captured computation, to be run with other tensors of the same types and shapes; `into` has arrays for results. */
export type Replay = (
  inputs: ReadonlyArray<TensorInfo>,
  into?: ReadonlyArray<Elements | undefined>
) => ReadonlyArray<TensorInfo>

/** The contents of a data id, in the form that cpu kernels read; reading `values` computes them. */
interface Stored {
  readonly value: Value | undefined
  readonly values: backend_util.BackendValues | undefined
  readonly dtype: DataType
  refCount: number
}

const isGraphType = (dtype: DataType): dtype is GraphType =>
  dtype === 'float32' || dtype === 'int32' || dtype === 'bool'

/** A call's inputs as tfjs passes them: by name, or a list; an absent optional one is null. */
type Inputs = Readonly<Record<string, TensorInfo | null | undefined>>

const isEmpty = ({ shape }: { readonly shape: ReadonlyArray<number> }): boolean => sizeOf(shape) === 0

/** The result that tfjs expects of a kernel: one tensor, or a list. */
const given = (outputs: Array<TensorInfo>, { list }: Form): TensorInfo | Array<TensorInfo> =>
  outputs.length === 1 && list !== true ? outputs[0]! : outputs

const refusal = (name: string, inputs: Inputs): string => {
  const tensors = Object.entries(inputs).flatMap(([key, info]) =>
    info === null || info === undefined ? [] : [`${key}: ${info.dtype} [${info.shape.join()}]`]
  )
  return `${name} has no ONNX form for (${tensors.join(', ')}) with these attributes, and fallbacks are disabled`
}

/**
 * A tfjs backend whose kernels are recorded instead of run; reading a tensor computes everything that is alive as one
 * ONNX graph. It extends the cpu backend, so kernels without an ONNX form are computed by the cpu package.
 */
export class OnnxBackend extends MathBackendCPU {
  private readonly pending = new Set<Value>()
  private readonly fallbacks: Record<string, number> = {}
  private readonly buffers = buffers(MOST_FREE)
  private readonly retired: Array<Value> = []
  private readonly compiled: Sessions
  /** How onnxruntime-node returns results. */
  readonly fetching: EngineFetching
  private onFallback: Fallback
  private recorded = 0
  private sinceFlush = 0
  /** How often elements have been read or computed. */
  private looks = 0
  private traceMs = 0

  constructor(
    native: Native,
    private readonly options: OnnxBackendOptions
  ) {
    super()
    this.fetching = probeFetching(native)
    this.compiled = sessions(native, this.fetching, this.buffers, options)
    this.onFallback = options.fallback
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
    // sessions have working memory that only ONNX Runtime can count
    return { unreliable: true, reasons: ['the working memory of compiled graphs is not counted'] }
  }

  override dispose(): void {
    this.releaseGraphs()
  }

  /** Releases the compiled graphs; they are compiled again when needed. */
  releaseGraphs(): void {
    this.compiled.release()
    this.buffers.clear()
  }

  /** Configures graphs compiled from now on; settings left out are reset to those of construction. */
  configure(asked: {
    readonly [K in 'threads' | 'exactConv' | 'block' | 'costs']: Configuration[K] | undefined
  }): void {
    const { threads, exactConv, block } = this.options
    this.compiled.configure({
      threads: asked.threads ?? threads,
      exactConv: asked.exactConv ?? exactConv,
      block: asked.block ?? block,
      foreign: asked.block !== undefined && asked.block !== block,
      ...(asked.costs === undefined ? {} : { costs: asked.costs })
    })
  }

  /** Channels in a block on this machine. */
  get block(): number {
    return this.options.block
  }

  useFallback(fallback: Fallback): void {
    this.onFallback = fallback
  }

  /** Runs independently of what is recorded. */
  loadModel(model: OnnxModel): LoadedModel {
    return this.compiled.load(model)
  }

  /** A tensor's contents, if they are computed already. */
  known({ dataId }: TensorInfo): backend_util.BackendValues | undefined {
    const source = this.stored(dataId).value?.source
    return source?._tag === 'Host' ? source.data : undefined
  }

  /** Records a call; undefined if it has no ONNX form. */
  record(name: string, kernel: Kernel, inputs: Inputs, attributes: object): TensorInfo | Array<TensorInfo> | undefined {
    const traced = this.traced(inputs)
    if (traced === undefined) return undefined
    const signatures: Record<string, Signature> = {}
    for (const { name: key, value, shape } of traced) signatures[key] = { shape, dtype: value.dtype }
    const form = kernel(signatures, attributes as Readonly<Record<string, unknown>>)
    if (form === undefined) return undefined
    // ONNX Runtime's operators do not support empty tensors; an empty output needs no computation
    if (form.outputs.every(isEmpty))
      return given(
        form.outputs.map((o) => this.empty(o)),
        form
      )
    if (traced.some(isEmpty) || form.outputs.some(isEmpty)) return undefined
    this.recorded += 1
    if (++this.sinceFlush > this.options.longestTrace) this.flush()
    const node = record(labelOf(name, attributes), traced, form.outputs, form.emit)
    return given(
      node.outputs.map((value) => this.adopt(value)),
      form
    )
  }

  /** A kernel without a form is always computed; a call that a form does not support is treated as the setting says. */
  countFallback(name: string, inputs: Inputs, hasForm: boolean): void {
    if (hasForm && this.onFallback === 'refuse') throw new Error(refusal(name, inputs))
    this.fallbacks[name] = (this.fallbacks[name] ?? 0) + 1
  }

  stats(): EngineStats {
    return {
      ...this.compiled.stats(),
      recorded: this.recorded,
      fallbacks: { ...this.fallbacks },
      traceMs: this.traceMs
    }
  }

  /**
   * Starts capturing a computation. Call the result with the outputs, before any of them is computed, to get a function
   * from inputs to outputs. Everything else that was used is constant, and what depends only on constants is computed
   * once. Undefined if anything was read or computed meanwhile, which a recording cannot represent.
   */
  capture(): (inputs: ReadonlyArray<TensorInfo>, outputs: ReadonlyArray<TensorInfo>) => Replay | undefined {
    const { looks } = this
    return (inputs, outputs) => (this.looks === looks ? this.replayOf(inputs, outputs) : undefined)
  }

  private replayOf(inputs: ReadonlyArray<TensorInfo>, outputs: ReadonlyArray<TensorInfo>): Replay | undefined {
    const valuesOf = (infos: ReadonlyArray<TensorInfo>) => infos.map(({ dataId }) => this.stored(dataId).value)
    const wanted = valuesOf(outputs)
    if (!wanted.every((value): value is Value => value?.source._tag === 'Pending')) return undefined
    const trace = traceOf(wanted)
    const positions = new Map(valuesOf(inputs).map((value, position) => [value, position]))
    const places = trace.feeds.map((feed) => positions.get(feed))
    const constants = trace.feeds.flatMap((feed, i) => (positions.has(feed) ? [] : [{ feed, i }]))
    const fixed: Fixed = { feeds: new Set(constants.map(({ i }) => i)), prepared: undefined }
    // they outlive their tensors
    for (const { feed } of constants) this.settledValues(feed)
    // shapes of the tensors, not of the values: a tensor and its reshaped form share a value
    const shapes = outputs.map(({ shape }) => shape)
    return (tensors, into = []) => {
      const values = valuesOf(tensors) as ReadonlyArray<Value>
      const feeds = trace.feeds.map((feed, i) => (places[i] === undefined ? feed : values[places[i]]!))
      const results = this.compiled.run(trace, feeds, fixed, into)
      return trace.outputs.map(({ dtype }, i) =>
        this.adopt({
          shape: shapes[i]!,
          dtype,
          source: { _tag: 'Host', data: results[i]!, owned: into[i] === undefined }
        })
      )
    }
  }

  /** Computes everything alive that is pending. If that fails, all of it fails, and throws when read. */
  flush(): void {
    this.sinceFlush = 0
    if (this.pending.size === 0) return
    const alive = [...this.pending]
    // in any case: a value that stayed pending would make every later computation fail too
    this.pending.clear()
    try {
      this.compute(alive)
    } catch (cause) {
      for (const value of alive) value.source = { _tag: 'Failed', cause }
      throw cause
    } finally {
      this.recycleRetired()
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
  }

  /** Pending computations may need the array of a disposed tensor. */
  private retire(value: Value): void {
    this.pending.delete(value)
    this.retired.push(value)
    if (this.pending.size === 0) this.recycleRetired()
  }

  private recycleRetired(): void {
    for (const { source } of this.retired.splice(0))
      if (source._tag === 'Host' && source.owned) this.buffers.give(source.data as Elements)
  }

  private traced(inputs: Inputs): ReadonlyArray<TraceInput> | undefined {
    const traced: Array<TraceInput> = []
    for (const [name, info] of Object.entries(inputs)) {
      if (info === null || info === undefined) continue
      const value = info.dataId === undefined ? undefined : this.stored(info.dataId).value
      if (value?.source._tag === 'Failed') throw value.source.cause
      if (value === undefined || value.dtype !== info.dtype) return undefined
      traced.push({ name, value, shape: info.shape })
    }
    return traced
  }

  private empty({ shape, dtype }: Signature): TensorInfo {
    const values = util.getTypedArrayFromDType(dtype, 0)
    return { dataId: this.write(values, [...shape], dtype), shape: [...shape], dtype }
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
