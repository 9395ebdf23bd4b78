import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { catalogue, resnet18, squeezenet1_1 } from '../../src/arch/index.js'
import { classification } from '../../src/data/index.js'
import {
  arch,
  batchNorm,
  batchNormUnderFreeze,
  conv2d,
  cut,
  cutAt,
  freeze,
  freezeBody,
  freezeTo,
  freezeToGroup,
  head,
  maxPool2d,
  type Model,
  named,
  namedChildren,
  relu,
  sequential,
  splitBy,
  splitOn,
  unfreeze,
  withHead
} from '../../src/model/index.js'
import { type Plan, plan, type PlanError, resolveFreeze } from '../../src/plan/index.js'

const net = arch({
  name: 'small',
  network: sequential(
    named('a', conv2d(3, 4, 1)),
    named('bn', batchNorm(4)),
    named('b', conv2d(4, 4, 1)),
    named('act', relu),
    named('c', conv2d(4, 4, 1)),
    named('pool', maxPool2d(2))
  )
})
const small: Model = pipe(net, cut, withHead(head({ linFtrs: [], ps: 0 })))
const task = classification(['x', 'y'])

const checked = (m: Model, side = 32): E.Either<ReadonlyArray<PlanError>, Plan> =>
  plan({ input: [3, side, side], task })(m)
const planned = (m: Model, side?: number): Plan => {
  const p = checked(m, side)
  if (E.isLeft(p)) throw new Error(JSON.stringify(p.left))
  return p.right
}
const errors = (m: Model) =>
  pipe(
    checked(m),
    E.match(
      (found) => found.map((e) => [e._tag, e.path]),
      () => []
    )
  )
const groups = (m: Model): ReadonlyArray<ReadonlyArray<string>> => {
  const p = planned(m)
  return Array.from({ length: p.groups }, (_, g) => p.layers.filter((l) => l.group === g).map((l) => l.path))
}
const trainable = (m: Model): ReadonlyArray<string> =>
  planned(m).parameters.flatMap((p) => (p.trainable ? [p.path] : []))

describe('groups', () => {
  it('are body and head for an architecture without a split', () => {
    expect(planned(small).starts).toEqual(['head'])
    expect(groups(small).map((g) => g.length)).toEqual([5, 4])
  })
  it("are those of the architecture's split", () => {
    expect(planned(pipe(resnet18, cut, withHead(head()))).starts).toEqual(['body.layer3', 'head'])
    expect(planned(pipe(squeezenet1_1, cut, withHead(head()))).starts).toEqual([
      'body.features.5',
      'body.features.8',
      'head'
    ])
  })
  it('start at the given paths', () => {
    expect(groups(splitOn(['body.b', 'body.c', 'head'])(small)).map((g) => g[0])).toEqual([
      'body.a',
      'body.b',
      'body.c',
      'head.0'
    ])
  })
  it('may start inside the head', () => {
    expect(groups(splitOn(['body.c', 'head.3'])(small)).map((g) => g.at(-1))).toEqual(['body.act', 'head.2', 'head.3'])
  })
  it('may be a single group', () => expect(planned(splitOn([])(small)).groups).toBe(1))
  it('are not started by the first layer', () =>
    expect(planned(splitOn(['body.a', 'head'])(small)).starts).toEqual(['head']))
  it('are computed by a function of the body', () => {
    const m = splitBy('last child', (body) => [`body.${namedChildren(body).at(-1)!.name}`, 'head'])(small)
    expect(planned(m).starts).toEqual(['body.c', 'head'])
  })
  it.each(catalogue)('of $name partition its parameters in order', (a) => {
    const numbers = planned(pipe(a, cut, withHead(head())), a.input.size).parameters.map((p) => p.group)
    expect(numbers).toEqual([...numbers].sort((x, y) => x - y))
    expect(new Set(numbers).size).toBe(Math.max(...numbers) + 1)
  })
})

describe('a wrong split', () => {
  it('names a start that is not in the model', () => {
    expect(errors(splitOn(['body.z', 'head'])(small))).toEqual([['SplitError', 'splitOn: body.z']])
  })
  it('names a start that is out of order or repeated', () => {
    expect(errors(splitOn(['head', 'body.c'])(small))).toEqual([['SplitError', 'splitOn: body.c']])
    expect(errors(splitOn(['head', 'head'])(small))).toEqual([['SplitError', 'splitOn: head']])
  })
  it('reports a function that threw by its label', () => {
    const m = splitBy('broken', () => {
      throw new Error('no')
    })(small)
    expect(errors(m)).toEqual([['SplitError', "splitBy('broken')"]])
  })
  it.each([
    ['nothing', undefined],
    ['one path', 'head'],
    ['a promise', Promise.resolve(['head'])],
    ['a list with a hole', ['body.b', undefined]],
    ['a sparse list', Array(2)],
    ['a list of numbers', [1, 2]]
  ])('says that a function gave %s, by its label', (_, given) => {
    const m = splitBy('odd', () => given as unknown as ReadonlyArray<string>)(small)
    expect(errors(m)).toEqual([['SplitError', "splitBy('odd')"]])
  })
  it('reports a split point that the cut removed', () => {
    expect(errors(pipe(resnet18, cutAt('layer2'), withHead(head())))).toEqual([
      ['SplitError', "resnet18's own split: layer3"]
    ])
  })
  it.each([
    ['head', "leave 'head' out of the split: the head starts the last group anyway"],
    ['body.layer1', "write 'layer1': the paths of an architecture's split are relative to its own network"],
    ['layer9', 'use paths in the part of the network that the cut keeps; summary() lists them']
  ])("names what an architecture's own split has written: %s", (start, hint) => {
    const own = pipe({ ...resnet18, split: [start] }, cut, withHead(head()))
    const result = plan({ input: [3, 32, 32], task: classification(['a', 'b']) })(own)
    expect(E.isLeft(result) && result.left.map((e) => [e.path, e.hint])).toEqual([
      [`resnet18's own split: ${start}`, hint]
    ])
  })
  it('does not hide a wrong freeze', () => {
    expect(errors(pipe(small, splitOn(['body.z']), freezeTo(7))).map(([tag]) => tag)).toEqual([
      'SplitError',
      'FreezeError'
    ])
  })
})

describe('a freeze', () => {
  const three = splitOn(['body.b', 'head'])(small)
  const [norms, head2] = [
    ['body.bn.weight', 'body.bn.bias'],
    ['head.2.weight', 'head.2.bias', 'head.3.weight', 'head.3.bias']
  ]

  it('of nothing leaves all parameters trainable', () => {
    expect(trainable(unfreeze(three))).toEqual(planned(three).parameters.map((p) => p.path))
  })
  it('of the body leaves its batch norms trainable', () => {
    expect(trainable(freezeBody(three))).toEqual([...norms, ...head2])
  })
  it('of all groups but the last equals that of the body', () => {
    expect(trainable(freeze(three))).toEqual(trainable(freezeBody(three)))
  })
  it('of all groups but the last differs from that of the body if the head is split', () => {
    const split = splitOn(['body.b', 'head', 'head.3'])(small)
    expect(trainable(freezeBody(split))).toEqual([...norms, ...head2])
    expect(trainable(freeze(split))).toEqual([...norms, ...head2])
    expect(trainable(pipe(split, freeze, batchNormUnderFreeze('statisticsOnly')))).toEqual([
      'head.3.weight',
      'head.3.bias'
    ])
    expect(trainable(pipe(split, freezeBody, batchNormUnderFreeze('statisticsOnly')))).toEqual(head2)
  })
  it('up to a group freezes the groups before it', () => {
    expect(trainable(freezeTo(1)(three))).toEqual([
      ...norms,
      ...['b', 'c'].flatMap((n) => [`body.${n}.weight`, `body.${n}.bias`]),
      ...head2
    ])
    expect(trainable(freezeTo(-2)(three))).toEqual(trainable(freezeTo(1)(three)))
  })
  it('freezes batch norms with statisticsOnly', () => {
    for (const policy of ['statisticsOnly', 'inference'] as const)
      expect(trainable(pipe(three, freeze, batchNormUnderFreeze(policy)))).toEqual(head2)
  })
  it('makes batch norms use running statistics only with inference, and only in frozen groups', () => {
    const modes = (m: Model) =>
      planned(m).layers.flatMap((l) => (l.batchNorm === null ? [] : [`${l.path} ${l.batchNorm}`]))
    expect(modes(pipe(three, freeze, batchNormUnderFreeze('inference')))).toEqual(['body.bn stored', 'head.2 batch'])
    expect(modes(pipe(three, freeze, batchNormUnderFreeze('statisticsOnly')))).toEqual([
      'body.bn batch',
      'head.2 batch'
    ])
    expect(modes(pipe(three, batchNormUnderFreeze('inference')))).toEqual(['body.bn batch', 'head.2 batch'])
  })
  it.each([3, -4, 0.5, NaN])('to %d of 3 groups is an error', (n) => {
    expect(errors(freezeTo(n)(three)).map(([tag]) => tag)).toEqual(['FreezeError'])
  })
  it('of all but the last of one group is an error that suggests a split', () => {
    const result = resolveFreeze(freezeToGroup(-1), 1, 'model')
    expect(result).toMatchObject({ _tag: 'Left', left: { _tag: 'FreezeError', found: '1 group' } })
  })
  it('of the body does not depend on groups', () => {
    expect(resolveFreeze({ _tag: 'FreezeBody' }, 1, 'model')).toEqual(E.right(0))
  })
})
