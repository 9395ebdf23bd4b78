/** The shapes of layers on tokens, and of those that normalise and scale channels wherever these are. */
import * as E from 'fp-ts/lib/Either.js'
import { channelAxis, type Pair, type Primitive, type Shape } from '../model/index.js'
import { agree, type Fit, misfit, needsMap, shown } from './Fit.js'

type Of<T extends Primitive['_tag']> = Extract<Primitive, { _tag: T }>

const needsTokens = (input: Shape, f: (count: number, channels: number) => Fit): Fit =>
  input.length === 2
    ? f(input[0]!, input[1]!)
    : misfit(
        'tokens×channels',
        shown(input),
        input.length === 3 ? 'put tokens before it' : 'put it before the pooling',
        input
      )

/** The input, if it has this many channels. */
const withChannels = (channels: number, input: Shape, use: string): Fit => {
  const found = input[channelAxis(input)] ?? 0
  return agree(found, channels)
    ? E.right(input)
    : misfit(`${channels} channels`, `${found} channels (${shown(input)})`, `use ${use}`, input)
}

export const normalised = (channels: number, name: string, input: Shape): Fit =>
  withChannels(channels, input, `${name} of ${input[channelAxis(input)]} channels`)

export const scaled = (layer: Of<'LayerScale'>, input: Shape): Fit =>
  withChannels(layer.channels, input, `layerScale(${input[channelAxis(input)]})`)

export const attended = (layer: Of<'Attention' | 'WindowAttention'>, input: Shape): Fit => {
  const { channels, heads } = layer
  const whole = Number.isNaN(channels % heads) || channels % heads === 0
  const check = (found: number): Fit =>
    !whole
      ? misfit(`channels divisible by ${heads} heads`, `${channels} channels`, 'change heads or channels', input)
      : withChannels(channels, input, `${found} channels`)
  return layer._tag === 'Attention' ? needsTokens(input, (_, c) => check(c)) : needsMap(input, check)
}

export const toTokens = (input: Shape): Fit => needsMap(input, (c, h, w) => E.right([h * w, c]))

export const withTokens = (layer: Of<'LearnedTokens'>, input: Shape): Fit =>
  needsTokens(input, (tokens, channels) => {
    const output = [layer.count + tokens, channels]
    return E.map(() => output)(withChannels(layer.channels, input, `${channels} channels`))
  })

/** Tokens whose number is not that of the grid are an error: the positions are interpolated between grids. */
export const embedded = (layer: Of<'PositionEmbedding'>, input: Shape, grid: Pair | null): Fit =>
  needsTokens(input, (tokens, channels) => {
    const [h, w] = grid ?? layer.grid
    const expected = layer.prefix + h * w
    return agree(tokens, expected)
      ? withChannels(layer.channels, input, `positionEmbedding(${channels}, ...)`)
      : misfit(
          `${expected} tokens: ${h}×${w} patches and a prefix of ${layer.prefix}`,
          `${tokens} tokens`,
          'change prefix to the number of class and register tokens before it',
          input
        )
  })

export const pooledTokens = (layer: Of<'TakeToken' | 'MeanTokens'>, input: Shape): Fit =>
  needsTokens(input, (tokens, channels) => {
    const at = layer._tag === 'TakeToken' ? layer.index : layer.skip
    return Number.isNaN(tokens) || Number.isNaN(at) || at < tokens
      ? E.right([channels])
      : misfit(
          `more than ${at} tokens`,
          `${tokens} tokens`,
          layer._tag === 'TakeToken' ? 'change index' : 'change skip',
          [channels]
        )
  })

export const merged = (input: Shape): Fit =>
  needsMap(input, (c, h, w) => E.right([4 * c, Math.ceil(h / 2), Math.ceil(w / 2)]))
