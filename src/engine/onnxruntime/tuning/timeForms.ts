import { writeOnnx, type OnnxModel } from '../../../format/bytes/onnx.js'
import { convForms, ownWork, trainingDirections, type Convolution, type ConvForm } from '../conv/index.js'
import type { Direction, Use } from '../conv/Convolution.js'
import type { FormName } from '../../CostTable.js'
import { graph, ints, type CompilerSettings } from '../graph/Graph.js'
import type { Ref } from '../graph/Ref.js'
import type { Laid } from '../graph/Layout.js'
import { sizeOf } from '../graph/shapes.js'
import type { Finished, Staged } from '../graph/staging.js'
import type { Elements } from '../running/buffers.js'
import { runWritten, withStop } from '../running/fetching.js'
import type { Native, OrtTensors } from '../running/native.js'
import { convolutionOf, nameOf, type Case } from './cases.js'
import type { Timed } from './fit.js'

/** Settings for timing. */
export interface Timing {
  readonly native: Native
  readonly settings: CompilerSettings
  readonly threads: number
  /** Number of runs, of which the minimum counts: other load on the machine only adds to a time. */
  readonly runs: number
}

/** The time of an algorithm, or (`public`) of ONNX Runtime's own convolution in an optimised model. */
export interface FormTime extends Timed {
  readonly case: string
  readonly use: Use
  readonly form: FormName | 'public'
}

export const uses: ReadonlyArray<Use> = ['forward', 'input', 'training']

/** The directions to compute: one with constant weights, otherwise all that training needs. */
const directionsOf = (c: Convolution, use: Use): ReadonlyArray<Direction> =>
  use === 'training' ? trainingDirections(c) : [use]

const random = (size: number): Float32Array => Float32Array.from({ length: size }, () => Math.random() - 0.5)

const pixels = ([n, h, w, c]: ReadonlyArray<number>): ReadonlyArray<number> => [h! * w!, n! * c!]

const compiled = (form: ConvForm, c: Convolution, use: Use, settings: CompilerSettings) => {
  const g = graph(settings)
  const shapes = [pixels(c.input), pixels(c.output), [sizeOf(c.window.size) * c.channels, c.filters]]
  const [x, dy, w] = shapes.map((shape, i) => g.input('float32', shape, i === 2 && use !== 'training'))
  const laid = (ref: Ref | undefined, shape: ReadonlyArray<number>): Laid => ({ ref: ref!, shape, layout: 'pixels' })
  const computed = {
    forward: () => form.forward(g, laid(x, c.input), w!, c),
    filter: () => form.filter(g, laid(x, c.input), laid(dy, c.output), c),
    input: () => form.input(g, laid(dy, c.output), w!, c)
  }
  const staged: Staged = g.finish(directionsOf(c, use).map((direction) => computed[direction]()))
  return { staged, data: shapes.map((shape) => random(sizeOf(shape))) }
}

const tensors = (native: Native, refs: ReadonlyArray<Ref>, arrays: ReadonlyArray<Elements>): OrtTensors =>
  Object.fromEntries(refs.map(({ name, shape, dtype }, i) => [name, native.tensor(dtype, arrays[i]!, shape)]))

const opened = (
  { native, threads }: Timing,
  { model, inputs, outputs }: Finished,
  data: ReadonlyArray<Elements>,
  prepared: ReadonlyArray<Elements>
) => {
  const session = native.session(writeOnnx(withStop(model)), threads)
  const refs = inputs.map(({ ref }) => ref)
  const given = inputs.map(({ origin }) => (origin._tag === 'Feed' ? data : prepared)[origin.index]!)
  const feeds = tensors(native, refs, given)
  const arrays = outputs.map(({ shape }) => new Float32Array(sizeOf(shape)))
  const fetches = tensors(native, outputs, arrays)
  return { arrays, dispose: () => session.dispose(), run: () => runWritten(native, session, feeds, fetches) }
}

const fastest = (runs: number, run: () => void): number => {
  run()
  return Math.min(
    ...Array.from({ length: runs }, () => {
      const started = performance.now()
      run()
      return performance.now() - started
    })
  )
}

const formMilliseconds = (timing: Timing, form: ConvForm, c: Convolution, use: Use): number => {
  const { staged, data } = compiled(form, c, use, timing.settings)
  const first = staged.prepare && opened(timing, staged.prepare, data, [])
  first?.run()
  first?.dispose()
  const main = opened(timing, staged.main, data, first?.arrays ?? [])
  try {
    return fastest(timing.runs, main.run)
  } finally {
    main.dispose()
  }
}

/** ONNX Runtime's own convolution in NCHW. */
const ownModel = ({ window: w, images, channels, filters }: Convolution): OnnxModel => {
  const weights = random(sizeOf(w.size) * channels * filters)
  const attributes = { kernel_shape: ints(w.size), strides: ints(w.stride), pads: ints([...w.pad, ...w.pad]) }
  return {
    name: 'own',
    producer: 'graft',
    opsets: { '': 17 },
    nodes: [{ op: 'Conv', domain: '', inputs: ['x', 'w'], outputs: ['y'], attributes }],
    initializers: [
      { name: 'w', type: 'float32', shape: [filters, channels, ...w.size], bytes: new Uint8Array(weights.buffer) }
    ],
    inputs: [{ name: 'x', type: 'float32', shape: [images, channels, ...w.input] }],
    outputs: [{ name: 'y', type: 'float32', shape: [images, filters, ...w.output] }],
    metadata: {}
  }
}

const ownMilliseconds = ({ native, threads, runs }: Timing, c: Convolution): number => {
  const model = ownModel(c)
  const [x, y] = [sizeOf(c.input), sizeOf(c.output)]
  const shapeOf = (values: OnnxModel['inputs']): ReadonlyArray<number> => values[0]!.shape as ReadonlyArray<number>
  const session = native.session(writeOnnx(withStop(model)), threads, true)
  const feeds = { x: native.tensor('float32', random(x), shapeOf(model.inputs)) }
  const fetches = { y: native.tensor('float32', new Float32Array(y), shapeOf(model.outputs)) }
  try {
    return fastest(runs, () => runWritten(native, session, feeds, fetches))
  } finally {
    session.dispose()
  }
}

// every algorithm can compute the gradients, if only directly
const appliesTo = (form: ConvForm, c: Convolution, use: Use, settings: CompilerSettings): boolean =>
  form.applies(c, use === 'input' ? 'input' : 'forward', settings)

/** Times every algorithm for a convolution in one use. */
export const timeForms = (timing: Timing, one: Case, use: Use): ReadonlyArray<FormTime> => {
  const c = convolutionOf(one)
  const name = nameOf(one)
  const times = convForms
    .filter((form) => appliesTo(form, c, use, timing.settings))
    .map((form): FormTime => {
      const ms = formMilliseconds(timing, form, c, use)
      return { case: name, use, form: form.name, ms, work: form.work(c, use) }
    })
  const own: FormTime = { case: name, use, form: 'public', ms: NaN, work: ownWork(c) }
  return use === 'forward' ? [...times, { ...own, ms: ownMilliseconds(timing, c) }] : times
}
