/** unet.json: the layers, shapes, parameters and groups of U-Nets; unet_forward.json: what they compute. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { segmentation } from '../../../src/data/index.js'
import {
  adaptiveAvgPool2d,
  arch,
  type Arch,
  batchNorm,
  type Body,
  type Conv2d,
  conv2d,
  customHead,
  cut,
  cutAt,
  defaultUnet,
  flatten,
  freeze,
  identity,
  isReparametrised,
  isUnder,
  type Layer,
  linear,
  type Model,
  namedChildren,
  numbered,
  relu,
  type Shape,
  sizeOf,
  unet,
  type UnetOptions,
  unfreeze,
  withHead
} from '../../../src/model/index.js'
import { costOf, type Plan, plan, type PlanLayer } from '../../../src/plan/index.js'
import { unetNetwork } from '../../../src/plan/unet.js'
import { close, type Compared, errs, failed, type Outcome, outcome, pending, same, where } from '../Comparison.js'
import { architecture } from './architectures.js'
import { type Nested, shapeOf } from './arrays.js'
import { engine } from './engine.js'
import { evaluate, networkOf, type RecordedState } from './network.js'
import { normOf } from './norms.js'

interface RecordedOptions {
  readonly norm_type?: string | null
  readonly blur?: boolean
  readonly blur_final?: boolean
  readonly self_attention?: boolean
  readonly last_cross?: boolean
  readonly bottle?: boolean
  readonly y_range?: readonly [number, number]
}

interface Stage {
  readonly type: string
  readonly output: Shape
  readonly [part: string]: unknown
}

interface Group {
  readonly params: number
  readonly trainable_params: number
}

interface UnetCase {
  readonly arch: string
  readonly img_size: readonly [number, number]
  readonly n_classes: number
  readonly via: 'unet_learner' | 'DynamicUnet'
  readonly options: RecordedOptions
  readonly cut_argument?: number
  readonly error?: string
  readonly encoder_sizes?: ReadonlyArray<Shape>
  readonly groups_frozen?: ReadonlyArray<Group>
  readonly groups_unfrozen?: ReadonlyArray<Group>
  readonly stages?: ReadonlyArray<Stage>
  readonly output?: Shape
  readonly params?: number
  readonly encoder_params?: number
  readonly state_dict_without_encoder?: ReadonlyArray<readonly [string, Shape]>
}

// -------------------------------------------------------------------------------------
// the record's words
// -------------------------------------------------------------------------------------

const optionsOf = (o: RecordedOptions): Partial<UnetOptions> => ({
  ...(o.norm_type === undefined ? {} : { normType: normOf(o.norm_type)! }),
  ...(o.blur === undefined ? {} : { blur: o.blur }),
  ...(o.blur_final === undefined ? {} : { blurFinal: o.blur_final }),
  ...(o.self_attention === undefined ? {} : { selfAttention: o.self_attention }),
  ...(o.last_cross === undefined ? {} : { lastCross: o.last_cross }),
  ...(o.bottle === undefined ? {} : { bottle: o.bottle }),
  ...(o.y_range === undefined ? {} : { yRange: o.y_range })
})

/** A child of the small encoders. */
const unit = (from: number, to: number, stride: number, normed = true): Layer =>
  numbered(conv2d(from, to, 3, { stride, padding: 1, bias: false }), ...(normed ? [batchNorm(to), relu] : []))

const encoder = (channels: ReadonlyArray<number>, strides: ReadonlyArray<number>): ReadonlyArray<Layer> =>
  strides.map((stride, i) => unit(channels[i]!, channels[i + 1]!, stride))

const small: Readonly<Record<string, readonly [ReadonlyArray<number>, ReadonlyArray<number>]>> = {
  tiny3: [
    [3, 8, 16, 32],
    [2, 2, 2]
  ],
  tiny2same: [
    [3, 8, 16, 32],
    [1, 2, 2]
  ],
  tiny4: [
    [1, 8, 8, 16, 24, 32],
    [1, 2, 1, 2, 2]
  ]
}

const known = (name: string): Arch | null => {
  const tiny = small[name]
  if (tiny === undefined) return architecture(name)
  const [channels, strides] = tiny
  const last = channels.at(-1)!
  const network = numbered(...encoder(channels, strides), adaptiveAvgPool2d(1), flatten, linear(last, 10))
  return arch({ name, network, split: ['1'] })
}

// -------------------------------------------------------------------------------------
// decisions, each a predicate over a case's inputs
// -------------------------------------------------------------------------------------

/** The reference sees no stages in a body of one child; ours looks inside. */
const isOneChild = (a: Arch, c: UnetCase): boolean =>
  namedChildren(a.network).slice(0, c.cut_argument ?? (typeof a.cut === 'number' ? a.cut : undefined)).length === 1

/** The reference crosses its first child twice where the second one's width differs, or compares widths alone. */
const crossesOddly = (sizes: ReadonlyArray<Shape>): boolean =>
  sizes.some(([, h, w], i) => {
    const next = sizes[i + 1]
    return next !== undefined && ((i === 0 && next[2] !== w) || (next[2] === w && next[1] !== h))
  })

/** Its own default: batch norms in blocks and weight norm in pixel shuffles. */
const classNorms = { blocks: 'batch', shuffles: 'weight' } as const

/** Built as the class, without the argument. */
const isClassDefault = (c: Pick<UnetCase, 'options'>, via: UnetCase['via']): boolean =>
  via === 'DynamicUnet' && c.options.norm_type === undefined

// -------------------------------------------------------------------------------------
// comparing
// -------------------------------------------------------------------------------------

/** `layers.4.conv1.0.weight` is `head.4.conv1.0.weight`, and what is under `layers.0` under `body`. */
const ourPath = (path: string): string => path.replace(/^layers\.0\./, 'body.').replace(/^layers\./, 'head.')

const parameters = (p: Plan, root: string): number =>
  p.parameters.filter(({ path }) => isUnder(root)(path)).reduce((n, { shape }) => n + sizeOf(shape), 0)

const groupsOf = (p: Plan): ReadonlyArray<Group> =>
  Array.from({ length: p.groups }, (_, g) => {
    const own = p.parameters.filter(({ group }) => group === g)
    const size = (all: typeof own): number => all.reduce((n, { shape }) => n + sizeOf(shape), 0)
    return { params: size(own), trainable_params: size(own.filter((x) => x.trainable)) }
  })

const convOf = ({ layer }: PlanLayer): Conv2d | null =>
  layer._tag === 'Conv2d' ? layer : isReparametrised(layer) ? layer.layer : null

/** Every convolution below a record, in order of execution. */
const convsIn = (u: unknown): ReadonlyArray<Readonly<Record<string, unknown>>> => {
  if (Array.isArray(u)) return u.flatMap(convsIn)
  if (typeof u !== 'object' || u === null) return []
  return (u as { type?: unknown }).type === 'Conv2d'
    ? [u as Readonly<Record<string, unknown>>]
    : Object.values(u).flatMap(convsIn)
}

const written = (conv: Conv2d) => ({
  in: conv.inChannels,
  out: conv.outChannels,
  kernel: conv.kernelSize,
  stride: conv.stride,
  padding: conv.padding,
  groups: conv.groups,
  bias: conv.bias
})

const like = (recorded: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(['in', 'out', 'kernel', 'stride', 'padding', 'groups', 'bias'].map((k) => [k, recorded[k]]))

/** Recorded by its type and its output alone. */
const isBare = (stage: Stage): boolean => Object.keys(stage).every((key) => key === 'type' || key === 'output')

const compareStage =
  (p: Plan) =>
  (stage: Stage, i: number): ReadonlyArray<Compared> => {
    const under = isUnder(i === 0 ? 'body' : `head.${i}`)
    const inside = p.layers.filter(({ path }) => under(path))
    // joining is no layer of ours
    const output = inside.at(-1)?.output ?? p.layers.find(({ path }) => isUnder(`head.${i + 1}`)(path))?.input
    const convs = inside.flatMap((layer) => convOf(layer) ?? [])
    return [
      same(`stage ${i}, ${stage.type}`, output, stage.output),
      ...(i === 0 || isBare(stage)
        ? []
        : [same(`convolutions of stage ${i}`, convs.map(written), convsIn(stage).map(like))])
    ]
  }

const compareState =
  (p: Plan) =>
  (recorded: ReadonlyArray<readonly [string, Shape]>): ReadonlyArray<Compared> => {
    const ours = new Map([...p.parameters, ...p.buffers].map(({ path, shape }) => [path, shape]))
    return recorded
      .filter(([path]) => !path.endsWith('num_batches_tracked'))
      .map(([path, shape]) => same(`shape of ${path}`, ours.get(ourPath(path)), shape))
  }

const planOf = (m: Model, c: UnetCase, channels: number) =>
  plan({
    input: [channels, ...c.img_size],
    task: segmentation(Array.from({ length: c.n_classes }, (_, i) => `code ${i}`))
  })(m)

const groupsWhen = (m: Model, c: UnetCase, channels: number, groups: ReadonlyArray<Group>): Compared =>
  pipe(
    planOf(m, c, channels),
    E.match(
      (errors) => same('groups', errors, []),
      (p) =>
        same(
          'groups',
          groupsOf(p),
          groups.map(({ params, trainable_params }) => ({ params, trainable_params }))
        )
    )
  )

const encoderSizes = (body: Body, input: Shape): ReadonlyArray<Shape> => {
  const planned = plan({ input })(withHead(customHead(identity))(body))
  if (E.isLeft(planned)) return []
  const p = planned.right
  return namedChildren(namedChildren(p.network)[0]!.layer).map(
    ({ name }) => p.layers.filter(({ path }) => isUnder(`body.${name}`)(path)).at(-1)!.output
  )
}

/** As the class is by default, which no choice of ours gives. */
const classPlan = (body: Body, input: Shape, c: UnetCase) =>
  pipe(
    plan({ input })(withHead(customHead(identity))(body)),
    E.chain((p) => {
      const encoding = namedChildren(p.network)[0]!.layer
      const network = unetNetwork(encoding, input, c.n_classes, { ...defaultUnet, ...optionsOf(c.options) }, classNorms)
      return plan({ input })(arch({ name: c.arch, network }))
    })
  )

const built = (a: Arch, c: UnetCase): Outcome => {
  const channels = small[c.arch]?.[0][0] ?? 3
  const input = [channels, ...c.img_size]
  const body = (c.cut_argument === undefined ? cut : cutAt(c.cut_argument))(a)
  const model = withHead(unet(optionsOf(c.options)))(body)
  const planned = isClassDefault(c, c.via) ? classPlan(body, input, c) : planOf(model, c, channels)
  if (c.error !== undefined && !isOneChild(a, c))
    return outcome(errs('error', E.isLeft(planned) ? planned.left : [], 'SplitError'))
  if (E.isLeft(planned)) return failed(JSON.stringify(planned.left))
  const p = planned.right
  const sizes = c.encoder_sizes ?? []
  const whole = outcomeParts(p, model, c, channels)
  const always = [
    same('output', p.output, c.output ?? [c.n_classes, ...c.img_size]),
    where(c.encoder_sizes, (all) => same('encoder_sizes', encoderSizes(body, input), all)),
    where(c.encoder_params, (n) => same('encoder_params', parameters(p, 'body'), n))
  ].flat()
  return outcome(always, crossesOddly(sizes) || c.error !== undefined ? [] : whole)
}

const outcomeParts = (p: Plan, model: Model, c: UnetCase, channels: number): ReadonlyArray<Compared> =>
  [
    where(c.params, (n) => same('params', costOf(p).parameters, n)),
    where(c.stages, (stages) => stages.flatMap(compareStage(p))),
    where(c.state_dict_without_encoder, compareState(p)),
    where(c.groups_frozen, (groups) => groupsWhen(freeze(model), c, channels, groups)),
    where(c.groups_unfrozen, (groups) => groupsWhen(unfreeze(model), c, channels, groups))
  ].flat()

export const unets = (c: UnetCase): Outcome => {
  const which = known(c.arch)
  return which === null ? failed(`no architecture ${c.arch}`) : built(which, c)
}

// -------------------------------------------------------------------------------------
// forward
// -------------------------------------------------------------------------------------

interface ForwardCase {
  readonly encoder: string
  readonly options: RecordedOptions
  readonly n_classes: number
  readonly state: RecordedState
  readonly input: Nested
  readonly stage_shapes: ReadonlyArray<Shape>
  readonly output: Nested
}

const encoderIn =
  /^\[conv3x3 stride (\d+)\], \[conv3x3 stride (\d+), bn, relu\], .* strides \[([\d, ]*)\]; channels \[([\d, ]+)\]/

const numbers = (text: string): ReadonlyArray<number> =>
  text
    .split(',')
    .filter((t) => t.trim() !== '')
    .map(Number)

/** Channels: of the input, of the first child and the second, then of each of the others. */
const recordedEncoder = (text: string): Layer | null => {
  const found = encoderIn.exec(text)
  if (found === null) return null
  const strides = numbers(found[3]!)
  const [from, first, ...rest] = numbers(found[4]!)
  const children = [first!, ...rest]
  return numbered(
    unit(from!, first!, Number(found[1]), false),
    unit(first!, first!, Number(found[2])),
    ...strides.map((stride, i) => unit(children[i]!, children[i + 1]!, stride))
  )
}

export const unetForward = async (c: ForwardCase): Promise<Outcome> => {
  const body = recordedEncoder(c.encoder)
  if (body === null) return pending(`encoders described as '${c.encoder}'`)
  const image = shapeOf(c.input).slice(1)
  const options = unet(optionsOf(c.options))
  if (options._tag !== 'UnetHead') return failed('no U-Net')
  const norms = isClassDefault(c, 'DynamicUnet') ? classNorms : { blocks: options.normType, shuffles: options.normType }
  const network = unetNetwork(body, image, c.n_classes, options, norms)
  const state = Object.fromEntries(Object.entries(c.state).map(([path, values]) => [ourPath(path), values]))
  const ours = networkOf(network, c.input, state)
  const output = evaluate(await engine(), ours)
  return outcome(
    compareState(ours.plan)(Object.entries(c.state).map(([path, values]) => [path, shapeOf(values)])),
    c.stage_shapes.flatMap((output, i) => compareStage(ours.plan)({ type: 'stage', output }, i).slice(0, 1)),
    E.isLeft(output) ? same('output', output.left, null) : close('output', output.right, c.output, 'layer')
  )
}
