/** The text of boxes. */
import { type Primitive, type Role, roleOf } from '../../../model/index.js'
import type { Leaf } from './pieces.js'
import { stretches } from './stretches.js'

const pair = ([a, b]: readonly [number, number]): string => `${a}×${b}`

const strided = ([a, b]: readonly [number, number]): string =>
  a === 1 && b === 1 ? '' : a === b ? ` /${a}` : ` /${a}×${b}`

const grouped = (groups: number, channels: number): string =>
  groups === 1 ? '' : groups === channels ? ', depthwise' : `, ${groups} groups`

const heads = (count: number): string => `${count} ${count === 1 ? 'head' : 'heads'}`

/** `LeakyRelu` → `leaky relu`. */
const spelt = (tag: string): string => tag.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()

/** A short description of a layer; ` /2` is its stride. */
export const wordsOf = (layer: Primitive): string => {
  switch (layer._tag) {
    case 'Conv2d': {
      const dilated = pair(layer.dilation) === '1×1' ? '' : `, dilation ${pair(layer.dilation)}`
      const size = `conv ${pair(layer.kernelSize)}, ${layer.outChannels}${strided(layer.stride)}`
      return `${size}${grouped(layer.groups, layer.inChannels)}${dilated}`
    }
    case 'Linear':
      return `linear ${layer.inFeatures} → ${layer.outFeatures}`
    case 'Linear2d':
      return `linear ${layer.inChannels} → ${layer.outChannels}`
    case 'Attention':
      return `attention, ${heads(layer.heads)}`
    case 'WindowAttention': {
      const shifted = layer.shift[0] + layer.shift[1] === 0 ? '' : `, shift ${pair(layer.shift)}`
      return `attention in ${pair(layer.window)}, ${heads(layer.heads)}${shifted}`
    }
    case 'GroupNorm':
      return `group norm, ${layer.groups} groups`
    case 'LearnedTokens':
      return layer.count === 1 ? 'class token' : `${layer.count} learned tokens`
    case 'TakeToken':
      return `token ${layer.index}`
    case 'MeanTokens':
      return 'mean of tokens'
    case 'StochasticDepth':
      return `stochastic depth ${layer.p}`
    case 'MaxPool2d':
      return `max pool ${pair(layer.kernelSize)}${strided(layer.stride)}`
    case 'AvgPool2d':
      return `average pool ${pair(layer.kernelSize)}${strided(layer.stride)}`
    case 'AdaptiveAvgPool2d':
      return `average pool to ${pair(layer.outputSize)}`
    case 'AdaptiveMaxPool2d':
      return `max pool to ${pair(layer.outputSize)}`
    case 'AdaptiveConcatPool2d':
      return `max ⧺ average pool to ${pair(layer.outputSize)}`
    case 'Dropout':
      return `dropout ${layer.p}`
    case 'PixelShuffle':
      return `pixel shuffle ×${layer.scale}`
    case 'ResizeNearest':
      return `resize to ${pair(layer.outputSize)}`
    case 'WeightNorm':
    case 'SpectralNorm':
      return `${wordsOf(layer.layer)}, ${spelt(layer._tag)}`
    case 'Scale':
      return `scale ${layer.factor}`
    case 'BatchNorm':
    case 'LayerNorm':
    case 'LayerScale':
    case 'Tokens':
    case 'PositionEmbedding':
    case 'PatchMerging':
    case 'Gelu':
    case 'Silu':
    case 'HardSigmoid':
    case 'HardSwish':
    case 'Relu':
    case 'Relu6':
    case 'LeakyRelu':
    case 'Sigmoid':
    case 'Tanh':
    case 'SigmoidRange':
    case 'Blur':
    case 'SelfAttention':
    case 'Flatten':
    case 'Identity':
    case 'PadChannels':
      return spelt(layer._tag)
  }
}

const tagOf = ({ layer }: Leaf): Primitive['_tag'] => layer.layer._tag

const has =
  (...roles: ReadonlyArray<Role>) =>
  ({ layer }: Leaf): boolean =>
    roles.includes(roleOf(layer.layer))
const mixes = has('weighted')
const pools = has('pooling')
const prepares = has('normalisation', 'dropout')

/** Whether a convolution with its norm and activation, in any order, ends before this layer. */
const endsBefore = (run: ReadonlyArray<Leaf>, leaf: Leaf): boolean => {
  const mixed = run.findIndex(mixes)
  if (pools(leaf) || run.some(pools)) return true
  return mixed !== -1 && (mixes(leaf) || (prepares(leaf) && run.slice(0, mixed).some(prepares)))
}

/** Divides layers into runs: a convolution or linear layer with its norm and activation; a pooling by itself. */
export const runsOf = stretches<Leaf>((run, leaf) => !endsBefore(run, leaf))

/** A box with more lines than this only counts the layers of each kind. */
const listed = 4

const inTwos = (words: ReadonlyArray<string>): ReadonlyArray<string> =>
  words.flatMap((_, i) => (i % 2 === 0 ? [words.slice(i, i + 2).join(', ')] : []))

/** Describes a box's layers. */
export const linesOf = (all: ReadonlyArray<Leaf>): ReadonlyArray<string> => {
  const runs = runsOf(all)
  if (runs.length <= listed) return runs.map((run) => run.map((leaf) => wordsOf(leaf.layer.layer)).join(' · '))
  const tags = all.map(tagOf).filter((tag) => tag !== 'Identity')
  return inTwos([...new Set(tags)].map((tag) => `${tags.filter((t) => t === tag).length} ${spelt(tag)}`))
}

/** `11,689,512` → `11.7M`. */
export const short = (n: number): string => {
  const units = ['', 'k', 'M', 'G', 'T']
  const i = n < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(n) / 3))
  const scaled = n / 1000 ** i
  return `${scaled >= 100 ? Math.round(scaled) : Number(scaled.toPrecision(3))}${units[i]}`
}

/** `denselayer1`, `denselayer6` → `denselayer1–6`. */
const between = (first: string, last: string): string => {
  const [a, b] = [first, last].map((name) => /^(.*?)(\d+)$/.exec(name))
  return `${first}–${a && b && a[1] === b[1] ? b[2] : last}`
}

/** From one path to another, mentioning common names once. */
export const range = (first: string, last: string): string => {
  const [a, b] = [first.split('.'), last.split('.')]
  const differs = a.flatMap((name, i) => (name === b[i] ? [] : [i]))
  if (first === last) return first
  return a.length === b.length && differs.length === 1
    ? a.with(differs[0]!, between(a[differs[0]!]!, b[differs[0]!]!)).join('.')
    : `${first} – ${last}`
}

/** The names that lead to a layer, without `body`; a layer without a name has its parent's. */
const namesOf = (path: string): ReadonlyArray<string> =>
  path
    .replace(/^body\b\.?/, '')
    .split('/')[0]!
    .split('.')

/** The title of a box: the part that its layers form, as deep as it is expanded, otherwise the first and last layer. */
export const titleOf = (paths: ReadonlyArray<string>, depthOf: (path: string) => number, limit: number): string => {
  const all = paths.map(namesOf)
  const first = all[0] ?? []
  const differs = first.findIndex((name, i) => all.some((names) => names[i] !== name))
  const common = (differs === -1 ? first : first.slice(0, differs)).join('.')
  // a layer without a name belongs to the part that contains it
  if (common !== '' && all.some((names) => names.join('.') === common)) return common
  const depth = common === '' ? 0 : depthOf(common)
  if (paths.length > 1 && depth >= limit) return depth > limit || paths.length > 2 ? common : first.join('.')
  return range(first.join('.'), (all.at(-1) ?? []).join('.'))
}
