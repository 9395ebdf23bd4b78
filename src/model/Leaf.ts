/**
 * The primitives of a network as a list, and a map over them.
 *
 * @since 0.1.0
 */
import { foldLayer, type Layer, type LayerNode, type Leaf } from './Layer.js'

const listed: (network: Layer) => ReadonlyArray<Leaf> = foldLayer<ReadonlyArray<Leaf>>({
  leaf: (leaf) => [leaf],
  sequential: (parts) => parts.flat(),
  sum: (branches) => branches.flat(),
  product: (branches) => branches.flat(),
  concat: (branches) => branches.flat()
})

/**
 * The primitives in data-flow order; branches follow one another.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * const net = nn.sequential(nn.named('fc', nn.linear(4, 2)), nn.relu, nn.relu)
 * assert.deepStrictEqual(nn.leaves(net).map((l) => l.path), ['fc', '/relu', '/relu2'])
 *
 * @category networks
 * @since 0.1.0
 */
export const leaves = (network: Layer): ReadonlyArray<Leaf> => listed(network)

const withParts = (parts: ReadonlyArray<Layer>, { layer }: LayerNode): Layer => ({
  ...layer,
  children: layer.children.map(({ name }, i) => ({ name, layer: parts[i]! }))
})

/**
 * Applies `f` to every primitive of a network.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * const tanhs = nn.mapLeaves(({ layer }) => (layer._tag === 'Relu' ? nn.tanh : layer))
 * assert.deepStrictEqual(tanhs(nn.sum(nn.numbered(nn.relu), nn.identity)), nn.sum(nn.numbered(nn.tanh), nn.identity))
 *
 * @category networks
 * @since 0.1.0
 */
export const mapLeaves = (f: (leaf: Leaf) => Layer): ((network: Layer) => Layer) =>
  foldLayer<Layer>({ leaf: f, sequential: withParts, sum: withParts, product: withParts, concat: withParts })
