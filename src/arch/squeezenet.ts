/**
 * SqueezeNets (Iandola et al. 2016) with torchvision's layout, names and initialisation.
 *
 * @since 0.1.0
 */
import {
  adaptiveAvgPool2d,
  arch,
  type Arch,
  concat,
  constant,
  conv2d,
  dropout,
  flatten,
  type Init,
  kaimingUniform,
  type Layer,
  maxPool2d,
  named,
  normal,
  numbered,
  relu,
  sequential
} from '../model/index.js'
import { imagenet1kV1 } from './torchvision.js'

const conv = (
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  options: { readonly stride?: number; readonly padding?: number; readonly weightInit?: Init } = {}
): Layer =>
  conv2d(inChannels, outChannels, kernelSize, { weightInit: kaimingUniform, biasInit: constant(0), ...options })

const fire = (inChannels: number, squeeze: number, expand: number): Layer =>
  sequential(
    named('squeeze', conv(inChannels, squeeze, 1)),
    relu,
    concat(
      sequential(named('expand1x1', conv(squeeze, expand, 1)), relu),
      sequential(named('expand3x3', conv(squeeze, expand, 3, { padding: 1 })), relu)
    )
  )

const pool: Layer = maxPool2d(3, { stride: 2, ceilMode: true })

const squeezenet = (name: string, features: Layer, file: string): Arch =>
  arch({
    name,
    network: sequential(
      named('features', features),
      named(
        'classifier',
        numbered(dropout(0.5), conv(512, 1000, 1, { weightInit: normal(0.01) }), relu, adaptiveAvgPool2d(1))
      ),
      flatten
    ),
    cut: -1,
    split: ['features.5', 'features.8'],
    published: [imagenet1kV1(file)]
  })

/**
 * 1,248,424 parameters; body of 512 channels at stride 16, without batch norms.
 *
 * @category architectures
 * @since 0.1.0
 */
export const squeezenet1_0: Arch = /*#__PURE__*/ squeezenet(
  'squeezenet1_0',
  numbered(
    conv(3, 96, 7, { stride: 2 }),
    relu,
    pool,
    fire(96, 16, 64),
    fire(128, 16, 64),
    fire(128, 32, 128),
    pool,
    fire(256, 32, 128),
    fire(256, 48, 192),
    fire(384, 48, 192),
    fire(384, 64, 256),
    pool,
    fire(512, 64, 256)
  ),
  'squeezenet1_0-b66bff10'
)

/**
 * 1,235,496 parameters; body of 512 channels at stride 16, without batch norms.
 *
 * @category architectures
 * @since 0.1.0
 */
export const squeezenet1_1: Arch = /*#__PURE__*/ squeezenet(
  'squeezenet1_1',
  numbered(
    conv(3, 64, 3, { stride: 2 }),
    relu,
    pool,
    fire(64, 16, 64),
    fire(128, 16, 64),
    pool,
    fire(128, 32, 128),
    fire(256, 32, 128),
    pool,
    fire(256, 48, 192),
    fire(384, 48, 192),
    fire(384, 64, 256),
    fire(512, 64, 256)
  ),
  'squeezenet1_1-b8a52dc0'
)
