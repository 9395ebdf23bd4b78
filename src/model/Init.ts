/**
 * `Init`: how a parameter is initialised when no weights are loaded. Values are drawn from the run's seed and the
 * parameter's path, so adding a layer does not change the initial values of the others.
 *
 * @category initialisation
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { type Generator } from '../Seed.js'
import { eqValue, foldUnion, showValue } from '../Value.js'

/**
 * Fan in and fan out of a weight: for a convolution `in·k·k` and `out·k·k`.
 *
 * @category initialisation
 * @since 0.1.0
 */
export interface Fan {
  readonly in: number
  readonly out: number
}

export type Init =
  /** Normal, mean 0, std √(2/fan) (He et al. 2015; torch.nn.init.kaiming_normal_ for ReLU). */
  | { readonly _tag: 'KaimingNormal'; readonly mode: 'fanIn' | 'fanOut' }
  /** Uniform within ±√(6/fan) (torch.nn.init.kaiming_uniform_ for ReLU). */
  | { readonly _tag: 'KaimingUniform'; readonly mode: 'fanIn' | 'fanOut' }
  /** Uniform within ±1/√fanIn: torch's default for weights and biases of convolutions and linear layers. */
  | { readonly _tag: 'TorchDefault' }
  /** Uniform within ±√(6/(fanIn + fanOut)) (Glorot and Bengio 2010; torch.nn.init.xavier_uniform_). */
  | { readonly _tag: 'XavierUniform' }
  | { readonly _tag: 'Uniform'; readonly bound: number }
  | { readonly _tag: 'Normal'; readonly std: number }
  | { readonly _tag: 'Constant'; readonly value: number }
  /** Kaiming normal (fan in), with the same filter for the scale² channels that a pixel shuffle merges. */
  | { readonly _tag: 'Icnr'; readonly scale: number }

/**
 * Normal with mean 0 and std √(2/fanIn) (He et al. 2015); used for the linear layers of the head.
 *
 * @category initialisation
 * @since 0.1.0
 */
export const kaimingNormal: Init = { _tag: 'KaimingNormal', mode: 'fanIn' }

/**
 * Normal with mean 0 and std √(2/fanOut); torchvision uses it for the convolutions of a ResNet.
 *
 * @category initialisation
 * @since 0.1.0
 */
export const kaimingNormalFanOut: Init = { _tag: 'KaimingNormal', mode: 'fanOut' }

/**
 * Uniform within ±√(6/fanIn); torchvision uses it for the convolutions of a SqueezeNet.
 *
 * @category initialisation
 * @since 0.1.0
 */
export const kaimingUniform: Init = { _tag: 'KaimingUniform', mode: 'fanIn' }

/**
 * Uniform within ±1/√fanIn: torch's default for weights and biases of convolutions and linear layers.
 *
 * @category initialisation
 * @since 0.1.0
 */
export const torchDefault: Init = { _tag: 'TorchDefault' }

/**
 * Uniform within ±√(6/(fanIn + fanOut)) (Glorot and Bengio 2010); used for the linear layers of a ViT.
 *
 * @category initialisation
 * @since 0.1.0
 */
export const xavierUniform: Init = { _tag: 'XavierUniform' }

/**
 * Uniform within ±`bound`.
 *
 * @example
 * import { generator, nn } from 'graft-vision'
 * import { drawInit } from './index.js'
 *
 * const values = drawInit(nn.uniform(0.5), { in: 1, out: 1 }, generator(1), 1000)
 * assert.ok(values.every((v) => Math.abs(v) <= 0.5) && values.some((v) => Math.abs(v) > 0.45))
 *
 * @category initialisation
 * @since 0.1.0
 */
export const uniform = (bound: number): Init => ({ _tag: 'Uniform', bound })

/**
 * Normal with mean 0 and standard deviation `std`.
 *
 * @example
 * import { generator, nn } from 'graft-vision'
 * import { drawInit } from './index.js'
 *
 * const values = drawInit(nn.normal(0.01), { in: 1, out: 1 }, generator(1), 1000)
 * const std = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length)
 * assert.ok(Math.abs(std - 0.01) < 0.001)
 *
 * @category initialisation
 * @since 0.1.0
 */
export const normal = (std: number): Init => ({ _tag: 'Normal', std })

/**
 * Sets every element to `value`.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * assert.deepStrictEqual(nn.batchNorm(8, { weightInit: nn.constant(0) }).weightInit, { _tag: 'Constant', value: 0 })
 *
 * @category initialisation
 * @since 0.1.0
 */
export const constant = (value: number): Init => ({ _tag: 'Constant', value })

/**
 * ICNR initialisation of a convolution before a pixel shuffle: Kaiming normal, with the same filter for the `scale`²
 * channels that become one pixel block, so that the shuffle initially equals nearest-neighbour upsampling (Aitken et
 * al. 2017; fastai's `icnr`).
 *
 * @example
 * import { generator, nn } from 'graft-vision'
 * import { drawInit } from './index.js'
 *
 * const filters = drawInit(nn.icnr(2), { in: 1, out: 4 }, generator(1), 8)
 * assert.deepStrictEqual([...new Set(filters)].length, 2)
 *
 * @category initialisation
 * @since 0.1.0
 */
export const icnr = (scale: number): Init => ({ _tag: 'Icnr', scale })

/**
 * Folds an initialiser: one function for each case.
 *
 * @example
 * import { Fold, nn } from 'graft-vision'
 *
 * const isRandom = Fold.init({
 *   KaimingNormal: () => true,
 *   KaimingUniform: () => true,
 *   TorchDefault: () => true,
 *   XavierUniform: () => true,
 *   Uniform: ({ bound }) => bound > 0,
 *   Normal: ({ std }) => std > 0,
 *   Constant: () => false,
 *   Icnr: () => true
 * })
 * assert.strictEqual(isRandom(nn.constant(1)), false)
 *
 * @category folds
 * @since 0.1.0
 */
export const foldInit = /*#__PURE__*/ foldUnion<Init>()

/**
 * Structural equality.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqInit: Eq<Init> = eqValue()

/**
 * Shows the value as a literal: `{ _tag: 'Normal', std: 0.01 }`.
 *
 * @category instances
 * @since 0.1.0
 */
export const showInit: Show<Init> = { show: showValue }

const fanOf = (mode: 'fanIn' | 'fanOut', fan: Fan): number => (mode === 'fanIn' ? fan.in : fan.out)

/**
 * Draws `size` values from `random`. The variance of the Kaiming and torch initialisers depends on `fan`.
 *
 * @example
 * import { generator, nn } from 'graft-vision'
 * import { drawInit } from './index.js'
 *
 * assert.deepStrictEqual([...drawInit(nn.constant(1), { in: 1, out: 1 }, generator(0), 2)], [1, 1])
 *
 * @since 0.1.0
 */
export const drawInit = (init: Init, fan: Fan, random: Generator, size: number): Float32Array => {
  const values = new Float32Array(size)
  const fill = (next: () => number): Float32Array => {
    for (let i = 0; i < size; i++) values[i] = next()
    return values
  }
  const within = (bound: number) => fill(() => (2 * random.uniform() - 1) * bound)
  const gaussian = (std: number) => fill(() => random.normal() * std)
  switch (init._tag) {
    case 'KaimingNormal':
      return gaussian(Math.sqrt(2 / fanOf(init.mode, fan)))
    case 'KaimingUniform':
      return within(Math.sqrt(6 / fanOf(init.mode, fan)))
    case 'TorchDefault':
      return within(1 / Math.sqrt(fan.in))
    case 'XavierUniform':
      return within(Math.sqrt(6 / (fan.in + fan.out)))
    case 'Uniform':
      return within(init.bound)
    case 'Normal':
      return gaussian(init.std)
    case 'Constant':
      return values.fill(init.value)
    case 'Icnr': {
      const filters = drawInit(kaimingNormal, fan, random, Math.ceil(size / init.scale ** 2))
      return values.map((_, i) => {
        const filter = Math.floor(i / fan.in / init.scale ** 2)
        return filters[filter * fan.in + (i % fan.in)]!
      })
    }
  }
}
