/**
 * `Arch`: an architecture: its network with torchvision's names, the input it expects, its default cut and split, and
 * where to find its weights. An ordinary value; there is no registry.
 *
 * @category architectures
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { eqValue } from '../Value.js'
import type { Layer } from './Layer.js'
import { fromScratchWeights, showWeights, type Weights, type WeightsRecord } from './Weights.js'

/**
 * The images an architecture expects: number of channels, size and normalisation.
 *
 * @category architectures
 * @since 0.1.0
 */
export interface ArchInput {
  readonly channels: number
  /** Side in pixels of the square images the weights were trained on. */
  readonly size: number
  /** Mean per channel of RGB pixels in [0, 1]. */
  readonly mean: ReadonlyArray<number>
  readonly std: ReadonlyArray<number>
  /** Fraction of the resized image's side that the centre crop keeps in evaluation. */
  readonly crop: number
}

/**
 * 224 pixels, RGB, ImageNet's mean and standard deviation, crop 0.875: torchvision's preprocessing.
 *
 * @category architectures
 * @since 0.1.0
 */
export const imagenetInput: ArchInput = {
  channels: 3,
  size: 224,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  crop: 0.875
}

export interface Arch {
  readonly _tag: 'Arch'
  readonly name: string
  readonly network: Layer
  readonly input: ArchInput
  /**
   * Where the body ends, as an argument of `cutAt`; null: before the last child that is or contains a pooling layer.
   */
  readonly cut: number | string | null
  /** Paths at which the body's second and later parameter groups start; null: the body is one group. */
  readonly split: ReadonlyArray<string> | null
  readonly published: ReadonlyArray<WeightsRecord>
  readonly weights: Weights
}

/**
 * A user-defined architecture: a name and a network; every other field has a default.
 *
 * @example
 * import { arch, nn } from 'graft-vision'
 *
 * const mine = arch({
 *   name: 'mine',
 *   network: nn.sequential(
 *     nn.named('conv', nn.conv2d(3, 8, 3, { padding: 1 })),
 *     nn.named('act', nn.relu),
 *     nn.named('pool', nn.adaptiveAvgPool2d(1)),
 *     nn.flatten,
 *     nn.named('fc', nn.linear(8, 10))
 *   )
 * })
 * assert.strictEqual(mine.cut, null)
 *
 * @category architectures
 * @since 0.1.0
 */
export const arch = (fields: {
  readonly name: string
  readonly network: Layer
  readonly input?: ArchInput
  readonly cut?: number | string
  readonly split?: ReadonlyArray<string>
  readonly published?: ReadonlyArray<WeightsRecord>
}): Arch => ({
  _tag: 'Arch',
  name: fields.name,
  network: fields.network,
  input: fields.input ?? imagenetInput,
  cut: fields.cut ?? null,
  split: fields.split ?? null,
  published: fields.published ?? [],
  weights: fromScratchWeights
})

/**
 * Structural equality of all fields.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqArch: Eq<Arch> = eqValue()

/**
 * Shows the name, and the weights unless training starts from scratch: `resnet18, pretrained`.
 *
 * @category instances
 * @since 0.1.0
 */
export const showArch: Show<Arch> = {
  show: (a) => (a.weights._tag === 'FromScratch' ? a.name : `${a.name}, ${showWeights.show(a.weights)}`)
}
