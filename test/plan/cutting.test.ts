import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { catalogue, resnet18, squeezenet1_1 } from '../../src/arch/index.js'
import {
  adaptiveAvgPool2d,
  arch,
  type Body,
  conv2d,
  customHead,
  cut,
  cutAt,
  cutBy,
  flatten,
  identity,
  type Layer,
  linear,
  maxPool2d,
  named,
  namedChildren,
  numbered,
  relu,
  sequential,
  splitOn,
  uncut,
  withHead
} from '../../src/model/index.js'
import { plan } from '../../src/plan/index.js'

const planned = (body: Body) =>
  pipe(body, withHead(customHead(identity)), splitOn(['head']), plan({ input: [3, 64, 64] }))

const children = (body: Body): ReadonlyArray<string> =>
  pipe(
    planned(body),
    E.match(
      (errors) => errors.map((e) => `${e._tag} ${e.found}`),
      (p) => namedChildren(namedChildren(p.network)[0]!.layer).map((c) => c.name)
    )
  )

const mine = (network: Layer) => arch({ name: 'mine', network })

describe('a cut', () => {
  it("defaults to the architecture's cut", () => {
    expect(children(cut(resnet18))).toEqual(children(cutAt(-2)(resnet18)))
    expect(children(cut(squeezenet1_1))).toEqual(['features'])
  })
  it('keeps the first n children, or all but the last n', () => {
    expect(children(cutAt(4)(resnet18))).toEqual(['conv1', 'bn1', 'relu', 'maxpool'])
    expect(children(cutAt(-6)(resnet18))).toEqual(children(cutAt(4)(resnet18)))
  })
  it('keeps the children before the named one', () => {
    expect(children(cutAt('layer1')(resnet18))).toEqual(['conv1', 'bn1', 'relu', 'maxpool'])
  })
  it('keeps the layers before the one at a path', () => {
    const p = planned(cutAt('layer2.1')(resnet18))
    expect(E.isRight(p) && [p.right.output, p.right.layers.at(-2)!.path]).toEqual([[128, 8, 8], 'body.layer2.0/relu2'])
    expect(children(cutAt('layer2.0')(resnet18))).toEqual(children(cutAt('layer2')(resnet18)))
    expect(children(cutAt('features.3')(squeezenet1_1))).toEqual(['features'])
  })
  it('keeps unnamed children between kept ones and drops those after the last', () => {
    const network = sequential(named('a', conv2d(3, 4, 1)), relu, named('b', conv2d(4, 4, 1)), relu, named('c', relu))
    const kept = planned(cutAt(2)(mine(network)))
    expect(E.isRight(kept) && kept.right.layers.map((l) => l.path)).toEqual(['body.a', 'body/relu', 'body.b', 'head'])
  })
  it('counts the named children inside an unnamed one', () => {
    const network = sequential(
      sequential(named('a', conv2d(3, 4, 1)), named('b', relu)),
      named('c', maxPool2d(2)),
      named('d', relu)
    )
    expect(children(cutAt(1)(mine(network)))).toEqual(['a'])
    expect(children(cutAt(3)(mine(network)))).toEqual(['a', 'b', 'c'])
  })
  it("by a function keeps the function's result", () => {
    expect(children(cutBy('stem', () => numbered(conv2d(3, 8, 3), relu))(resnet18))).toEqual(['0', '1'])
  })
  it('may keep everything', () => expect(children(uncut(resnet18)).length).toBe(10))
})

describe('the default cut', () => {
  it('is before the last child that is a pooling layer', () => {
    const network = sequential(
      named('a', conv2d(3, 4, 1)),
      named('pool', adaptiveAvgPool2d(1)),
      flatten,
      named('fc', linear(4, 2))
    )
    expect(children(cut(mine(network)))).toEqual(['a'])
  })
  it('is before the last child that contains a pooling layer at any depth', () => {
    const network = sequential(
      named('a', maxPool2d(2)),
      named('b', conv2d(3, 4, 1)),
      named('c', numbered(conv2d(4, 4, 1), numbered(adaptiveAvgPool2d(1)))),
      named('d', relu)
    )
    expect(children(cut(mine(network)))).toEqual(['a', 'b'])
  })
})

describe('a wrong cut', () => {
  it.each([
    ['at 0', cutAt(0)],
    ['at minus all children', cutAt(-10)],
    ['beyond the first child', cutAt(-11)],
    ['beyond the last child', cutAt(11)],
    ['that is no whole number', cutAt(1.5)],
    ['that is not a number', cutAt(NaN)],
    ['at the first child by name', cutAt('conv1')],
    ['at a child there is not', cutAt('layer9')],
    ['at a part that there is not within a child', cutAt('layer1.9')],
    ['at the first child of the first child', cutAt('conv1.')],
    ['at a part within a branch', cutAt('layer1.0.conv1')],
    [
      'by a function that throws',
      cutBy('broken', () => {
        throw new Error('no')
      })
    ],
    ['by a function that gives undefined', cutBy('lost', () => undefined as unknown as Layer)],
    ['by a function that gives a promise', cutBy('late', () => Promise.resolve(relu) as unknown as Layer)],
    ['by a function that gives a list', cutBy('parts', () => [relu] as unknown as Layer)],
    ['by a function that gives half a layer', cutBy('half', () => ({ _tag: 'Conv2d' }) as unknown as Layer)],
    [
      'by a function that gives a network with a hole',
      cutBy('hole', () => sequential(named('a', undefined as unknown as Layer)))
    ],
    [
      'by a function that gives a network within itself',
      cutBy('ring', () => {
        const children: Array<{ name: null; layer: Layer }> = []
        const ring: Layer = { _tag: 'Sequential', children }
        children.push({ name: null, layer: ring })
        return ring
      })
    ],
    ['by a function that leaves nothing', cutBy('nothing', () => sequential())]
  ])('%s is one error that says what to do', (_, wrong) => {
    const result = planned(wrong(resnet18))
    expect(E.isLeft(result) && result.left.map((e) => e._tag)).toEqual(['CutError'])
    if (E.isLeft(result)) {
      const [{ path, expected, found, hint }] = result.left
      for (const part of [path, expected, found, hint]) expect(part).not.toBe('')
      expect(path).toContain('resnet18')
    }
  })
  it("does not hide other mistakes, because checking continues with the architecture's cut", () => {
    const result = pipe(resnet18, cutAt(99), withHead(customHead(linear(7, 2))), plan({ input: [3, 64, 64] }))
    expect(E.isLeft(result) && result.left.map((e) => [e._tag, e.path])).toEqual([
      ['CutError', 'resnet18: cutAt(99)'],
      ['ShapeError', 'head']
    ])
  })
  it('reports a network without pooling layers', () => {
    expect(children(cut(mine(numbered(conv2d(3, 4, 1), relu))))).toEqual(['CutError no pooling layer'])
  })
  it('reports a network with all pooling layers in its first child, and suggests a cut', () => {
    expect(children(cut(mine(numbered(numbered(maxPool2d(2)), relu))))).toEqual([
      'CutError all pooling layers in the first child'
    ])
    const network = sequential(named('all', numbered(conv2d(3, 4, 1), relu, adaptiveAvgPool2d(1), flatten)))
    for (const wrong of [cut(mine(network)), cutAt('all')(mine(network)), cutAt(-1)(mine(network))]) {
      const result = planned(wrong)
      expect(E.isLeft(result) && result.left[0].hint).toContain("cutAt('all.2')")
    }
    expect(children(cutAt('all.2')(mine(network)))).toEqual(['all'])
  })
})

describe('every architecture', () => {
  it.each(catalogue)('$name has a default cut that leaves a body', (a) => {
    expect(E.isRight(planned(cut(a)))).toBe(true)
  })
})
