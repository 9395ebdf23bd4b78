/** layers.json: single layers and blocks, forwards, backwards, and what they keep. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Engine, type StateDict } from '../../../src/engine/index.js'
import {
  adaptiveConcatPool2d,
  batchNorm,
  concat,
  conv2d,
  defaultHead,
  drawStart,
  type Layer,
  leaves,
  linear,
  named,
  numbered,
  parametersOf,
  sizeOf,
  sum
} from '../../../src/model/index.js'
import { linearHead } from '../../../src/plan/index.js'
import { convBlock, residual } from '../../../src/plan/unet.js'
import { generator } from '../../../src/Seed.js'
import { close, type Compared, errs, failed, type Outcome, outcome, same, where } from '../Comparison.js'
import { flatOf, type Nested, shapeOf } from './arrays.js'
import { decoderKinds } from './decoderLayers.js'
import { engine } from './engine.js'
import { type HeadArgs, headOptions } from './heads.js'
import { evaluate, type Network, networkOf, type RecordedState, step, train } from './network.js'
import { normOf } from './norms.js'

interface LayerCase {
  readonly kind: string
  readonly [key: string]: unknown
}

const evaluated = (e: Engine, what: string, network: Network, recorded: Nested): Compared => {
  const ours = evaluate(e, network)
  return E.isLeft(ours) ? same(what, ours.left, null) : close(what, ours.right, recorded, 'layer')
}

const state = (what: string, ours: StateDict, recorded: RecordedState): ReadonlyArray<Compared> =>
  Object.entries(recorded)
    .filter(([path]) => !path.endsWith('num_batches_tracked'))
    .map(([path, values]) => close(`${what} ${path}`, ours.get(path) ?? [], values, 'layer'))

const concatPool = (e: Engine, c: { size: number | null; input: Nested; output: Nested }): Outcome =>
  outcome(evaluated(e, 'output', networkOf(adaptiveConcatPool2d(c.size ?? 1), c.input, {}), c.output))

// -------------------------------------------------------------------------------------
// batch norm
// -------------------------------------------------------------------------------------

interface BatchNormCase {
  readonly eps: number
  readonly momentum: number
  readonly initial: RecordedState
  readonly train_steps?: ReadonlyArray<TrainStep>
  readonly train?: TrainStep
  readonly eval_input: Nested
  readonly eval_output: Nested
}

interface TrainStep {
  readonly input: Nested
  readonly output: Nested
  readonly output_grad?: Nested
  readonly input_grad?: Nested
  readonly weight_grad?: Nested
  readonly bias_grad?: Nested
  readonly running_mean: Nested
  readonly running_var: Nested
}

const inLayer = (recorded: RecordedState): RecordedState =>
  Object.fromEntries(Object.entries(recorded).map(([name, values]) => [`0.${name}`, values]))

const difference = (before: ReadonlyArray<number>, after: ArrayLike<number>): ReadonlyArray<number> =>
  before.map((x, i) => x - after[i]!)

const trainedBatchNorm = (
  e: Engine,
  layer: Layer,
  before: RecordedState,
  s: TrainStep
): readonly [RecordedState, ReadonlyArray<Compared>] => {
  const network = networkOf(layer, s.input, inLayer(before))
  const { outputs, inputGradient } = train(e, network, s.output_grad ?? null)
  const after = step(e, network, s.output_grad ?? null)
  if (E.isLeft(after)) return [before, [same('training step', after.left, null)]]
  const moved = (name: string): ReadonlyArray<number> => Array.from(after.right.get(`0.${name}`)!)
  const gradient = (name: string) => difference(flatOf(before[name]!), moved(name))
  return [
    { ...before, running_mean: moved('running_mean'), running_var: moved('running_var') },
    [
      close('train output', outputs, s.output, 'layer'),
      close('running_mean', moved('running_mean'), s.running_mean, 'layer'),
      close('running_var', moved('running_var'), s.running_var, 'layer'),
      where(s.input_grad, (g) => close('input_grad', inputGradient, g, 'layer')),
      where(s.weight_grad, (g) => close('weight_grad', gradient('weight'), g, 'layer')),
      where(s.bias_grad, (g) => close('bias_grad', gradient('bias'), g, 'layer'))
    ].flat()
  ]
}

const batchNormCase = (e: Engine, c: BatchNormCase): Outcome => {
  const features = flatOf(c.initial['weight']!).length
  const layer = numbered(batchNorm(features, { eps: c.eps, momentum: c.momentum }))
  const steps = c.train_steps ?? (c.train === undefined ? [] : [c.train])
  const [last, compared] = steps.reduce<readonly [RecordedState, ReadonlyArray<Compared>]>(
    ([before, all], s) => {
      const [after, more] = trainedBatchNorm(e, layer, before, s)
      return [after, [...all, ...more]]
    },
    [c.initial, []]
  )
  return outcome(compared, evaluated(e, 'eval_output', networkOf(layer, c.eval_input, inLayer(last)), c.eval_output))
}

/** One value per channel has no variance: an error there and here. */
const singleRow = (e: Engine): Outcome => {
  const stepped = step(e, networkOf(numbered(batchNorm(3)), [[1, 2, 3]], {}), null)
  return outcome(errs('training step', E.isLeft(stepped) ? [stepped.left] : [], 'EngineFailure'))
}

// -------------------------------------------------------------------------------------
// blocks
// -------------------------------------------------------------------------------------

/** A part of an image's channels, by a convolution of zeros and ones. */
const channels = (from: number, count: number, of: number) => ({
  layer: conv2d(of, count, 1, { bias: false }),
  weight: Array.from({ length: count }, (_, k) => Array.from({ length: of }, (_, i) => (i === from + k ? 1 : 0)))
})

/** The block's output and what it kept of its input reach ours as one image, since branches share an input. */
const mergeLayer = (e: Engine, c: { dense: boolean; input: Nested; original: Nested; output: Nested }): Outcome => {
  const [a, b] = [shapeOf(c.input)[1]!, shapeOf(c.original)[1]!]
  const [left, right] = [channels(0, a, a + b), channels(a, b, a + b)]
  const merged = (c.dense ? concat : sum)(named('x', left.layer), named('original', right.layer))
  const both = (c.input as ReadonlyArray<ReadonlyArray<Nested>>).map((sample, n) => [
    ...sample,
    ...(c.original as ReadonlyArray<ReadonlyArray<Nested>>)[n]!
  ])
  const network = networkOf(merged, both, { 'x.weight': left.weight, 'original.weight': right.weight })
  return outcome(evaluated(e, 'output', network, c.output))
}

/** Of whatever its norm makes of it. */
const convShape = (state: RecordedState, path: string): readonly [out: number, from: number, kernel: number] =>
  shapeOf(
    // under spectral norm weight_v is a vector of the power iteration
    state[`${path}0.weight`] ?? state[`${path}0.weight_orig`] ?? state[`${path}0.weight_v`] ?? []
  ) as unknown as readonly [number, number, number]

interface ConvLayerCase {
  readonly norm_type: string | null
  readonly order: ReadonlyArray<string>
  readonly bias: boolean
  readonly initial: RecordedState
  readonly input: Nested
  readonly train_output: Nested
  readonly after: RecordedState
}

const convLayer = (e: Engine, c: ConvLayerCase): Outcome => {
  const [outChannels, inChannels, kernel] = convShape(c.initial, '')
  const block = convBlock(inChannels, outChannels, normOf(c.norm_type)!, {
    kernel,
    activation: c.order.includes('ReLU')
  })
  const network = networkOf(block, c.input, c.initial)
  const after = step(e, network, null)
  return outcome(
    close('train_output', train(e, network, null).outputs, c.train_output, 'layer'),
    E.isLeft(after) ? same('training step', after.left, null) : state('after', after.right, c.after)
  )
}

interface ResBlockCase {
  readonly bottle: boolean
  readonly norm_type: string | null
  readonly state: RecordedState
  readonly input: Nested
  readonly eval_output: Nested
}

const resBlock = (e: Engine, c: ResBlockCase): Outcome => {
  const block = residual(convShape(c.state, 'layers.0.')[1], normOf(c.norm_type)!, c.bottle)
  return outcome(evaluated(e, 'eval_output', networkOf(block, c.input, c.state), c.eval_output))
}

// -------------------------------------------------------------------------------------
// heads
// -------------------------------------------------------------------------------------

interface HeadForwardCase {
  readonly args: HeadArgs & { readonly nf: number; readonly nc: number }
  readonly state: RecordedState
  readonly after_train: RecordedState
  readonly input: Nested
  readonly train_output: Nested
  readonly eval_output: Nested
}

/** Recorded after the training pass: evaluation sees the statistics that it moved. */
const headForward = (e: Engine, c: HeadForwardCase): Outcome => {
  const network = linearHead(c.args.nf, c.args.nc, headOptions(c.args))
  const before = networkOf(network, c.input, c.state)
  const evaluation = evaluated(e, 'eval_output', networkOf(network, c.input, c.after_train), c.eval_output)
  const hasDropout = leaves(network).some(({ layer }) => layer._tag === 'Dropout')
  // the masks are each side's own
  if (hasDropout) return outcome(evaluation)
  const after = step(e, before, null)
  return outcome(
    close('train_output', train(e, before, null).outputs, c.train_output, 'layer'),
    E.isLeft(after) ? same('training step', after.left, null) : state('after_train', after.right, c.after_train),
    evaluation
  )
}

interface InitCase {
  readonly fan_in: number
  readonly fan_out: number
  readonly expected_std: number
  readonly bias_all_zero: boolean
}

const headInit = (c: InitCase): Outcome => {
  const head = linearHead(c.fan_in, c.fan_out, { ...defaultHead, linFtrs: [] })
  const layer = leaves(head).find((leaf) => leaf.layer._tag === 'Linear')!.layer
  const [weight, bias] = parametersOf(layer).map((p) => drawStart(p.init, p.fan, generator(1), sizeOf(p.shape)))
  if (weight === undefined || bias === undefined) return failed('no weight and bias')
  const mean = weight.reduce((a, b) => a + b, 0) / weight.length
  const std = Math.sqrt(weight.reduce((a, b) => a + (b - mean) ** 2, 0) / (weight.length - 1))
  return outcome(
    close('std', std, c.expected_std, 'sample'),
    same(
      'bias all zero',
      bias.every((b) => b === 0),
      c.bias_all_zero
    )
  )
}

// -------------------------------------------------------------------------------------
// clipping
// -------------------------------------------------------------------------------------

interface ClipCase {
  readonly max_norm: number
  readonly grads: ReadonlyArray<Nested>
  readonly clipped: ReadonlyArray<Nested>
}

/** Each gradient is that of the weights from an input of 1 to as many outputs, whose gradients it then is. */
const clipGradNorm = (e: Engine, c: ClipCase): Outcome => {
  const flat = c.grads.map(flatOf)
  const layer = concat(...flat.map((g, i) => named(String(i), linear(1, g.length, { bias: false }))))
  const zeros = Object.fromEntries(flat.map((g, i) => [`${i}.weight`, g.map(() => 0)]))
  const stepped = step(e, networkOf(layer, [[1]], zeros), [flat.flat()], { clip: c.max_norm })
  return E.isLeft(stepped)
    ? failed(JSON.stringify(stepped.left))
    : outcome(
        c.clipped.map((g, i) =>
          close(
            `gradient ${i}`,
            Array.from(stepped.right.get(`${i}.weight`)!, (v) => -v),
            g,
            'layer'
          )
        )
      )
}

type Check = (e: Engine, c: never) => Outcome

const kinds: Readonly<Record<string, Check>> = {
  AdaptiveConcatPool2d: concatPool,
  BatchNorm1d: batchNormCase,
  BatchNorm2d: batchNormCase,
  BatchNorm1d_single_row_in_training: singleRow,
  MergeLayer: mergeLayer,
  conv_layer: convLayer,
  res_block: resBlock,
  head_forward: headForward,
  head_init_statistics: (_, c) => headInit(c),
  clip_grad_norm: clipGradNorm,
  ...decoderKinds
}

export const layers = async (c: LayerCase): Promise<Outcome> => {
  if (!Object.hasOwn(kinds, c.kind)) return failed(`no check for kind ${c.kind}`)
  return pipe(await engine(), (e) => kinds[c.kind]!(e, c as never))
}
