/**
 * Access to a network: the layer at a path, an update at a path, the parameters and buffers of a layer.
 *
 * @since 0.1.0
 */
import * as O from 'fp-ts/lib/Option.js'
import { type Child, isCombination, type Layer } from './Layer.js'
import { mapLeaves } from './Leaf.js'
import type { LayerArray } from './LayerArray.js'
import { kindOf, type Primitive } from './Primitive.js'

/**
 * The named children of a network in data-flow order, including those of children without a name; a cut counts these.
 *
 * @example
 * import { nn, resnet18 } from 'graft-vision'
 *
 * assert.deepStrictEqual(
 *   nn.namedChildren(resnet18.network).map((child) => child.name),
 *   ['conv1', 'bn1', 'relu', 'maxpool', 'layer1', 'layer2', 'layer3', 'layer4', 'avgpool', 'fc']
 * )
 *
 * @category networks
 * @since 0.1.0
 */
export const namedChildren = (network: Layer): ReadonlyArray<Child & { readonly name: string }> =>
  isCombination(network)
    ? network.children.flatMap((c) => (c.name === null ? namedChildren(c.layer) : [{ name: c.name, layer: c.layer }]))
    : []

/**
 * The layer at a path, if there is one; a primitive without a name is found by the path that `leaves` gives it.
 *
 * @example
 * import { nn, resnet18 } from 'graft-vision'
 * import * as O from 'fp-ts/lib/Option.js'
 *
 * assert.ok(O.isSome(nn.layerAt('layer1.0.conv1')(resnet18.network)))
 * assert.ok(O.isSome(nn.layerAt('layer1.0/relu')(resnet18.network)))
 * assert.ok(O.isNone(nn.layerAt('layer9')(resnet18.network)))
 *
 * @category networks
 * @since 0.1.0
 */
export const layerAt =
  (path: string) =>
  (network: Layer): O.Option<Layer> => {
    const found: Array<Layer> = []
    const changed = modifyAt(path, (layer) => {
      found.push(layer)
      return layer
    })(network)
    return O.isSome(changed) ? O.some(found[0]!) : O.none
  }

/**
 * Updates the layer at a path; a primitive without a name is found by the path that `leaves` gives it. None when there
 * is no such layer.
 *
 * @example
 * import { nn } from 'graft-vision'
 * import * as O from 'fp-ts/lib/Option.js'
 *
 * const net = nn.sequential(nn.named('act', nn.relu))
 * assert.deepStrictEqual(nn.modifyAt('act', () => nn.leakyRelu(0.1))(net), O.some(nn.sequential(nn.named('act', nn.leakyRelu(0.1)))))
 *
 * @category networks
 * @since 0.1.0
 */
export const modifyAt =
  (path: string, f: (layer: Layer) => Layer) =>
  (network: Layer): O.Option<Layer> =>
    O.orElse(() => modifyLeaf(path, f)(network))(modifyNamed(path, f)(network))

const modifyNamed =
  (path: string, f: (layer: Layer) => Layer) =>
  (network: Layer): O.Option<Layer> => {
    if (path === '') return O.some(f(network))
    if (!isCombination(network) || path.endsWith('.')) return O.none
    for (const [i, child] of network.children.entries()) {
      const below =
        child.name === null
          ? O.some(path)
          : path === child.name
            ? O.some('')
            : path.startsWith(`${child.name}.`)
              ? O.some(path.slice(child.name.length + 1))
              : O.none
      const changed = O.isSome(below) ? modifyNamed(below.value, f)(child.layer) : O.none
      if (O.isSome(changed))
        return O.some({ ...network, children: network.children.with(i, { name: child.name, layer: changed.value }) })
    }
    return O.none
  }

/** Updates the first primitive that `leaves` gives this path, the only path of a primitive without a name. */
const modifyLeaf =
  (path: string, f: (layer: Layer) => Layer) =>
  (network: Layer): O.Option<Layer> => {
    let found = false
    const changed = mapLeaves((leaf) => {
      if (found || leaf.path !== path) return leaf.layer
      found = true
      return f(leaf.layer)
    })(network)
    return found ? O.some(changed) : O.none
  }

/**
 * The parameters of a layer, with torch's names and shapes.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * const parameters = nn.parametersOf(nn.conv2d(4, 8, 3, { groups: 2 }))
 * assert.deepStrictEqual(parameters.map((p) => [p.name, p.shape]), [['weight', [8, 2, 3, 3]], ['bias', [8]]])
 *
 * @category networks
 * @since 0.1.0
 */
export const parametersOf = (layer: Primitive): ReadonlyArray<LayerArray> => kindOf(layer).parameters(layer)

/**
 * The buffers of a layer: a batch norm's running statistics, a spectral norm's vectors.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * assert.deepStrictEqual(nn.buffersOf(nn.batchNorm(8)).map((b) => b.name), ['running_mean', 'running_var'])
 * assert.deepStrictEqual(nn.buffersOf(nn.relu), [])
 *
 * @category networks
 * @since 0.1.0
 */
export const buffersOf = (layer: Primitive): ReadonlyArray<LayerArray> => kindOf(layer).buffers(layer)
