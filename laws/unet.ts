/** Laws of the U-Net: the plan of any encoder and a decoder, in terms of the encoder's stages. */
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { outputsOf, type Task } from '../src/data/index.js'
import {
  type Arch,
  cut,
  isUnder,
  type Layer,
  leaves,
  type NormType,
  type Shape,
  sizeOf,
  unet,
  type UnetOptions,
  withHead
} from '../src/model/index.js'
import type { Plan } from '../src/plan/index.js'
import { inputOf } from './arbitrary/models.js'
import { pictureTasks } from './arbitrary/tasks.js'
import { encoders, unetOptions } from './arbitrary/unets.js'
import { equal } from './claim.js'
import { drawn, type Law, law, type Subject } from './Law.js'
import { bare, planned } from './planning.js'

interface Case {
  readonly arch: Arch
  readonly options: UnetOptions
  readonly task: Task
  /** No smaller than the architecture's size, and not always square. */
  readonly image: Shape
}

const casesOf = (mine: Subject<Arch>): fc.Arbitrary<Case> =>
  fc
    .record({ arch: drawn(mine), options: unetOptions, task: pictureTasks, taller: fc.nat(9), wider: fc.nat(9) })
    .map(({ arch, options, task, taller, wider }) => {
      const [channels, height, width] = inputOf(arch) as readonly [number, number, number]
      return { arch, options, task, image: [channels, height + taller, width + wider] }
    })

/** The number of primitives in each step of a network; a layer that is not a sequence is one step. */
const stepsOf = (layer: Layer): ReadonlyArray<number> =>
  layer._tag === 'Sequential' ? layer.children.flatMap((child) => stepsOf(child.layer)) : [leaves(layer).length]

/** The feature maps of an encoder that are larger than the next one, and its last, from a plan of the encoder alone. */
const stagesOf = (encoder: Plan): ReadonlyArray<Shape> => {
  const body = encoder.layers.filter(({ path }) => isUnder('body')(path))
  const starts = stepsOf(bodyOf(encoder)).reduce<ReadonlyArray<number>>((at, n) => [...at, at.at(-1)! + n], [0])
  // what enters each step but the first, which is the image, and what leaves the last
  const maps = starts.slice(1).map((at) => body[at]?.input ?? encoder.output)
  return maps.filter((map, i) => {
    const next = maps[i + 1]
    return next === undefined || next[1]! < map[1]! || next[2]! < map[2]!
  })
}

const bodyOf = ({ network }: Plan): Layer =>
  network._tag === 'Sequential' ? network.children.find(({ name }) => name === 'body')!.layer : network

interface Planned extends Case {
  readonly plan: Plan
  readonly encoder: Plan
  readonly stages: ReadonlyArray<Shape>
}

const plannedOf = (c: Case): Planned => {
  const encoder = planned({ input: c.image }, bare(cut(c.arch)))
  const plan = planned({ input: c.image, task: c.task }, pipe(c.arch, cut, withHead(unet(c.options))))
  return { ...c, plan, encoder, stages: stagesOf(encoder) }
}

/** Number of parameters of a convolution of the decoder. */
const convolution = (norm: NormType, from: number, to: number, side: number): number => {
  const weights = from * to * side ** 2
  // a norm's weight and bias; the bias and each row's length; the bias
  return weights + (norm === 'batch' || norm === 'batchZero' || norm === 'weight' ? 2 * to : to)
}

/** Parameters of self-attention: queries and keys with an eighth of the channels, values with all, and γ. */
const attention = (channels: number): number => channels * (2 * Math.max(1, Math.floor(channels / 8)) + channels) + 1

/** Number of parameters of a decoder, given the channels of its skip connections and of the image. */
const decoderCount = ({ stages, image, options, task }: Planned): number => {
  const { normType, selfAttention, lastCross, bottle } = options
  const conv = (from: number, to: number, side: number): number => convolution(normType, from, to, side)
  const [deepest, ...crossed] = stages.map(([channels]) => channels!).reverse() as [number, ...Array<number>]
  let channels = deepest
  let count = 2 * deepest + conv(deepest, 2 * deepest, 3) + conv(2 * deepest, deepest, 3)
  crossed.forEach((skip, i) => {
    const above = crossed.length - 1 - i
    const half = Math.floor(channels / 2)
    const out = above === 0 ? Math.floor((half + skip) / 2) : half + skip
    count += conv(channels, 4 * half, 1) + 2 * skip + conv(half + skip, out, 3) + conv(out, out, 3)
    if (selfAttention && above === 2) count += attention(out)
    channels = out
  })
  const [, height, width] = crossed.length === 0 ? stages.at(-1)! : stages[0]!
  if (height !== image[1] || width !== image[2]) count += conv(channels, 4 * channels, 1)
  if (lastCross) {
    channels += image[0]!
    const inner = bottle ? Math.floor(channels / 2) : channels
    count += conv(channels, inner, 3) + conv(inner, channels, 3)
  }
  return count + conv(channels, outputsOf(task), 1)
}

const arraysUnder = (path: string, { parameters, buffers }: Plan): ReadonlyArray<readonly [string, Shape]> =>
  [...parameters, ...buffers].filter((p) => isUnder(path)(p.path)).map((p) => [p.path, p.shape] as const)

/**
 * The laws of a U-Net on the body of every architecture, or of yours.
 *
 * @example
 * import { unetLaws } from 'graft-vision/laws'
 * import { squeezenet1_1 } from 'graft-vision'
 *
 * for (const law of unetLaws(squeezenet1_1)) await law.check({ seed: 1, numRuns: 2 })
 *
 * @category laws
 * @since 0.1.0
 */
export const unetLaws = (mine: Subject<Arch> = encoders): ReadonlyArray<Law> => {
  const cases = casesOf(mine)
  const of = (name: string, claim: (p: Planned) => void): Law =>
    law(
      name,
      fc.property(cases, (c) => claim(plannedOf(c)))
    )
  return [
    of("returns a map of the image's size with a channel for each class", ({ plan, image, task }) =>
      equal(plan.output, [outputsOf(task), ...image.slice(1)], 'output')
    ),
    of('has one skip connection from every stage of its encoder but the last, the deepest first', ({ plan, stages }) =>
      equal(
        plan.layers.filter(({ path }) => /^head\.\d+\.bn$/.test(path)).map(({ input }) => input),
        stages.slice(0, -1).reverse(),
        'what is crossed'
      )
    ),
    of('has a decoder with as many parameters as the closed formula gives', (p) =>
      equal(
        p.plan.parameters.filter(({ path }) => isUnder('head')(path)).reduce((n, { shape }) => n + sizeOf(shape), 0),
        decoderCount(p),
        'parameters of the decoder'
      )
    ),
    of('leaves the keys of its encoder unchanged', ({ plan, encoder }) =>
      equal(arraysUnder('body', plan), arraysUnder('body', encoder), 'arrays of the encoder')
    ),
    of('runs each layer of its encoder once, on its own input shape', ({ plan, encoder }) => {
      const flows = (p: Plan) =>
        p.layers.filter(({ path }) => isUnder('body')(path)).map(({ layer, input, output }) => [layer, input, output])
      equal(flows(plan), flows(encoder), 'layers of the encoder')
    })
  ]
}
