/**
 * `Role`: the purpose of a layer, for code that treats several kinds of layers alike.
 *
 * @since 0.1.0
 */
import type { Role } from './LayerKind.js'
import { kindOf, type Primitive } from './Primitive.js'

export type { Role } from './LayerKind.js'

/**
 * The role of a layer.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * assert.deepStrictEqual([nn.avgPool2d(2), nn.relu].map(nn.roleOf), ['pooling', 'activation'])
 *
 * @category networks
 * @since 0.1.0
 */
export const roleOf = (layer: Primitive): Role => kindOf(layer).role
