/** Laws of architectures: what graft assumes when it cuts, splits, plans or loads weights. */
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { outputsOf } from '../src/data/index.js'
import {
  type Arch,
  cut,
  eqArch,
  freezeBody,
  isUnder,
  layerAt,
  leaves,
  namedChildren,
  type Primitive,
  showArch,
  sizeOf,
  withHead
} from '../src/model/index.js'
import { costOf, type Plan, type PlanLayer } from '../src/plan/index.js'
import * as O from 'fp-ts/lib/Option.js'
import { archs } from './arbitrary/archs.js'
import { inputOf } from './arbitrary/models.js'
import { heads } from './arbitrary/heads.js'
import { imageTasks } from './arbitrary/tasks.js'
import { equal, holds } from './claim.js'
import { drawn, type Law, law, type Subject } from './Law.js'
import { planned } from './planning.js'

/** Number of values that keeps a test of a slow architecture short. */
const runs = 20

const arraysOf = (plan: Plan): ReadonlyArray<string> => [...plan.parameters, ...plan.buffers].map((a) => a.path)

/** torch's buffers of spectral norm: a vector for each side of the weight as a matrix. */
const powers = (path: string, rows: number, columns: number): ReadonlyArray<string> => [
  `${path}.weight_u ${rows}`,
  `${path}.weight_v ${columns}`
]

const attentionArrays = (path: string, channels: number): ReadonlyArray<string> => {
  const few = Math.max(1, Math.floor(channels / 8))
  const conv = (name: string, out: number): ReadonlyArray<string> => [
    `${path}.${name}.weight_orig ${out}x${channels}x1`,
    ...powers(`${path}.${name}`, out, channels)
  ]
  return [`${path}.gamma 1`, ...conv('query', few), ...conv('key', few), ...conv('value', channels)]
}

const projectionArrays = (prefix: string, out: number, channels: number): ReadonlyArray<string> => [
  `${prefix}weight ${out}x${channels}`,
  `${prefix}bias ${out}`
]

const multiHeadArrays = (
  path: string,
  { channels, heads, qkvBias, qkNorm, torchNames }: Extract<Primitive, { _tag: 'Attention' }>
): ReadonlyArray<string> => {
  const [packed, out] = torchNames ? ['in_proj_', 'out_proj.'] : ['qkv.', 'proj.']
  const inner = projectionArrays(`${path}.${packed}`, 3 * channels, channels)
  const norms = ['q_norm', 'k_norm'].flatMap((norm) =>
    ['weight', 'bias'].map((name) => `${path}.${norm}.${name} ${channels / heads}`)
  )
  return [
    ...(qkvBias ? inner : inner.slice(0, 1)),
    ...(qkNorm ? norms : []),
    ...projectionArrays(`${path}.${out}`, channels, channels)
  ]
}

/** torch's parameters and buffers of a layer: `path shape`. */
const arraysIn = ({ path, layer }: Pick<PlanLayer, 'path' | 'layer'>): ReadonlyArray<string> => {
  switch (layer._tag) {
    case 'WeightNorm': {
      const { outChannels } = layer.layer
      return arraysIn({ path, layer: layer.layer }).flatMap((array) =>
        array.startsWith(`${path}.weight `)
          ? [`${path}.weight_g ${outChannels}x1x1x1`, array.replace('.weight ', '.weight_v ')]
          : [array]
      )
    }
    case 'SpectralNorm': {
      const { inChannels, groups, kernelSize, outChannels } = layer.layer
      return [
        ...arraysIn({ path, layer: layer.layer }).map((array) => array.replace('.weight ', '.weight_orig ')),
        ...powers(path, outChannels, (inChannels / groups) * kernelSize[0] * kernelSize[1])
      ]
    }
    case 'SelfAttention':
      return attentionArrays(path, layer.channels)
    case 'Conv2d':
      return [
        `${path}.weight ${layer.outChannels}x${layer.inChannels / layer.groups}x${layer.kernelSize.join('x')}`,
        ...(layer.bias ? [`${path}.bias ${layer.outChannels}`] : [])
      ]
    case 'Linear':
      return [
        `${path}.weight ${layer.outFeatures}x${layer.inFeatures}`,
        ...(layer.bias ? [`${path}.bias ${layer.outFeatures}`] : [])
      ]
    case 'Linear2d':
      return [
        `${path}.weight ${layer.outChannels}x${layer.inChannels}`,
        ...(layer.bias ? [`${path}.bias ${layer.outChannels}`] : [])
      ]
    case 'LayerNorm':
      return ['weight', 'bias'].map((name) => `${path}.${name} ${layer.features}`)
    case 'GroupNorm':
      return ['weight', 'bias'].map((name) => `${path}.${name} ${layer.channels}`)
    case 'LayerScale':
      return [`${path} ${layer.channels}${layer.expanded ? 'x1x1' : ''}`]
    case 'LearnedTokens':
      return [`${path} 1x${layer.count}x${layer.channels}`]
    case 'PositionEmbedding':
      return [`${path} 1x${layer.prefix + layer.grid[0] * layer.grid[1]}x${layer.channels}`]
    case 'Attention':
      return multiHeadArrays(path, layer)
    case 'WindowAttention':
      return [
        `${path}.relative_position_bias_table ${layer.window.map((n) => 2 * n - 1).reduce((a, b) => a * b)}x${layer.heads}`,
        ...projectionArrays(`${path}.qkv.`, 3 * layer.channels, layer.channels),
        ...projectionArrays(`${path}.proj.`, layer.channels, layer.channels)
      ]
    case 'BatchNorm':
      return ['weight', 'bias', 'running_mean', 'running_var'].map((name) => `${path}.${name} ${layer.features}`)
    default:
      return []
  }
}

const nakedLaws = (cases: fc.Arbitrary<Arch>): ReadonlyArray<Law> => [
  law(
    'is planned for its own input size',
    fc.property(cases, (arch) => {
      const plan = planned({ input: inputOf(arch) }, arch)
      equal(plan.output.length, 1, 'the dimensions of the output')
      // 0: weights without a classifier
      for (const { classes } of arch.published)
        if (classes > 0) equal(plan.output, [classes], 'classes of its published weights')
    }),
    runs
  ),
  law(
    'describes its input images',
    fc.property(cases, ({ input: { channels, size, mean, std, crop } }) => {
      equal([mean.length, std.length], [channels, channels], 'means and deviations')
      holds(std.every((s) => s > 0) && Number.isInteger(size) && size > 0, 'a deviation or the size is not positive')
      holds(crop > 0 && crop <= 1, `crop ${crop} is not in (0, 1]`)
    }),
    runs
  ),
  law(
    "has unique keys in torch's format",
    fc.property(cases, (arch) => {
      const keys = arraysOf(planned({ input: inputOf(arch) }, arch))
      equal(new Set(keys).size, keys.length, 'different keys')
      for (const key of keys) holds(/^[\w-]+(\.[\w-]+)*$/.test(key), `'${key}' is not names joined by dots`)
    }),
    runs
  ),
  law(
    'has all its parameters below its named children, at their paths',
    fc.property(cases, (arch) => {
      const names = namedChildren(arch.network).map((child) => child.name)
      equal(new Set(names).size, names.length, 'different names')
      const paths = leaves(arch.network).map(({ path }) => path)
      for (const key of arraysOf(planned({ input: inputOf(arch) }, arch))) {
        holds(
          names.some((name) => isUnder(name)(key)),
          `${key} is under no child`
        )
        holds(
          paths.some((path) => isUnder(path)(key) && O.isSome(layerAt(path)(arch.network))),
          `there is no layer for ${key}`
        )
      }
    }),
    runs
  ),
  law(
    "infers every layer's shapes once and counts its parameters once",
    fc.property(cases, (arch) => {
      const plan = planned({ input: inputOf(arch) }, arch)
      equal(
        plan.layers.map((l) => l.path),
        leaves(arch.network).map((l) => l.path),
        'layers'
      )
      equal(
        costOf(plan).parameters,
        plan.parameters.reduce((n, p) => n + sizeOf(p.shape), 0),
        'parameters'
      )
    }),
    runs
  ),
  law(
    "has torch's parameters and buffers for every layer, with torch's shapes",
    fc.property(cases, (arch) => {
      const plan = planned({ input: inputOf(arch) }, arch)
      const shapes = [...plan.parameters, ...plan.buffers].map((a) => `${a.path} ${a.shape.join('x')}`)
      equal([...shapes].sort(), plan.layers.flatMap(arraysIn).sort(), 'arrays')
    }),
    runs
  ),
  law(
    'is equal to itself and shown by its name',
    fc.property(cases, (arch) => {
      holds(eqArch.equals(arch, { ...arch }), 'it differs from itself')
      holds(showArch.show(arch).startsWith(arch.name) && arch.name !== '', 'it is not shown by its name')
    }),
    runs
  )
]

const growth = fc.constantFrom(1, 1.25, 2)

/** A larger side that can be halved as often as the architecture's own, up to the factor of 32 of most networks. */
const grown = (side: number, by: number): number => {
  const even = [32, 16, 8, 4, 2, 1].find((n) => side % n === 0)!
  return even * Math.round((side * by) / even)
}

const cutLaws = (cases: fc.Arbitrary<Arch>): ReadonlyArray<Law> => {
  const grafted = fc.record({ arch: cases, head: heads, task: imageTasks, tall: growth, wide: growth })
  const of = (name: string, claim: (plan: Plan, arch: Arch, outputs: number) => void): Law =>
    law(
      name,
      fc.property(grafted, ({ arch, head, task, tall, wide }) => {
        const [c, h, w] = inputOf(arch)
        const input = [c!, grown(h!, tall), grown(w!, wide)]
        claim(planned({ input, task }, pipe(arch, cut, withHead(head), freezeBody)), arch, outputsOf(task))
      }),
      runs
    )
  return [
    of('supports any head, task and larger image after its cut', (plan, _, outputs) =>
      equal(plan.output, [outputs], 'the output')
    ),
    of('keeps the keys and shapes of what its own cut leaves', (plan, arch) => {
      const shapes = new Map(planned({ input: inputOf(arch) }, arch).parameters.map((p) => [p.path, p.shape]))
      for (const p of plan.parameters)
        if (isUnder('body')(p.path)) equal(p.shape, shapes.get(p.path.slice('body.'.length)), `the shape of ${p.path}`)
    }),
    of('is split at its own paths and at the head', (plan, arch) =>
      equal(plan.starts, [...(arch.split ?? []).map((path) => `body.${path}`), 'head'], 'starts')
    ),
    of('is frozen as a body except for its batch norms', (plan) => {
      const norms = new Set(plan.layers.filter((l) => l.layer._tag === 'BatchNorm').map((l) => l.path))
      for (const { path, trainable } of plan.parameters)
        equal(trainable, isUnder('head')(path) || norms.has(path.slice(0, path.lastIndexOf('.'))), `training ${path}`)
    })
  ]
}

/**
 * What graft assumes about an architecture. Run these laws on your own.
 *
 * @example
 * import { archLaws } from 'graft-vision/laws'
 * import { squeezenet1_1 } from 'graft-vision'
 *
 * for (const law of archLaws(squeezenet1_1)) await law.check({ seed: 1, numRuns: 2 })
 *
 * @category laws
 * @since 0.1.0
 */
export const archLaws = (mine: Subject<Arch> = archs): ReadonlyArray<Law> => {
  const cases = drawn(mine)
  return [...nakedLaws(cases), ...cutLaws(cases)]
}
