import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { classification } from '../../src/data/index.js'
import {
  arch,
  batchNorm,
  batchNormUnderFreeze,
  concat,
  conv2d,
  customHead,
  flatten,
  freezeBody,
  freezeTo,
  identity,
  type Layer,
  linear,
  type Model,
  named,
  relu,
  sequential,
  sum,
  uncut,
  withHead
} from '../../src/model/index.js'
import { plan, type Plan, trainingBytes } from '../../src/plan/index.js'
import { right } from '../io/workplace.js'

const planOf = (network: Layer): Plan => right(plan({ input: [2, 3, 5] })(arch({ name: 'net', network })))
const pixels = 3 * 5
const image = 4 * 2 * pixels
const bare = named('conv', conv2d(2, 3, 1, { bias: false }))

/** Bytes of the maps of one image, without the image's. */
const maps = (network: Layer): number => trainingBytes(1)(planOf(network)).activations - image

describe('activations of a step', () => {
  it('are one tensor per layer, two with a bias, and none for layers that return their input', () => {
    expect(maps(sequential(bare, relu))).toBe(4 * pixels * (3 + 3))
    expect(maps(sequential(named('conv', conv2d(2, 3, 1)), identity))).toBe(4 * pixels * (2 * 3))
    expect(maps(sequential(flatten, named('fc', linear(2 * pixels, 7))))).toBe(4 * 2 * 7)
  })
  it('include one tensor for a concat, and one per branch but the first for a sum', () => {
    expect(maps(concat(sequential(bare, relu), identity))).toBe(4 * pixels * (3 + 3 + 5))
    expect(maps(sum(identity, relu, sequential(relu)))).toBe(4 * pixels * (2 + 2 + 2 * 2))
  })
  it('grow with the batch, unlike parameters', () => {
    const [one, four] = [1, 4].map((n) => trainingBytes(n)(planOf(sequential(bare, relu))))
    expect([four!.activations, four!.backward]).toEqual([4 * one!.activations, 4 * one!.backward])
    expect([four!.parameters, four!.moments, four!.gradients]).toEqual([one!.parameters, one!.moments, one!.gradients])
  })
})

describe('a step of a frozen body', () => {
  const model = pipe(
    uncut(arch({ name: 'net', network: sequential(bare, named('bn', batchNorm(3)), relu) })),
    withHead(customHead(sequential(flatten, named('fc', linear(3 * pixels, 2, { bias: false })))))
  )
  const bytes = (change: (m: Model) => Model) =>
    trainingBytes(1)(right(plan({ input: [2, 3, 5], task: classification(['a', 'b']) })(change(model))))
  const [map, head] = [4 * 3 * pixels, 4 * 2 * 3 * pixels]

  it('computes gradients down to the first trained norm', () => {
    expect(bytes(freezeTo(0))).toMatchObject({ gradients: 4 * 6 + 4 * 6 + head, backward: 3 * map + 8 })
    expect(bytes(freezeBody)).toMatchObject({ gradients: 4 * 6 + head, backward: 2 * map + 8 })
  })
  it('computes gradients only in the head if norms are not trained', () => {
    const still = bytes((m) => batchNormUnderFreeze('inference')(freezeBody(m)))
    // such a norm is two operations
    expect(still).toMatchObject({ gradients: head, moments: 2 * head, backward: 8, activations: image + 4 * map + 8 })
  })
})

it('has its peak in the optimiser step if that needs more memory', () => {
  const wide = planOf(sequential(flatten, named('fc', linear(2 * pixels, 100, { bias: false }))))
  const parameters = 4 * 2 * pixels * 100
  expect(trainingBytes(1)(wide).peak).toBe(7 * parameters)
  expect(trainingBytes(1, 0)(wide).peak).toBe(3 * parameters)
  expect(trainingBytes(1, 0)(wide).counted).toBe(3 * parameters)
  expect(trainingBytes(1000)(wide).counted).toBe(4 * parameters + 1000 * (image + 3 * 400))
  expect(trainingBytes(1000)(wide).peak).toBe(4 * parameters + 1000 * (image + 2 * 400))
})
