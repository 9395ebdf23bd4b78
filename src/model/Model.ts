/**
 * The stages: `Arch → Body → Model`. A cut makes a body of an architecture, a head makes a model of a body; split,
 * freeze, batch-norm policy and replacement are steps from model to model. Each step only records a choice, so it is a
 * plain function for `pipe` that cannot fail; steps in the wrong order do not type-check.
 *
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

/** A cut architecture. */
export interface Body {
  readonly _tag: 'Body'
  readonly arch: Arch
  readonly cut: Cut
  readonly weights: Weights
}

/** A part put in another's place. */
export interface Replacement {
  readonly path: string
  readonly layer: Layer
}

/** A body with a head, and what was chosen about them. */
export interface Model {
  readonly _tag: 'Model'
  readonly body: Body
  readonly head: Head
  readonly split: Split
  readonly freeze: Freeze
  readonly batchNorm: BatchNormPolicy
  /** In the order made; a later one sees the earlier ones. */
  readonly replacements: ReadonlyArray<Replacement>
}

// -------------------------------------------------------------------------------------
// Arch → Body
// -------------------------------------------------------------------------------------

const bodyOf =
  (by: Cut) =>
  (arch: Arch): Body => ({ _tag: 'Body', arch: fromScratch(arch), cut: by, weights: arch.weights })

/**
 * Cuts where the architecture says; without a cut of its own, before the last child that pools.
 *
 * @since 0.1.0
 */
export const cut: (arch: Arch) => Body = bodyOf(ownCut)

/**
 * Keeps the whole network: it is a body already (a feature extractor, or the body of an exported model).
 *
 * @since 0.1.0
 */
export const uncut: (arch: Arch) => Body = bodyOf({ _tag: 'NoCut' })

/**
 * Keeps the named children before the given one: a count, negative from the end, or a child's name. Nameless steps
 * between kept children stay, those after the last kept one go.
 *
 * @example
 * import { cutAt, head, resnet18, withHead, freezeBody } from 'graft-vision'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const model = pipe(resnet18, cutAt(-2), withHead(head({ linFtrs: [512], ps: 0.5 })), freezeBody)
 * assert.strictEqual(model.body.arch.name, 'resnet18')
 *
 * @since 0.1.0
 */
export const cutAt = (at: number | string): ((arch: Arch) => Body) => bodyOf({ _tag: 'CutAt', at })

/**
 * Cuts by a function of the whole network, named by its label.
 *
 * @since 0.1.0
 */
export const cutBy = (label: string, f: (network: Layer) => Layer): ((arch: Arch) => Body) =>
  bodyOf({ _tag: 'CutBy', f: opaque(label, f) })

// -------------------------------------------------------------------------------------
// Body → Model
// -------------------------------------------------------------------------------------

/**
 * Puts a head on a body: nothing frozen, the architecture's own split, batch norms that train under a freeze.
 *
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
 * Parameter groups by the paths where each after the first starts: `splitOn(['body.layer3', 'head'])` makes three.
 *
 * @since 0.1.0
 */
export const splitOn =
  (starts: ReadonlyArray<string>) =>
  (model: Model): Model => ({ ...model, split: { _tag: 'SplitOn', starts } })

/**
 * Parameter groups by a function of the body's network that gives the starts as paths in the whole model.
 *
 * @since 0.1.0
 */
export const splitBy =
  (label: string, f: (body: Layer) => ReadonlyArray<string>) =>
  (model: Model): Model => ({ ...model, split: { _tag: 'SplitBy', f: opaque(label, f) } })

/** Freezes what lies under `body`. @since 0.1.0 */
export const freezeBody = (model: Model): Model => ({ ...model, freeze: { _tag: 'FreezeBody' } })

/** Freezes the groups before the `n`-th (negative from the end) and unfreezes the rest. @since 0.1.0 */
export const freezeTo =
  (n: number) =>
  (model: Model): Model => ({ ...model, freeze: freezeToGroup(n) })

/** Freezes every group but the last: `freezeTo(-1)`. @since 0.1.0 */
export const freeze: (model: Model) => Model = freezeTo(-1)

/** Everything trains: `freezeTo(0)`. @since 0.1.0 */
export const unfreeze: (model: Model) => Model = freezeTo(0)

/** What batch norms in frozen groups do. @since 0.1.0 */
export const batchNormUnderFreeze =
  (policy: BatchNormPolicy) =>
  (model: Model): Model => ({ ...model, batchNorm: policy })

/**
 * Puts a layer where another stands, by its path in the whole model (`body.conv1`, `head.7`).
 *
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

/** The architecture's published weights, its first. @since 0.1.0 */
export const pretrained: <S extends Arch | Body | Model>(stage: S) => S = setWeights(pretrainedWeights())

/** Weights from a safetensors file with the architecture's own keys. @since 0.1.0 */
export const withWeights = (file: string): (<S extends Arch | Body | Model>(stage: S) => S) =>
  setWeights(fileWeights(file))

/** Every parameter from the run's seed. @since 0.1.0 */
export const fromScratch: <S extends Arch | Body | Model>(stage: S) => S = setWeights(fromScratchWeights)

// -------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------

/** @since 0.1.0 */
export const eqBody: Eq<Body> = eqValue()
/** @since 0.1.0 */
export const eqModel: Eq<Model> = eqValue()

const weightSteps = (weights: Weights): ReadonlyArray<string> =>
  weights._tag === 'FromScratch' ? [] : [showWeights.show(weights)]

const bodySteps = (body: Body): ReadonlyArray<string> => [
  body.arch.name,
  ...weightSteps(body.weights),
  showCut.show(body.cut)
]

/** @since 0.1.0 */
export const showBody: Show<Body> = { show: (body) => `pipe(${bodySteps(body).join(', ')})` }

/**
 * The pipe that makes it.
 *
 * @example
 * import { cut, head, resnet18, showModel, withHead, freeze } from 'graft-vision'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * assert.strictEqual(
 *   showModel.show(pipe(resnet18, cut, withHead(head()), freeze)),
 *   'pipe(resnet18, cut, withHead(head()), freeze)'
 * )
 *
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
