import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pipe } from 'fp-ts/lib/function.js'
import { classification } from '../../src/data/index.js'
import { cut, head, isCombination, type Layer, leaves, splitOn, withHead } from '../../src/model/index.js'
import { equal } from '../../laws/claim.js'
import { arbitrary, archLaws, checkLaws, cutLaws, law, type Law, splitLaws } from '../../laws/index.js'
import { resnet18 } from '../../src/arch/index.js'

const failing = law(
  'is below ten',
  fc.property(fc.nat({ max: 100 }), (n) => n < 10)
)

const vacuous = law(
  'is odd where it is both odd and even',
  fc.property(fc.nat(), (n) => fc.pre(n % 2 === 0 && n % 2 === 1))
)

/** The smallest value that fast-check finds against a claim. */
const smallest = <A>(values: fc.Arbitrary<A>, claim: (a: A) => boolean): A => {
  const { counterexample } = fc.check(fc.property(values, claim), { seed: 1, numRuns: 500 })
  return counterexample![0]
}

const withNumbers = (network: Layer): number =>
  leaves(network).filter(({ layer }) => ['Conv2d', 'Linear'].includes(layer._tag)).length

describe('a law', () => {
  it('rejects with the smallest counterexample when it does not hold', async () => {
    await expect(failing.check({ seed: 1 })).rejects.toThrow('Counterexample: [10]')
  })

  it('prints the models of a counterexample as the steps that make them', async () => {
    const small = law(
      'has a small head',
      fc.property(arbitrary.models, ({ model }) => model._tag !== 'Model')
    )
    const [report] = await checkLaws([small], { seed: 1 })()
    expect(report?.message).toMatch(/Counterexample: \[\{"model":pipe\(/)
    expect(report!.message!.length).toBeLessThan(1500)
    const equality = law(
      'has an equal model',
      fc.property(fc.constant(withHead(head())(cut(resnet18))), (model) => {
        equal(model, splitOn(['head'])(model), 'the model')
      })
    )
    const [unequal] = await checkLaws([equality], { seed: 1 })()
    expect(unequal?.message).toContain("expected pipe(resnet18, cut, withHead(head()), splitOn(['head']))")
    expect(unequal!.message!.length).toBeLessThan(700)
  })

  it('fails when no value meets its condition, and says so', async () => {
    await expect(vacuous.check({ seed: 1, numRuns: 3 })).rejects.toThrow('only 0 values met its condition')
  })

  it('is tested on the requested number of values, not counting skipped ones', async () => {
    const even = law(
      'is even',
      fc.property(fc.nat(), (n) => fc.pre(n % 2 === 0))
    )
    const [report] = await checkLaws([even], { seed: 1, numRuns: 20 })()
    expect([report?.failed, report?.tried]).toStrictEqual([false, 20])
    expect(report?.skipped).toBeGreaterThan(0)
  })

  it('is tested the requested number of times', async () => {
    let tries = 0
    const counting = law(
      'counts',
      fc.property(fc.nat(), () => {
        tries++
      })
    )
    await counting.check({ seed: 1, numRuns: 7 })
    expect(tries).toBe(7)
  })
})

describe('checkLaws', () => {
  it('reports on each law, with the counterexample of one that does not hold', async () => {
    const holding: Law = law('is a number', fc.property(fc.nat(), Number.isFinite))
    const reports = await checkLaws([holding, failing], { seed: 3 })()
    expect(reports.map((r) => [r.name, r.failed, r.seed])).toStrictEqual([
      ['is a number', false, 3],
      ['is below ten', true, 3]
    ])
    expect(reports.map((r) => r.message?.includes('Counterexample: [10]') ?? null)).toStrictEqual([null, true])
  })

  it('distinguishes a law that was never tested from one that does not hold', async () => {
    const reports = await checkLaws([failing, vacuous], { seed: 3, numRuns: 5 })()
    expect(reports.map((r) => [r.failed, r.vacuous, r.tried > 0])).toStrictEqual([
      [true, false, true],
      [true, true, false]
    ])
  })

  it('does not pass the laws of freezing groups on a model that has one group', async () => {
    const whole = {
      model: pipe(resnet18, cut, withHead(head()), splitOn([])),
      how: { input: [3, 64, 64], task: classification(['cat', 'dog']) }
    }
    const reports = await checkLaws(splitLaws(whole), { seed: 1, numRuns: 1 })()
    expect(reports.filter((r) => r.vacuous).map((r) => r.name)).toStrictEqual([
      'starts a group at each of its starts',
      'freezes more with every group'
    ])
    expect(reports.filter((r) => r.failed && !r.vacuous)).toStrictEqual([])
  })

  it('finds an architecture whose own cut asks for more children than it has', async () => {
    const reports = await checkLaws(cutLaws({ ...resnet18, cut: 12 }), { seed: 1, numRuns: 2 })()
    const broken = reports.filter((r) => r.failed).map((r) => r.name)
    expect(broken).toStrictEqual(["is the architecture's own, or ends before its last pooling child"])
  })

  it('finds an architecture whose split names no part of it', async () => {
    const reports = await checkLaws(archLaws({ ...resnet18, split: ['layer9'] }), { seed: 1, numRuns: 1 })()
    expect(reports.filter((r) => r.failed).length).toBe(4)
    expect(reports.find((r) => r.failed)?.message).toContain('layer9')
  })
})

describe('generated values', () => {
  it('shrink to a network of two layers', () => {
    const { network } = smallest(arbitrary.networks, () => false)
    expect(withNumbers(network)).toBe(2)
    expect(leaves(network).length).toBe(3)
  })

  it('shrink to an architecture of two layers', () => {
    const { network } = smallest(arbitrary.archs, () => false)
    expect(withNumbers(network)).toBe(2)
  })

  it('shrink to the one layer that a claim is about', () => {
    const hasSum = (layer: Layer): boolean =>
      isCombination(layer) && (layer._tag === 'Sum' || layer.children.some((c) => hasSum(c.layer)))
    const { network } = smallest(arbitrary.networks, (n) => !hasSum(n.network))
    expect(isCombination(network) && network.children.length).toBe(4)
  })

  it('contain every kind of layer', () => {
    const tags = new Set<string>()
    const visit = (layer: Layer): void => {
      tags.add(layer._tag)
      if (isCombination(layer)) layer.children.forEach((c) => visit(c.layer))
    }
    fc.sample(arbitrary.networks, { seed: 1, numRuns: 500 }).forEach(({ network }) => visit(network))
    expect(tags.size).toBe(46)
  })
})
