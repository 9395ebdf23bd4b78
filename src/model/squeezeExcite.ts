import { type Activation, relu, sigmoid } from './Activation.js'
import { conv2d } from './Conv2d.js'
import { type Layer, named, product, sequential } from './Layer.js'
import { adaptiveAvgPool2d } from './Pool2d.js'
import { identity } from './Primitive.js'

/**
 * A squeeze-and-excitation block (Hu et al. 2018) for feature maps of `channels` channels: scales every channel by a
 * number in (0, 1) that two 1×1 convolutions compute from the means of all channels. `squeezed` is the number of
 * channels between the two; default: a sixteenth, at least one. Options: the activation between them (default `relu`)
 * and the one that gives the factor (default `sigmoid`). Parameters have torchvision's names, `fc1` and `fc2`.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * const paths = nn.leaves(nn.squeezeExcite(64)).map(({ path }) => path)
 * assert.deepStrictEqual(paths.filter((path) => !path.includes('/')), ['fc1', 'fc2'])
 *
 * @category layers
 * @since 0.1.0
 */
export const squeezeExcite = (
  channels: number,
  squeezed = Math.max(1, Math.floor(channels / 16)),
  { activation = relu, gate = sigmoid }: { readonly activation?: Activation; readonly gate?: Activation } = {}
): Layer =>
  product(
    identity,
    sequential(
      adaptiveAvgPool2d(1),
      named('fc1', conv2d(channels, squeezed, 1)),
      activation,
      named('fc2', conv2d(squeezed, channels, 1)),
      gate
    )
  )
