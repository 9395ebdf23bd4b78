/**
 * `Body`: an architecture cut, and the weights that it starts from. A cut turns an `Arch` into a `Body`.
 *
 * @category models
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { opaque } from '../Opaque.js'
import { eqValue } from '../Value.js'
import type { Arch } from './Arch.js'
import { type Cut, ownCut, showCut } from './Cut.js'
import type { Layer } from './Layer.js'
import { fromScratchWeights, showWeights, type Weights } from './Weights.js'

/**
 * An architecture with a cut and the weights that its parameters start from.
 *
 * @category models
 * @since 0.1.0
 */
export interface Body {
  readonly _tag: 'Body'
  readonly arch: Arch
  readonly cut: Cut
  readonly weights: Weights
}

const bodyOf =
  (by: Cut) =>
  (arch: Arch): Body => ({
    _tag: 'Body',
    arch: { ...arch, weights: fromScratchWeights },
    cut: by,
    weights: arch.weights
  })

/**
 * Cuts at the architecture's default; without one, before the last child that is or contains a pooling layer.
 *
 * @example
 * import { customHead, cut, nn, plan, resnet18, withHead } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const features = pipe(resnet18, cut, withHead(customHead(nn.identity)), plan({ input: [3, 64, 64] }))
 * assert.deepStrictEqual(pipe(features, E.map((p) => p.output)), E.right([512, 2, 2]))
 *
 * @category models
 * @since 0.1.0
 */
export const cut: (arch: Arch) => Body = bodyOf(ownCut)

/**
 * Keeps the whole network, for networks without a classifier (a feature extractor, or the body of an exported model).
 *
 * @example
 * import { arch, nn, Show, uncut } from 'graft-vision'
 *
 * const features = arch({ name: 'features', network: nn.conv2d(3, 8, 3) })
 * assert.strictEqual(Show.body.show(uncut(features)), 'pipe(features, uncut)')
 *
 * @category models
 * @since 0.1.0
 */
export const uncut: (arch: Arch) => Body = bodyOf({ _tag: 'NoCut' })

/**
 * Cuts before a child or a path. `at` is a number of named children (negative from the end), a child's name, or the
 * path of a layer (`features.denseblock4`), which must not be inside a branch. Layers without a name between kept
 * children are kept; those after the last kept child are dropped.
 *
 * @example
 * import { cutAt, head, resnet18, withHead, freezeBody } from 'graft-vision'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const model = pipe(resnet18, cutAt(-2), withHead(head({ linFtrs: [512], ps: 0.5 })), freezeBody)
 * assert.strictEqual(model.body.arch.name, 'resnet18')
 *
 * @category models
 * @since 0.1.0
 */
export const cutAt = (at: number | string): ((arch: Arch) => Body) => bodyOf({ _tag: 'CutAt', at })

/**
 * Cuts with a function of the whole network; the label names it in messages. An exception is a `CutError` of the plan.
 *
 * @example
 * import { cutBy, type nn, resnet18, Show } from 'graft-vision'
 *
 * const stem = (net: nn.Layer): nn.Layer => (net._tag === 'Sequential' ? { ...net, children: net.children.slice(0, 3) } : net)
 * assert.strictEqual(Show.body.show(cutBy('stem', stem)(resnet18)), "pipe(resnet18, cutBy('stem'))")
 *
 * @category models
 * @since 0.1.0
 */
export const cutBy = (label: string, f: (network: Layer) => Layer): ((arch: Arch) => Body) =>
  bodyOf({ _tag: 'CutBy', f: opaque(label, f) })

/**
 * Structural equality: architecture, cut and weights.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqBody: Eq<Body> = eqValue()

const weightSteps = (weights: Weights): ReadonlyArray<string> =>
  weights._tag === 'FromScratch' ? [] : [showWeights.show(weights)]

export const bodySteps = (body: Body): ReadonlyArray<string> => [
  body.arch.name,
  ...weightSteps(body.weights),
  showCut.show(body.cut)
]

/**
 * Shows the `pipe` that makes it: `pipe(resnet18, cutAt(-2))`.
 *
 * @category instances
 * @since 0.1.0
 */
export const showBody: Show<Body> = { show: (body) => `pipe(${bodySteps(body).join(', ')})` }
