/** What does not type-check here is checked by `tsc --noEmit`: an unused `@ts-expect-error` is an error. */
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { describe, expectTypeOf, it } from 'vitest'
import { resnet18 } from '../../src/arch/index.js'
import {
  type Arch,
  batchNormUnderFreeze,
  type Body,
  conv2d,
  customHead,
  cut,
  cutAt,
  cutBy,
  flatten,
  freeze,
  freezeBody,
  freezeTo,
  fromScratch,
  head,
  type Model,
  named,
  numbered,
  pretrained,
  pretrainedAs,
  relu,
  replaceAt,
  sequential,
  splitBy,
  splitOn,
  uncut,
  unfreeze,
  withHead,
  withWeights
} from '../../src/model/index.js'
import { type Plan, plan, type PlanError } from '../../src/plan/index.js'

/** Never called: its body is there to be checked. */
const unrun = (_: () => unknown): void => undefined

describe('a pipe of stages', () => {
  it('turns an architecture into a body and a body into a model', () => {
    expectTypeOf(resnet18).toEqualTypeOf<Arch>()
    expectTypeOf(pipe(resnet18, cutAt(-2))).toEqualTypeOf<Body>()
    expectTypeOf(
      pipe(resnet18, cutAt(-2), withHead(head({ linFtrs: [512], ps: 0.5 })), freezeBody)
    ).toEqualTypeOf<Model>()
  })
  it('accepts every kind of cut', () => {
    expectTypeOf(cut).toEqualTypeOf<(arch: Arch) => Body>()
    expectTypeOf(uncut).toEqualTypeOf<(arch: Arch) => Body>()
    expectTypeOf(cutAt('layer4')).toEqualTypeOf<(arch: Arch) => Body>()
    expectTypeOf(cutBy('half', (network) => network)).toEqualTypeOf<(arch: Arch) => Body>()
  })
  it('accepts steps from model to model in any order', () => {
    const steps = [
      freeze,
      unfreeze,
      freezeBody,
      freezeTo(1),
      splitOn(['head']),
      splitBy('all', () => []),
      batchNormUnderFreeze('inference'),
      replaceAt('head.5', relu)
    ]
    expectTypeOf(steps).items.toEqualTypeOf<(model: Model) => Model>()
  })
  it('stays at its stage when weights are chosen', () => {
    expectTypeOf(pipe(resnet18, pretrained)).toEqualTypeOf<Arch>()
    expectTypeOf(pipe(resnet18, cut, pretrainedAs('tv_in1k'))).toEqualTypeOf<Body>()
    expectTypeOf(pipe(resnet18, cut, withWeights('a.safetensors'))).toEqualTypeOf<Body>()
    expectTypeOf(pipe(resnet18, cut, withHead(head()), fromScratch)).toEqualTypeOf<Model>()
  })
  it('ends in a plan or a list of mistakes', () => {
    const planned = pipe(resnet18, cut, withHead(customHead(numbered(flatten))), plan({ input: [3, 8, 8] }))
    expectTypeOf(planned).toEqualTypeOf<Either<ReadonlyNonEmptyArray<PlanError>, Plan>>()
    expectTypeOf(plan({ input: [3, 8, 8] }))
      .parameter(0)
      .toEqualTypeOf<Model | Arch>()
  })
})

describe('a wrong order', () => {
  it('rejects a head on an uncut architecture', () => {
    // @ts-expect-error a head goes on a body
    unrun(() => pipe(resnet18, withHead(head())))
  })
  it('rejects a cut of a body or a model', () => {
    // @ts-expect-error a cut is of an architecture
    unrun(() => pipe(resnet18, cut, cutAt(-2)))
    // @ts-expect-error a cut is of an architecture
    unrun(() => pipe(resnet18, cut, withHead(head()), cutAt(-2)))
  })
  it('rejects a second head', () => {
    // @ts-expect-error a head goes on a body
    unrun(() => pipe(resnet18, cut, withHead(head()), withHead(head())))
  })
  it('rejects a freeze without a head', () => {
    // @ts-expect-error a model is frozen
    unrun(() => pipe(resnet18, cut, freeze))
    // @ts-expect-error a model is frozen
    unrun(() => pipe(resnet18, freezeBody))
    // @ts-expect-error a model is frozen
    unrun(() => pipe(resnet18, cut, freezeTo(1)))
  })
  it('rejects a split, a replacement and a batch-norm policy of a body', () => {
    // @ts-expect-error a model is split
    unrun(() => pipe(resnet18, cut, splitOn(['head'])))
    // @ts-expect-error a model's layer is replaced
    unrun(() => pipe(resnet18, cut, replaceAt('body.relu', relu)))
    // @ts-expect-error a model has a policy
    unrun(() => pipe(resnet18, cut, batchNormUnderFreeze('trains')))
  })
  it('rejects a plan of a body', () => {
    // @ts-expect-error a body has no outputs to plan for
    unrun(() => pipe(resnet18, cut, plan({ input: [3, 8, 8] })))
  })
})

describe('a wrong argument', () => {
  it('is rejected as an option of a head', () => {
    // @ts-expect-error the option is called linFtrs
    unrun(() => head({ linFeatures: [512] }))
    // @ts-expect-error a head is data, not a layer
    unrun(() => withHead(flatten))
  })
  it('is rejected as a cut unless it is a count or a name', () => {
    // @ts-expect-error a layer is no place to cut at
    unrun(() => cutAt(relu))
    // @ts-expect-error a function needs a label
    unrun(() => cutBy((network: Arch) => network))
  })
  it('is rejected as an unknown batch-norm policy', () => {
    // @ts-expect-error one of three
    unrun(() => batchNormUnderFreeze('frozen'))
  })
  it('is rejected as an assignment to a readonly value', () => {
    unrun(() => {
      // @ts-expect-error values are read only
      resnet18.name = 'mine'
      // @ts-expect-error layers are read only
      conv2d(3, 8, 3).stride[0] = 2
    })
  })
  it('is rejected as a child without a layer', () => {
    // @ts-expect-error a named child has a layer
    unrun(() => sequential(named('conv1')))
  })
})
