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
import { type Arch } from './Arch.js'
import { type Cut, ownCut, showCut } from './Cut.js'
import { type BatchNormPolicy, type Freeze, freezeToGroup, nothingFrozen, showFreeze } from './Freeze.js'
import { type Head, showHead } from './Head.js'
import type { Layer } from './Layer.js'
import { ownSplit, showSplit, type Split } from './Split.js'
import { fileWeights, fromScratchWeights, pretrainedWeights, showWeights, type Weights } from './Weights.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

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
// Arch → Body
// -------------------------------------------------------------------------------------

const bodyOf =
  (by: Cut) =>
  (arch: Arch): Body => ({ _tag: 'Body', arch: fromScratch(arch), cut: by, weights: arch.weights })

/**
 * Cuts where the architecture says; if it has no cut, before the last pooling child.
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
 * Keeps the whole network, for one that is already a body (a feature extractor, or the body of an exported model).
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

// -------------------------------------------------------------------------------------
// weights, at any stage
// -------------------------------------------------------------------------------------

const setWeights =
  (weights: Weights) =>
  <S extends Arch | Body | Model>(stage: S): S =>
    stage._tag === 'Model' ? { ...stage, body: { ...stage.body, weights } } : { ...stage, weights }

/**
 * Starts from the architecture's first published weights. Nothing is read until a learner is made.
 *
 * @example
 * import { pretrained, resnet18, Show } from 'graft-vision'
 *
 * assert.strictEqual(Show.arch.show(pretrained(resnet18)), 'resnet18, pretrained')
 *
 * @category models
 * @since 0.1.0
 */
export const pretrained: <S extends Arch | Body | Model>(stage: S) => S = setWeights(pretrainedWeights())

/**
 * Starts from the architecture's published weights with this tag (the part after the dot in `arch.tag`).
 *
 * @example
 * import { cut, head, pretrainedAs, resnet18, Show, withHead } from 'graft-vision'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * assert.strictEqual(
 *   Show.model.show(pipe(resnet18, pretrainedAs('tv_in1k'), cut, withHead(head()))),
 *   "pipe(resnet18, pretrainedAs('tv_in1k'), cut, withHead(head()))"
 * )
 *
 * @category models
 * @since 0.1.0
 */
export const pretrainedAs = (tag: string): (<S extends Arch | Body | Model>(stage: S) => S) =>
  setWeights(pretrainedWeights(tag))

/**
 * Starts from a safetensors or torch file with the architecture's keys. Nothing is read until a learner is made.
 *
 * @example
 * import { resnet18, Show, withWeights } from 'graft-vision'
 *
 * assert.strictEqual(Show.arch.show(withWeights('mine.safetensors')(resnet18)), "resnet18, withWeights('mine.safetensors')")
 *
 * @category models
 * @since 0.1.0
 */
export const withWeights = (file: string): (<S extends Arch | Body | Model>(stage: S) => S) =>
  setWeights(fileWeights(file))

/**
 * Initialises every parameter from the run's seed, as its layer's `Init` says.
 *
 * @example
 * import { fromScratch, pretrained, resnet18 } from 'graft-vision'
 *
 * assert.deepStrictEqual(fromScratch(pretrained(resnet18)), resnet18)
 *
 * @category models
 * @since 0.1.0
 */
export const fromScratch: <S extends Arch | Body | Model>(stage: S) => S = setWeights(fromScratchWeights)

// -------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------

/**
 * Structural equality: architecture, cut and weights.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqBody: Eq<Body> = eqValue()

/**
 * Structural equality of all choices; functions are equal when label and function are.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqModel: Eq<Model> = eqValue()

const weightSteps = (weights: Weights): ReadonlyArray<string> =>
  weights._tag === 'FromScratch' ? [] : [showWeights.show(weights)]

const bodySteps = (body: Body): ReadonlyArray<string> => [
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
