/**
 * AlexNet (Krizhevsky 2014: one tower) with torchvision's layout, names and initialisation.
 *
 * @since 0.1.0
 */
import {
  adaptiveAvgPool2d,
  arch,
  type Arch,
  conv2d,
  dropout,
  flatten,
  linear,
  maxPool2d,
  named,
  numbered,
  relu,
  sequential
} from '../model/index.js'
import { imagenet1kV1 } from './torchvision.js'

/**
 * 61,100,840 parameters; body of 256 channels, pooled to 6×6, without batch norms. Images of at least 63 pixels.
 *
 * @category architectures
 * @since 0.1.0
 */
export const alexnet: Arch = /*#__PURE__*/ arch({
  name: 'alexnet',
  network: sequential(
    named(
      'features',
      numbered(
        conv2d(3, 64, 11, { stride: 4, padding: 2 }),
        relu,
        maxPool2d(3, { stride: 2 }),
        conv2d(64, 192, 5, { padding: 2 }),
        relu,
        maxPool2d(3, { stride: 2 }),
        conv2d(192, 384, 3, { padding: 1 }),
        relu,
        conv2d(384, 256, 3, { padding: 1 }),
        relu,
        conv2d(256, 256, 3, { padding: 1 }),
        relu,
        maxPool2d(3, { stride: 2 })
      )
    ),
    named('avgpool', adaptiveAvgPool2d(6)),
    flatten,
    named(
      'classifier',
      numbered(
        dropout(0.5),
        linear(256 * 6 * 6, 4096),
        relu,
        dropout(0.5),
        linear(4096, 4096),
        relu,
        linear(4096, 1000)
      )
    )
  ),
  cut: -1,
  split: ['features.6'],
  published: [imagenet1kV1('alexnet-owt-7be5be79')]
})
