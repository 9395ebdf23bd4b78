import { describe, expect, it } from 'vitest'
import { resnet18 } from '../../src/arch/index.js'
import {
  arch,
  batchNormPolicies,
  eqArch,
  eqBatchNormPolicy,
  eqCut,
  eqFreeze,
  eqSplit,
  eqWeights,
  fileWeights,
  freezeToGroup,
  fromScratchWeights,
  imagenetInput,
  nothingFrozen,
  ownCut,
  ownSplit,
  pretrained,
  pretrainedWeights,
  relu,
  showArch,
  showBatchNormPolicy,
  showCut,
  showFreeze,
  showSplit,
  showWeights
} from '../../src/model/index.js'
import { opaque } from '../../src/Opaque.js'

describe('a user-defined architecture', () => {
  it('has defaults for omitted fields', () => {
    expect(arch({ name: 'mine', network: relu })).toEqual({
      _tag: 'Arch',
      name: 'mine',
      network: relu,
      input: imagenetInput,
      cut: null,
      split: null,
      published: [],
      weights: fromScratchWeights
    })
  })
  it('keeps the given fields', () => {
    const input = { ...imagenetInput, channels: 1 }
    expect(arch({ name: 'mine', network: relu, cut: 'pool', split: ['b'], input })).toMatchObject({
      cut: 'pool',
      split: ['b'],
      input
    })
  })
  it('is shown as its name, with its weights if it has any', () => {
    expect([showArch.show(resnet18), showArch.show(pretrained(resnet18))]).toEqual(['resnet18', 'resnet18, pretrained'])
    expect(eqArch.equals(pretrained(resnet18), resnet18)).toBe(false)
  })
})

describe('choices', () => {
  it('of batch norms are shown as the string that makes them', () => {
    expect(batchNormPolicies.map(showBatchNormPolicy.show)).toEqual(["'trains'", "'statisticsOnly'", "'inference'"])
  })
  it('of a cut are shown as the step that makes them', () => {
    const f = opaque('half', () => relu)
    const cuts = [
      ownCut,
      { _tag: 'NoCut' },
      { _tag: 'CutAt', at: -2 },
      { _tag: 'CutAt', at: 'fc' },
      { _tag: 'CutBy', f }
    ] as const
    expect(cuts.map(showCut.show)).toEqual(['cut', 'uncut', 'cutAt(-2)', "cutAt('fc')", "cutBy('half')"])
    expect(eqCut.equals(cuts[2], { _tag: 'CutAt', at: -2 })).toBe(true)
    expect(eqCut.equals(cuts[2], cuts[3])).toBe(false)
  })
  it('of a split are shown as the step that makes them', () => {
    const by = { _tag: 'SplitBy', f: opaque('thirds', () => []) } as const
    const on = { _tag: 'SplitOn', starts: ['body.layer3', 'head'] } as const
    expect([ownSplit, on, by].map(showSplit.show)).toEqual([
      'ownSplit',
      "splitOn(['body.layer3', 'head'])",
      "splitBy('thirds')"
    ])
    expect(eqSplit.equals(on, { ...on, starts: ['head', 'body.layer3'] })).toBe(false)
  })
  it('of a freeze are shown as the step that makes them', () => {
    const all = [nothingFrozen, freezeToGroup(-1), freezeToGroup(2), { _tag: 'FreezeBody' }] as const
    expect(all.map(showFreeze.show)).toEqual(['unfreeze', 'freeze', 'freezeTo(2)', 'freezeBody'])
    expect(eqFreeze.equals(freezeToGroup(0), nothingFrozen)).toBe(true)
  })
  it('of batch norms under a freeze are three', () => {
    expect(batchNormPolicies).toEqual(['trains', 'statisticsOnly', 'inference'])
    expect(eqBatchNormPolicy.equals('trains', 'inference')).toBe(false)
  })
  it('of weights are shown with their tag or file', () => {
    const all = [fromScratchWeights, pretrainedWeights(), pretrainedWeights('tv_in1k'), fileWeights("it's.safetensors")]
    expect(all.map(showWeights.show)).toEqual([
      'fromScratch',
      'pretrained',
      "pretrainedAs('tv_in1k')",
      "withWeights('it\\'s.safetensors')"
    ])
    expect(eqWeights.equals(pretrainedWeights(), pretrainedWeights('tv_in1k'))).toBe(false)
  })
})
