/**
 * The catalogue: architectures as values, one file a family. Nothing here is registered anywhere: a user's own `Arch`
 * is passed the same way.
 *
 * @since 0.1.0
 */
import type { Arch } from '../model/index.js'
import { resnet18, resnet34, resnet50 } from './resnet.js'
import { squeezenet1_1 } from './squeezenet.js'

export * from './resnet.js'
export * from './squeezenet.js'

/**
 * graft's own architectures, for codecs and the command; add yours: `[...catalogue, mine]`.
 *
 * @since 0.1.0
 */
export const catalogue: ReadonlyArray<Arch> = [resnet18, resnet34, resnet50, squeezenet1_1]
