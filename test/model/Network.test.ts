import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { catalogue, resnet18, squeezenet1_1 } from '../../src/arch/index.js'
import {
  batchNorm,
  buffersOf,
  conv2d,
  dropout,
  flatten,
  identity,
  isUnder,
  join,
  type Layer,
  layerAt,
  leaves,
  linear,
  modifyAt,
  named,
  namedChildren,
  numbered,
  parametersOf,
  relu,
  sequential,
  sizeOf,
  sum
} from '../../src/model/index.js'

const block: Layer = sequential(
  sum(sequential(named('conv1', conv2d(8, 8, 3, { padding: 1 })), named('bn1', batchNorm(8)), relu), identity),
  relu
)
const net: Layer = sequential(named('stem', conv2d(3, 8, 3)), named('layer1', numbered(block, block)), flatten)

describe('leaves', () => {
  it('are listed in data-flow order, branch after branch', () => {
    expect(leaves(block).map((leaf) => leaf.path)).toEqual(['conv1', 'bn1', '/relu', '/identity', '/relu2'])
  })
  it('have a path from parent and kind if they have no name', () => {
    expect(leaves(net).map((leaf) => leaf.path)).toEqual([
      'stem',
      ...['0', '1'].flatMap((i) =>
        ['conv1', 'bn1']
          .map((n) => `layer1.${i}.${n}`)
          .concat(['/relu', '/identity', '/relu2'].map((n) => `layer1.${i}${n}`))
      ),
      '/flatten'
    ])
  })
  it('include a network of a single primitive', () => expect(leaves(relu)).toEqual([{ path: '/relu', layer: relu }]))
  it('have unique paths in every architecture', () => {
    for (const { network } of catalogue) {
      const paths = leaves(network).map((leaf) => leaf.path)
      expect(new Set(paths).size).toBe(paths.length)
    }
  })
})

describe('named children', () => {
  it('are found inside children without a name', () => {
    expect(namedChildren(block).map((c) => c.name)).toEqual(['conv1', 'bn1'])
    expect(namedChildren(sequential(sequential(named('a', relu)), relu, named('b', relu))).map((c) => c.name)).toEqual([
      'a',
      'b'
    ])
  })
  it('are empty for a primitive', () => expect(namedChildren(relu)).toEqual([]))
})

describe('paths', () => {
  it('join names and skip children without a name', () => {
    expect([join('', 'a'), join('a', 'b'), join('a', null)]).toEqual(['a', 'a.b', 'a'])
  })
  it('distinguish layers below a path from layers whose path merely has the same prefix', () => {
    expect(['body.layer1', 'body.layer1.0', 'body.layer1/relu', 'body.layer10'].map(isUnder('body.layer1'))).toEqual([
      true,
      true,
      true,
      false
    ])
  })
  it('contain all layers below the empty path', () => expect(isUnder('')('anything')).toBe(true))
})

describe('layerAt', () => {
  it('finds layers below children without a name', () => {
    expect(layerAt('layer1.1.bn1')(net)).toEqual(O.some(batchNorm(8)))
    expect(layerAt('')(net)).toEqual(O.some(net))
  })
  it('is none where there is no such part', () => {
    for (const path of ['layer2', 'layer1.2', 'layer1.0.conv1.weight', 'stem.', 'lay'])
      expect(layerAt(path)(net)).toEqual(O.none)
  })
  it('finds every leaf by its path', () => {
    for (const { network } of [resnet18, squeezenet1_1])
      for (const { path, layer } of leaves(network)) expect(layerAt(path)(network)).toEqual(O.some(layer))
  })
  it('finds a child whose name contains dots', () => {
    expect(layerAt('a.b.c')(sequential(named('a.b', numbered()), named('a', sequential(named('b.c', relu)))))).toEqual(
      O.some(relu)
    )
  })
})

describe('modifyAt', () => {
  it('changes only the layer at the path', () => {
    const changed = O.toNullable(modifyAt('layer1.0.bn1', () => identity)(net))!
    expect(layerAt('layer1.0.bn1')(changed)).toEqual(O.some(identity))
    expect(layerAt('layer1.1')(changed)).toEqual(O.some(block))
    expect(leaves(changed).length).toBe(leaves(net).length)
  })
  it('passes the current layer to the function', () => {
    expect(modifyAt('stem', (stem) => numbered(stem, relu))(net)).toEqual(
      O.some(
        sequential(named('stem', numbered(conv2d(3, 8, 3), relu)), named('layer1', numbered(block, block)), flatten)
      )
    )
  })
  it('changes a leaf without a name', () => {
    const three = sequential(relu, sequential(relu, named('a', numbered(relu)), relu))
    const changed = ['/relu', '/relu2', '/relu3', 'a.0'].map((path) => modifyAt(path, () => identity)(three))
    expect(changed).toEqual(
      [
        sequential(identity, sequential(relu, named('a', numbered(relu)), relu)),
        sequential(relu, sequential(identity, named('a', numbered(relu)), relu)),
        sequential(relu, sequential(relu, named('a', numbered(relu)), identity)),
        sequential(relu, sequential(relu, named('a', numbered(identity)), relu))
      ].map(O.some)
    )
  })
  it('does not confuse a slash with a dot', () => {
    for (const path of ['layer1/0', 'layer1.0/bn1', '/stem', 'layer1./relu', '/flatten2'])
      expect(modifyAt(path, () => identity)(net)).toEqual(O.none)
  })
  it('is none where there is no such part', () => {
    expect(modifyAt('layer1.0.bn9', () => relu)(net)).toEqual(O.none)
    expect(modifyAt('a', () => relu)(relu)).toEqual(O.none)
  })
})

describe('parameters of a layer', () => {
  it("have torch's shapes", () => {
    const shapes = (layer: Parameters<typeof parametersOf>[0]) => parametersOf(layer).map((p) => [p.name, p.shape])
    expect(shapes(conv2d(4, 8, [3, 5], { groups: 2 }))).toEqual([
      ['weight', [8, 2, 3, 5]],
      ['bias', [8]]
    ])
    expect(shapes(conv2d(4, 8, 3, { bias: false }))).toEqual([['weight', [8, 4, 3, 3]]])
    expect(shapes(linear(4, 2))).toEqual([
      ['weight', [2, 4]],
      ['bias', [2]]
    ])
    expect(shapes(batchNorm(4))).toEqual([
      ['weight', [4]],
      ['bias', [4]]
    ])
  })
  it('are empty for a layer without parameters', () =>
    expect([relu, dropout(0.5)].map((l) => parametersOf(l).length)).toEqual([0, 0]))
  it('have the fan in and fan out of their weight', () => {
    expect(parametersOf(conv2d(4, 8, 3))[0]!.fan).toEqual({ in: 36, out: 72 })
    expect(parametersOf(linear(4, 2))[1]!.fan).toEqual({ in: 4, out: 2 })
  })
  it("are accompanied by a batch norm's running statistics, initially 0 and 1", () => {
    expect(buffersOf(batchNorm(4)).map((b) => [b.name, sizeOf(b.shape), b.init])).toEqual([
      ['running_mean', 4, { _tag: 'Constant', value: 0 }],
      ['running_var', 4, { _tag: 'Constant', value: 1 }]
    ])
    expect(buffersOf(linear(4, 2))).toEqual([])
  })
})
