import { type Arch } from './Arch.js'
import type { Layer } from './Layer.js'
import { type Body, cut, cutAt, cutBy } from './Body.js'
import { pretrained } from './withWeights.js'

/**
 * Options of `createBody`, as in fastai's `create_body`.
 *
 * @category models
 * @since 0.1.0
 */
export interface CreateBodyOptions {
  /** A count, a child's name or a path, or a function of the network. Default: the architecture's own cut. */
  readonly cut?: number | string | ((network: Layer) => Layer)
  /** Whether to start from the architecture's published weights. Default: as the architecture says. */
  readonly pretrained?: boolean
}

/**
 * The body of an architecture (fastai's `create_body`): a value that records the choices, as `cut`, `cutAt` and `cutBy`
 * do. `bodyNetwork` returns its network, `numFeatures` its number of output channels, and `withHead` makes it a model.
 *
 * @example
 * import { createBody, cutAt, Eq, resnet18 } from 'graft-vision'
 *
 * assert.ok(Eq.body.equals(createBody(resnet18, { cut: -2 }), cutAt(-2)(resnet18)))
 *
 * @category models
 * @since 0.1.0
 */
export const createBody = (arch: Arch, options: CreateBodyOptions = {}): Body => {
  const body =
    options.cut === undefined
      ? cut(arch)
      : typeof options.cut === 'function'
        ? cutBy('cut', options.cut)(arch)
        : cutAt(options.cut)(arch)
  return options.pretrained === true ? pretrained(body) : body
}
