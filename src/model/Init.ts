/**
 * `Init`: how a parameter starts when no weights are loaded. Drawn from the run's seed and the parameter's path, so
 * that adding a layer changes no other layer's start.
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { type Generator } from '../Seed.js'
import { eqValue, showValue } from '../Value.js'

/** Inputs and outputs that one weight connects: `in·k·k` and `out·k·k` for a convolution. */
export interface Fan {
  readonly in: number
  readonly out: number
}

export type Init =
  /** Normal, mean 0, std √(2/fan) (He et al. 2015; torch.nn.init.kaiming_normal_ for ReLU). */
  | { readonly _tag: 'KaimingNormal'; readonly mode: 'fanIn' | 'fanOut' }
  /** Uniform within ±√(6/fan) (torch.nn.init.kaiming_uniform_ for ReLU). */
  | { readonly _tag: 'KaimingUniform'; readonly mode: 'fanIn' | 'fanOut' }
  /** Uniform within ±1/√fanIn: what torch gives convolutions and linear layers, weights and biases alike. */
  | { readonly _tag: 'TorchDefault' }
  | { readonly _tag: 'Normal'; readonly std: number }
  | { readonly _tag: 'Constant'; readonly value: number }

/** @since 0.1.0 */
export const kaimingNormal: Init = { _tag: 'KaimingNormal', mode: 'fanIn' }
/** @since 0.1.0 */
export const kaimingNormalFanOut: Init = { _tag: 'KaimingNormal', mode: 'fanOut' }
/** @since 0.1.0 */
export const kaimingUniform: Init = { _tag: 'KaimingUniform', mode: 'fanIn' }
/** @since 0.1.0 */
export const torchDefault: Init = { _tag: 'TorchDefault' }
/** @since 0.1.0 */
export const normal = (std: number): Init => ({ _tag: 'Normal', std })
/** @since 0.1.0 */
export const constant = (value: number): Init => ({ _tag: 'Constant', value })

/** @since 0.1.0 */
export const eqInit: Eq<Init> = eqValue()
/** @since 0.1.0 */
export const showInit: Show<Init> = { show: showValue }

const fanOf = (mode: 'fanIn' | 'fanOut', fan: Fan): number => (mode === 'fanIn' ? fan.in : fan.out)

/**
 * Draws `size` values.
 *
 * @example
 * import { drawInit, constant, generator } from 'graft-vision'
 *
 * assert.deepStrictEqual([...drawInit(constant(1), { in: 1, out: 1 }, generator(0), 2)], [1, 1])
 *
 * @since 0.1.0
 */
export const drawInit = (init: Init, fan: Fan, random: Generator, size: number): Float32Array => {
  const values = new Float32Array(size)
  const fill = (next: () => number): Float32Array => {
    for (let i = 0; i < size; i++) values[i] = next()
    return values
  }
  const uniform = (bound: number) => fill(() => (2 * random.uniform() - 1) * bound)
  const gaussian = (std: number) => fill(() => random.normal() * std)
  switch (init._tag) {
    case 'KaimingNormal':
      return gaussian(Math.sqrt(2 / fanOf(init.mode, fan)))
    case 'KaimingUniform':
      return uniform(Math.sqrt(6 / fanOf(init.mode, fan)))
    case 'TorchDefault':
      return uniform(1 / Math.sqrt(fan.in))
    case 'Normal':
      return gaussian(init.std)
    case 'Constant':
      return values.fill(init.value)
  }
}
