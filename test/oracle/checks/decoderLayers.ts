/** layers.json: the layers of a U-Net's decoder. */
import * as E from 'fp-ts/lib/Either.js'
import { type Engine, initialState } from '../../../src/engine/index.js'
import {
  batchNorm,
  blur,
  constant,
  conv2d,
  drawInit,
  icnr,
  kaimingNormal,
  type Layer,
  numbered,
  pixelShuffle,
  selfAttention,
  sigmoidRange,
  sizeOf,
  weightNorm
} from '../../../src/model/index.js'
import { convBlock, shuffled } from '../../../src/plan/unet.js'
import { generator } from '../../../src/Seed.js'
import { close, type Compared, type Outcome, outcome, same } from '../Comparison.js'
import { flatOf, type Nested, shapeOf } from './arrays.js'
import { evaluate, networkOf, type RecordedState } from './network.js'

const evaluated = (e: Engine, layer: Layer, input: Nested, state: RecordedState, recorded: Nested): Compared => {
  const ours = evaluate(e, networkOf(layer, input, state))
  return E.isLeft(ours) ? same('output', ours.left, null) : close('output', ours.right, recorded, 'layer')
}

const rowsOf = (values: ReadonlyArray<number>, length: number): ReadonlyArray<string> =>
  Array.from({ length: values.length / length }, (_, i) => values.slice(i * length, (i + 1) * length).join())

/** Which filter of a base each filter of a weight is. */
const copies = (weight: ReadonlyArray<number>, base: ReadonlyArray<number>, length: number): ReadonlyArray<number> => {
  const filters = rowsOf(base, length)
  return rowsOf(weight, length).map((row) => filters.indexOf(row))
}

/** Draws of each side are its own: which filters are alike is the same. */
const alike = (scale: number, base: Nested, weight: Nested): Compared => {
  const [outputs, ...filter] = shapeOf(weight) as readonly [number, ...ReadonlyArray<number>]
  const length = sizeOf(filter)
  const fan = { in: length, out: outputs }
  const draw = (init: typeof kaimingNormal, count: number) =>
    Array.from(drawInit(init, fan, generator(1), count * length))
  return same(
    'filters alike',
    copies(draw(icnr(scale), outputs), draw(kaimingNormal, outputs / scale ** 2), length),
    copies(flatOf(weight), flatOf(base), length)
  )
}

interface ShuffleCase {
  readonly ni: number
  readonly nf: number
  readonly scale: number
  readonly blur: boolean
  readonly base_kernel: Nested
  readonly conv_weight_after_icnr: Nested
  readonly conv_bias: Nested
  readonly input: Nested
  readonly output: Nested
}

const shuffleIcnr = (e: Engine, c: ShuffleCase): Outcome =>
  outcome(
    alike(c.scale, c.base_kernel, c.conv_weight_after_icnr),
    evaluated(
      e,
      shuffled('up', c.ni, c.nf, 'none', c.blur),
      c.input,
      { 'up.conv.0.weight': c.conv_weight_after_icnr, 'up.conv.0.bias': c.conv_bias },
      c.output
    )
  )

/** Whether the filters of each cell are alike in what a pixel shuffle's convolution starts with. */
const startsAlike = (norm: 'none' | 'weight'): boolean => {
  const { plan } = networkOf(shuffled('up', 3, 2, norm, false), [[[[0]], [[0]], [[0]]]], {})
  const start = initialState(plan, 1)
  const direction = start.get(`up.conv.0.${norm === 'weight' ? 'weight_v' : 'weight'}`)!
  const lengths = start.get('up.conv.0.weight_g')
  const rows = rowsOf(Array.from(direction), 3).map((row, i) => {
    const own = Math.hypot(...row.split(',').map(Number))
    // g·v/‖v‖ is v only where g is ‖v‖
    return lengths === undefined ? row : `${row} ${(lengths[i]! / own).toFixed(5)}`
  })
  return rows.every(
    (row, i) => row === rows[4 * Math.floor(i / 4)] && (lengths === undefined || row.endsWith(' 1.00000'))
  )
}

interface AttentionCase {
  readonly channels: number
  readonly gamma: number
  readonly weight_orig: Readonly<Record<string, Nested>>
  readonly u: Readonly<Record<string, Nested>>
  readonly v: Readonly<Record<string, Nested>>
  readonly input: Nested
  readonly output: Nested
}

const attention = (e: Engine, c: AttentionCase): Outcome => {
  const under = (arrays: Readonly<Record<string, Nested>>, name: string): RecordedState =>
    Object.fromEntries(Object.entries(arrays).map(([key, values]) => [`0.${key}.${name}`, values]))
  const state = {
    '0.gamma': [c.gamma],
    ...under(c.weight_orig, 'weight_orig'),
    ...under(c.u, 'weight_u'),
    ...under(c.v, 'weight_v')
  }
  return outcome(evaluated(e, numbered(selfAttention(c.channels)), c.input, state, c.output))
}

const weightNormConv = (
  e: Engine,
  c: { readonly state: RecordedState; readonly input: Nested; readonly output: Nested }
): Outcome => {
  const [to, from, kernel] = shapeOf(c.state['0.weight_v']!) as readonly [number, number, number]
  const conv = conv2d(from, to, kernel, { padding: (kernel - 1) / 2, bias: c.state['0.bias'] !== undefined })
  return outcome(evaluated(e, numbered(weightNorm(conv)), c.input, c.state, c.output))
}

interface NormStart {
  readonly norm_type?: string
  readonly weight: ReadonlyArray<number>
  readonly bias: ReadonlyArray<number>
}

const normStart = (layer: Layer, channels: number, path: string, c: NormStart): Outcome => {
  const input = Array.from({ length: channels }, () => [
    [0, 0],
    [0, 0]
  ])
  const start = initialState(networkOf(numbered(layer), [input], {}).plan, 1)
  return outcome(
    close('weight', start.get(`${path}.weight`) ?? [], c.weight, 'layer'),
    close('bias', start.get(`${path}.bias`) ?? [], c.bias, 'layer')
  )
}

/** Zero is what ends a residual block under batchZero; crossings start at one. */
const crossingStart = (c: NormStart): Outcome => {
  const weight = constant(c.norm_type === 'BatchZero' ? 0 : 1)
  return normStart(
    batchNorm(c.weight.length, { weightInit: weight, biasInit: constant(1e-3) }),
    c.weight.length,
    '0',
    c
  )
}

export const decoderKinds = {
  PixelShuffle_ICNR: shuffleIcnr,
  icnr: (_: Engine, c: { scale: number; base_kernel: Nested; weight: Nested }) =>
    outcome(alike(c.scale, c.base_kernel, c.weight)),
  PixelShuffle: (e: Engine, c: { scale: number; input: Nested; output: Nested }) =>
    outcome(evaluated(e, pixelShuffle(c.scale), c.input, {}, c.output)),
  blur: (e: Engine, c: { input: Nested; output: Nested }) => outcome(evaluated(e, blur, c.input, {}, c.output)),
  sigmoid_range: (e: Engine, c: { low: number; high: number; input: ReadonlyArray<number>; output: Nested }) =>
    outcome(evaluated(e, sigmoidRange(c.low, c.high), [c.input], {}, [c.output])),
  SelfAttention: attention,
  weight_norm_conv: weightNormConv,
  icnr_kept_without_norm: (_: Engine, c: { groups_of_4_equal: boolean }) =>
    outcome(same('filters alike', startsAlike('none'), c.groups_of_4_equal)),
  // the reference loses it at the first forward; ours starts from g = ‖v‖ and keeps it
  icnr_lost_under_weight_norm: (_: Engine, c: { groups_of_4_equal_after_construction: boolean }) =>
    outcome(same('filters alike', startsAlike('weight'), c.groups_of_4_equal_after_construction)),
  batchnorm_2d: (_: Engine, c: NormStart) => crossingStart(c),
  conv_layer_batchzero_bn: (_: Engine, c: NormStart) =>
    normStart(convBlock(2, c.weight.length, 'batchZero'), 2, '0.2', c)
}
