import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { resnet18, squeezenet1_1 } from '../../src/arch/index.js'
import {
  batchNormUnderFreeze,
  cut,
  cutAt,
  cutBy,
  eqBody,
  eqModel,
  freeze,
  freezeBody,
  freezeTo,
  fromScratch,
  head,
  type Model,
  pretrained,
  pretrainedAs,
  relu,
  replaceAt,
  showBody,
  showModel,
  splitBy,
  splitOn,
  uncut,
  unfreeze,
  withHead,
  withWeights
} from '../../src/model/index.js'

const model: Model = pipe(resnet18, cut, withHead(head()))

describe('a step of the pipe', () => {
  it('does not change its input', () => {
    const before = JSON.stringify(model)
    pipe(model, freeze, splitOn(['head']), replaceAt('body.relu', relu), pretrained)
    expect(JSON.stringify(model)).toBe(before)
  })
  it('changes only the field of its choice', () => {
    expect(freezeTo(1)(model)).toEqual({ ...model, freeze: { _tag: 'FreezeTo', n: 1 } })
    expect(splitOn(['head'])(model)).toEqual({ ...model, split: { _tag: 'SplitOn', starts: ['head'] } })
    expect(batchNormUnderFreeze('inference')(model)).toEqual({ ...model, batchNorm: 'inference' })
  })
})

describe('a model', () => {
  it("starts unfrozen, with the architecture's split and trainable batch norms", () => {
    expect(model).toMatchObject({
      split: { _tag: 'OwnSplit' },
      freeze: { _tag: 'FreezeTo', n: 0 },
      batchNorm: 'trains',
      replacements: []
    })
  })
  it('has the freeze of the last freeze step only', () => {
    expect(pipe(model, freezeBody, unfreeze)).toEqual(model)
    expect(pipe(model, freezeTo(2), freeze)).toEqual(freezeTo(-1)(model))
  })
  it('keeps replacements in the order in which they were made', () => {
    const two = pipe(model, replaceAt('body.relu', relu), replaceAt('head.7', relu))
    expect(two.replacements.map((r) => r.path)).toEqual(['body.relu', 'head.7'])
  })
})

describe('weights', () => {
  it('can be chosen at any stage, with the same result', () => {
    const late = pipe(resnet18, cut, withHead(head()), pretrained)
    const between = pipe(resnet18, cut, pretrained, withHead(head()))
    const early = pipe(resnet18, pretrained, cut, withHead(head()))
    expect(late.body.weights).toEqual({ _tag: 'Pretrained', tag: null })
    expect([between.body.weights, early.body.weights]).toEqual([late.body.weights, late.body.weights])
  })
  it('can be a file, or random again', () => {
    expect(pipe(resnet18, withWeights('a.safetensors')).weights).toEqual({ _tag: 'FromFile', file: 'a.safetensors' })
    expect(pipe(resnet18, pretrained, fromScratch)).toEqual(resnet18)
    expect(pipe(model, pretrained, pretrainedAs('tv_in1k')).body.weights).toEqual({
      _tag: 'Pretrained',
      tag: 'tv_in1k'
    })
  })
})

describe('showing', () => {
  it('prints the pipe that makes the value', () => {
    const all = pipe(
      resnet18,
      pretrained,
      cutAt('avgpool'),
      withHead(head({ ps: 0.2 })),
      splitOn(['head']),
      freezeBody,
      batchNormUnderFreeze('inference'),
      replaceAt('body.relu', relu)
    )
    expect(showModel.show(all)).toBe(
      "pipe(resnet18, pretrained, cutAt('avgpool'), withHead(head({ ps: 0.2 })), splitOn(['head']), freezeBody, " +
        "batchNormUnderFreeze('inference'), replaceAt('body.relu', ...))"
    )
  })
  it('leaves out defaults', () => {
    expect(showModel.show(model)).toBe('pipe(resnet18, cut, withHead(head()))')
    expect(showBody.show(uncut(squeezenet1_1))).toBe('pipe(squeezenet1_1, uncut)')
  })
  it('names functions by their labels', () => {
    const labelled = pipe(
      resnet18,
      cutBy('half', (net) => net),
      withHead(head()),
      splitBy('thirds', () => ['head'])
    )
    expect(showModel.show(labelled)).toBe("pipe(resnet18, cutBy('half'), withHead(head()), splitBy('thirds'))")
  })
})

describe('equality', () => {
  it('compares the choices', () => {
    expect(eqModel.equals(pipe(resnet18, cut, withHead(head())), model)).toBe(true)
    expect(eqModel.equals(freeze(model), model)).toBe(false)
    expect(eqBody.equals(cutAt(-2)(resnet18), cut(resnet18))).toBe(false)
  })
  it('compares functions by label and identity', () => {
    const f = () => relu
    expect(eqBody.equals(cutBy('a', f)(resnet18), cutBy('a', f)(resnet18))).toBe(true)
    expect(eqBody.equals(cutBy('a', f)(resnet18), cutBy('b', f)(resnet18))).toBe(false)
  })
})
