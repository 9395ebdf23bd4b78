/**
 * `Plan`: a model's choices resolved against an input shape and a task:
 *
 *     plan({ input, task }) : Model | Arch → Either<NonEmptyArray<PlanError>, Plan>
 *
 * It contains everything that is known without running the model: every layer with its shapes, and every parameter with
 * its path, shape, initialiser, group, and whether it is trained and decayed. No engine is needed, and all independent
 * mistakes are reported at once.
 *
 * @category plans
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Eq } from 'fp-ts/lib/Eq.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import type * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { outputsOf, type Task } from '../data/index.js'
import {
  type Arch,
  arrayPath,
  type BatchNormPolicy,
  buffersOf,
  type Fan,
  type Freeze,
  isUnder,
  type Layer,
  type Model,
  nothingFrozen,
  parametersOf,
  type Pair,
  type Primitive,
  roleOf,
  type Shape,
  showShape,
  type Start,
  type Weights
} from '../model/index.js'
import { eqValue } from '../Value.js'
import { type Groups, groupsAt, oneGroup, resolveFreeze, resolveSplit } from './grouping.js'
import { type Flow, infer } from './inference.js'
import { nameError, type PlanError, shapeError } from './PlanError.js'
import type { PlanFor } from './PlanFor.js'
import { planShapes } from './planShapes.js'
import { resolveModel, type Resolved } from './resolution.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/**
 * A resolved layer of the network; shapes are those of one image, without the batch.
 *
 * @category plans
 * @since 0.1.0
 */
export interface PlanLayer {
  readonly path: string
  readonly layer: Primitive
  readonly input: Shape
  readonly output: Shape
  /** For tokens: height and width of the feature map that they come from; otherwise null. */
  readonly grid: Pair | null
  readonly group: number
  /**
   * Batch norms: normalise with the batch's statistics and update the running ones, or use the running ones; null for
   * other layers.
   */
  readonly batchNorm: 'batch' | 'stored' | null
}

/**
 * A resolved parameter: its path, its initialiser, and whether it is trained and decayed.
 *
 * @category plans
 * @since 0.1.0
 */
export interface PlanParameter {
  readonly path: string
  /** Shape as in torch. */
  readonly shape: Shape
  readonly init: Start
  readonly fan: Fan
  readonly group: number
  readonly trainable: boolean
  /**
   * Whether it belongs to the head or a replaced layer, and so is initialised from the seed even when weights are
   * loaded.
   */
  readonly fresh: boolean
  /**
   * Weights are always decayed; biases, parameters of normalisations, learned tokens and positions only with the
   * learner's `bnWd` (the default).
   */
  readonly decays: 'always' | 'ifBnWd'
}

/**
 * A resolved buffer, such as a batch norm's running statistics.
 *
 * @category plans
 * @since 0.1.0
 */
export interface PlanBuffer {
  readonly path: string
  readonly shape: Shape
  readonly init: Start
  readonly fan: Fan
  /** As for parameters. */
  readonly fresh: boolean
}

export interface Plan {
  readonly name: string
  readonly input: Shape
  readonly output: Shape
  readonly task: Task | null
  /** The whole network, with paths below `body` and `head` unless it is a bare architecture. */
  readonly network: Layer
  readonly layers: ReadonlyArray<PlanLayer>
  readonly parameters: ReadonlyArray<PlanParameter>
  readonly buffers: ReadonlyArray<PlanBuffer>
  /** Paths at which the second and later groups start. */
  readonly starts: ReadonlyArray<string>
  readonly groups: number
  readonly freeze: Freeze
  readonly policy: BatchNormPolicy
  readonly weights: Weights
  /** Remarks that are not errors. */
  readonly warnings: ReadonlyArray<string>
}

/**
 * Structural equality of plans.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqPlan: Eq<Plan> = eqValue()

// -------------------------------------------------------------------------------------
// mistakes that need the whole
// -------------------------------------------------------------------------------------

const outputErrors = (resolved: Resolved, { input, task }: PlanFor): ReadonlyArray<PlanError> => {
  // a head that does not fit the task is reported already
  const isSaid = resolved.errors.some((e) => e._tag === 'HeadError' && e.path === 'head')
  if (task === undefined || isSaid || resolved.inference.errors.length > 0) return []
  const { output } = resolved.inference
  const outputs = outputsOf(task)
  const givesPicture =
    task._tag === 'Segmentation' || task._tag === 'ImageRegression' || (task._tag === 'Regression' && resolved.picture)
  const expected = givesPicture ? [outputs, ...input.slice(1)] : [outputs]
  return showShape(output) === showShape(expected)
    ? []
    : [
        shapeError(
          resolved.body === null ? resolved.name : 'head',
          givesPicture
            ? `${showShape(expected)}, one of ${outputs} for each pixel`
            : `${outputs} outputs, the number that the task needs`,
          showShape(output),
          resolved.body === null
            ? 'cut it and put a head on'
            : `give the last layer the output shape ${showShape(expected)}`
        )
      ]
}

const inputErrors = (input: Shape): ReadonlyArray<PlanError> =>
  input.length === 3 && input.every((n) => Number.isInteger(n) && n > 0)
    ? []
    : [shapeError('input', 'three positive integers: channels, height, width', showShape(input), 'pass [3, 224, 224]')]

const nameErrors = (paths: ReadonlyArray<string>): ReadonlyArray<PlanError> => {
  const twice = paths.filter((path, i) => paths.indexOf(path) !== i)
  return [...new Set(twice)].map((path) =>
    nameError(path, 'one parameter with this path', 'two', 'give the layers different names')
  )
}

// -------------------------------------------------------------------------------------
// parameters
// -------------------------------------------------------------------------------------

interface Training {
  readonly groups: Groups
  readonly isFrozen: (path: string, group: number) => boolean
  readonly policy: BatchNormPolicy
}

const planLayers = (flows: ReadonlyArray<Flow>, t: Training): ReadonlyArray<PlanLayer> =>
  flows.map((flow, i) => {
    const group = t.groups.groupOf(i)
    const stored = t.policy === 'inference' && t.isFrozen(flow.path, group)
    return { ...flow, group, batchNorm: flow.layer._tag !== 'BatchNorm' ? null : stored ? 'stored' : 'batch' }
  })

/** `bias`, `qkv.bias`, `in_proj_bias`. */
const isBias = (name: string): boolean => /(^|[._])bias$/.test(name)

const planParameters = (
  layers: ReadonlyArray<PlanLayer>,
  t: Training,
  isFresh: Resolved['isFresh']
): ReadonlyArray<PlanParameter> =>
  layers.flatMap((flow) => {
    const { path, layer, group } = flow
    const trainable = !t.isFrozen(path, group) || (layer._tag === 'BatchNorm' && t.policy === 'trains')
    return parametersOf(layer).map((p) => ({
      path: arrayPath(path, p.name),
      shape: p.shape,
      init: p.init,
      fan: p.fan,
      group,
      trainable,
      fresh: isFresh(flow),
      decays:
        roleOf(layer) === 'normalisation' || isBias(p.name) ? ('ifBnWd' as const) : (p.decays ?? ('always' as const))
    }))
  })

const planBuffers = (layers: ReadonlyArray<PlanLayer>, isFresh: Resolved['isFresh']): ReadonlyArray<PlanBuffer> =>
  layers.flatMap((flow) =>
    buffersOf(flow.layer).map(({ name, ...buffer }) => ({
      ...buffer,
      path: arrayPath(flow.path, name),
      fresh: isFresh(flow)
    }))
  )

/** What a plan's parameters and weights give cause to warn of. */
export const warningsOf = (plan: Plan): ReadonlyArray<string> => {
  const frozen = plan.parameters.filter((p) => !p.trainable)
  return plan.weights._tag === 'FromScratch' && frozen.length > 0
    ? [`${frozen.length} frozen parameters are initialised randomly: load weights, or unfreeze them`]
    : []
}

const assemble = (
  resolved: Resolved,
  how: PlanFor,
  t: Training,
  choices: { readonly freeze: Freeze; readonly weights: Weights }
): Plan => {
  const layers = planLayers(resolved.inference.flows, t)
  const plan: Plan = {
    name: resolved.name,
    input: how.input,
    output: resolved.inference.output,
    task: how.task ?? null,
    network: resolved.network,
    layers,
    parameters: planParameters(layers, t, resolved.isFresh),
    buffers: planBuffers(layers, resolved.isFresh),
    starts: t.groups.starts,
    groups: t.groups.count,
    freeze: choices.freeze,
    policy: t.policy,
    weights: choices.weights,
    warnings: []
  }
  return { ...plan, warnings: warningsOf(plan) }
}

const planModel = (model: Model, how: PlanFor): E.Either<ReadonlyArray<PlanError>, Plan> =>
  pipe(
    resolveModel(model, how),
    E.chain((resolved) => {
      const paths = resolved.inference.flows.map((flow) => flow.path)
      const split = resolveSplit(model, resolved.body!, paths)
      // if the split is wrong, the freeze is checked against body and head
      const groups = E.isRight(split) ? split.right : E.getOrElse(() => oneGroup)(groupsAt(['head'], paths, 'head'))
      const first = resolveFreeze(model.freeze, groups.count, 'model')
      const errors = [
        ...inputErrors(how.input),
        ...resolved.errors,
        ...resolved.inference.errors,
        ...outputErrors(resolved, how),
        ...(E.isLeft(split) ? [split.left] : []),
        ...(E.isLeft(first) ? [first.left] : [])
      ]
      const body = isUnder('body')
      const plan = assemble(
        resolved,
        how,
        {
          groups,
          policy: model.batchNorm,
          isFrozen: (path, group) =>
            model.freeze._tag === 'FreezeBody' ? body(path) : E.isRight(first) && group < first.right
        },
        { freeze: model.freeze, weights: model.body.weights }
      )
      const all = [...errors, ...nameErrors(plan.parameters.map((p) => p.path))]
      return all.length > 0 ? E.left(all) : E.right(plan)
    })
  )

const planArch = (arch: Arch, how: PlanFor): E.Either<ReadonlyArray<PlanError>, Plan> => {
  const resolved: Resolved = {
    name: arch.name,
    network: arch.network,
    body: null,
    picture: false,
    inference: infer(arch.network, how.input, ''),
    isFresh: () => false,
    errors: []
  }
  const plan = assemble(
    resolved,
    how,
    { groups: oneGroup, isFrozen: () => false, policy: 'trains' },
    { freeze: nothingFrozen, weights: arch.weights }
  )
  const errors = [
    ...inputErrors(how.input),
    ...resolved.inference.errors,
    ...outputErrors(resolved, how),
    ...nameErrors(plan.parameters.map((p) => p.path))
  ]
  return errors.length > 0 ? E.left(errors) : E.right(plan)
}

/**
 * Checks and resolves a model, or a bare architecture with its own classifier.
 *
 * @example
 * import { classification, cut, head, plan, resnet18, withHead, freezeBody } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const model = pipe(resnet18, cut, withHead(head()), freezeBody)
 * const checked = plan({ input: [3, 224, 224], task: classification(['cat', 'dog']) })(model)
 * assert.deepStrictEqual(pipe(checked, E.map((p) => [p.output, p.groups])), E.right([[2], 3]))
 *
 * @category plans
 * @since 0.1.0
 */
export const plan =
  (how: PlanFor) =>
  (model: Model | Arch): E.Either<RNEA.ReadonlyNonEmptyArray<PlanError>, Plan> => {
    const misshapen = planShapes(how, model)
    if (RA.isNonEmpty(misshapen)) return E.left(misshapen)
    return pipe(
      model._tag === 'Model' ? planModel(model, how) : planArch(model, how),
      E.mapLeft((errors) => errors as RNEA.ReadonlyNonEmptyArray<PlanError>)
    )
  }
