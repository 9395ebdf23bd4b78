/**
 * The stages `Arch → Body → Model`. A cut turns an architecture into a body, a head turns a body into a model; split,
 * freeze, batch-norm policy and replacement are steps from model to model. Each step records a choice, so it is a pure
 * function for `pipe` that cannot fail. Steps in the wrong order do not type-check.
 *
 * @category models
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { opaque } from '../Opaque.js'
import { eqValue, showValue } from '../Value.js'
import { type BatchNormPolicy, type Freeze, freezeToGroup, nothingFrozen, showFreeze } from './Freeze.js'
import { type Head, showHead } from './Head.js'
import type { Layer } from './Layer.js'
import { ownSplit, showSplit, type Split } from './Split.js'
import { type Body, bodySteps } from './Body.js'

/**
 * A layer that replaces the one at a path of the whole model (`body.conv1`).
 *
 * @category models
 * @since 0.1.0
 */
export interface Replacement {
  readonly path: string
  readonly layer: Layer
}

/** A body with a head, a split, a freeze and replacements. */
export interface Model {
  readonly _tag: 'Model'
  readonly body: Body
  readonly head: Head
  readonly split: Split
  readonly freeze: Freeze
  readonly batchNorm: BatchNormPolicy
  /** In the order they were made; each one sees the result of the earlier ones. */
  readonly replacements: ReadonlyArray<Replacement>
}

// -------------------------------------------------------------------------------------
// Body → Model
// -------------------------------------------------------------------------------------

/**
 * Puts a head on a body. Nothing is frozen, the split is the architecture's, and batch norms in frozen groups train.
 *
 * @example
 * import { cut, head, nothingFrozen, resnet18, withHead } from 'graft-vision'
 * import { ownSplit } from './index.js'
 *
 * const model = withHead(head({ ps: 0.2 }))(cut(resnet18))
 * assert.deepStrictEqual([model.split, model.freeze, model.batchNorm], [ownSplit, nothingFrozen, 'trains'])
 *
 * @category models
 * @since 0.1.0
 */
export const withHead =
  (h: Head) =>
  (body: Body): Model => ({
    _tag: 'Model',
    body,
    head: h,
    split: ownSplit,
    freeze: nothingFrozen,
    batchNorm: 'trains',
    replacements: []
  })

// -------------------------------------------------------------------------------------
// Model → Model
// -------------------------------------------------------------------------------------

/**
 * Sets the parameter groups by the paths at which the second and later groups start, in data-flow order. Checked when
 * planning: `SplitError`.
 *
 * @example
 * import { classification, cut, head, plan, resnet18, splitOn, withHead } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const model = pipe(resnet18, cut, withHead(head()), splitOn(['body.layer1', 'body.layer3', 'head']))
 * const checked = plan({ input: [3, 32, 32], task: classification(['a', 'b']) })(model)
 * assert.deepStrictEqual(pipe(checked, E.map((p) => p.groups)), E.right(4))
 *
 * @category models
 * @since 0.1.0
 */
export const splitOn =
  (starts: ReadonlyArray<string>) =>
  (model: Model): Model => ({ ...model, split: { _tag: 'SplitOn', starts } })

/**
 * Sets the parameter groups by a function from the body's network to the paths, in the whole model, at which the second
 * and later groups start. An exception is a `SplitError` of the plan.
 *
 * @example
 * import { cut, head, nn, resnet18, Show, splitBy, withHead } from 'graft-vision'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const each = splitBy('each child', (body) => nn.namedChildren(body).map((child) => `body.${child.name}`))
 * const model = pipe(resnet18, cut, withHead(head()), each)
 * assert.strictEqual(Show.model.show(model), "pipe(resnet18, cut, withHead(head()), splitBy('each child'))")
 *
 * @category models
 * @since 0.1.0
 */
export const splitBy =
  (label: string, f: (body: Layer) => ReadonlyArray<string>) =>
  (model: Model): Model => ({ ...model, split: { _tag: 'SplitBy', f: opaque(label, f) } })

/**
 * Freezes everything under `body`, however it is split into groups; its batch norms follow `batchNormUnderFreeze`.
 *
 * @example
 * import { classification, cut, freezeBody, head, plan, resnet18, withHead } from 'graft-vision'
 * import { isUnder } from './index.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const frozen = pipe(
 *   pipe(resnet18, cut, withHead(head()), freezeBody),
 *   plan({ input: [3, 32, 32], task: classification(['a', 'b']) }),
 *   E.map((p) => p.parameters.filter((q) => !q.trainable && isUnder('body.layer1.0')(q.path)).map((q) => q.path))
 * )
 * assert.deepStrictEqual(frozen, E.right(['body.layer1.0.conv1.weight', 'body.layer1.0.conv2.weight']))
 *
 * @category models
 * @since 0.1.0
 */
export const freezeBody = (model: Model): Model => ({ ...model, freeze: { _tag: 'FreezeBody' } })

/**
 * Freezes the groups before the `n`-th and unfreezes the rest. With g groups, `n` is an integer in [−g, g); a negative
 * one counts from the end. With one group, `n` must be 0. Checked when planning: `FreezeError`.
 *
 * @example
 * import { cut, freezeTo, freezeToGroup, head, resnet18, withHead } from 'graft-vision'
 *
 * assert.deepStrictEqual(freezeTo(1)(withHead(head())(cut(resnet18))).freeze, freezeToGroup(1))
 *
 * @category models
 * @since 0.1.0
 */
export const freezeTo =
  (n: number) =>
  (model: Model): Model => ({ ...model, freeze: freezeToGroup(n) })

/**
 * Freezes every group but the last: `freezeTo(-1)`.
 *
 * @example
 * import { cut, freeze, freezeTo, head, resnet18, withHead } from 'graft-vision'
 *
 * const model = withHead(head())(cut(resnet18))
 * assert.deepStrictEqual(freeze(model), freezeTo(-1)(model))
 *
 * @category models
 * @since 0.1.0
 */
export const freeze: (model: Model) => Model = freezeTo(-1)

/**
 * Unfreezes every group: `freezeTo(0)`.
 *
 * @example
 * import { cut, freezeBody, head, resnet18, unfreeze, withHead } from 'graft-vision'
 *
 * const model = withHead(head())(cut(resnet18))
 * assert.deepStrictEqual(unfreeze(freezeBody(model)), model)
 *
 * @category models
 * @since 0.1.0
 */
export const unfreeze: (model: Model) => Model = freezeTo(0)

/**
 * Sets what batch norms in frozen groups do; default `trains`.
 *
 * @example
 * import { batchNormUnderFreeze, cut, head, resnet18, withHead } from 'graft-vision'
 *
 * assert.strictEqual(batchNormUnderFreeze('inference')(withHead(head())(cut(resnet18))).batchNorm, 'inference')
 *
 * @category models
 * @since 0.1.0
 */
export const batchNormUnderFreeze =
  (policy: BatchNormPolicy) =>
  (model: Model): Model => ({ ...model, batchNorm: policy })

/**
 * Replaces the layer at a path of the whole model: `body.conv1`, `head.7`, or the path that the summary shows for a
 * layer without a name, `body.layer1.0/relu`. Later replacements see the result of earlier ones. A path without a layer
 * is a `ReplaceError` of the plan. The new layer's parameters are initialised from the seed even when weights are
 * loaded, with one exception: a first convolution that differs only in its input channels is adapted from the loaded
 * weights.
 *
 * @example
 * import { classification, cut, head, nn, plan, replaceAt, resnet18, withHead } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const grey = nn.conv2d(1, 64, 7, { stride: 2, padding: 3, bias: false })
 * const model = pipe(resnet18, cut, withHead(head()), replaceAt('body.conv1', grey))
 * assert.ok(E.isRight(plan({ input: [1, 32, 32], task: classification(['a', 'b']) })(model)))
 *
 * @category models
 * @since 0.1.0
 */
export const replaceAt =
  (path: string, layer: Layer) =>
  (model: Model): Model => ({ ...model, replacements: [...model.replacements, { path, layer }] })

/**
 * Structural equality of all choices; functions are equal when label and function are.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqModel: Eq<Model> = eqValue()

/**
 * Shows the `pipe` that makes it.
 *
 * @example
 * import { cut, freeze, head, resnet18, Show, withHead } from 'graft-vision'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * assert.strictEqual(
 *   Show.model.show(pipe(resnet18, cut, withHead(head()), freeze)),
 *   'pipe(resnet18, cut, withHead(head()), freeze)'
 * )
 *
 * @category instances
 * @since 0.1.0
 */
export const showModel: Show<Model> = {
  show: (m) => {
    const steps = [
      ...bodySteps(m.body),
      `withHead(${showHead.show(m.head)})`,
      ...(m.split._tag === 'OwnSplit' ? [] : [showSplit.show(m.split)]),
      ...(m.freeze._tag === 'FreezeTo' && m.freeze.n === 0 ? [] : [showFreeze.show(m.freeze)]),
      ...(m.batchNorm === 'trains' ? [] : [`batchNormUnderFreeze(${showValue(m.batchNorm)})`]),
      ...m.replacements.map((r) => `replaceAt(${showValue(r.path)}, ...)`)
    ]
    return `pipe(${steps.join(', ')})`
  }
}
