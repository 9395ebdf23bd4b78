/**
 * The catalogue: architectures as values, one file per family. There is no registry: a user-defined `Arch` is used in
 * the same way.
 *
 * @since 0.1.0
 */
import type { Arch } from '../model/index.js'
import * as alexnet from './alexnet.js'
import * as convnext from './convnext.js'
import { darknet53 } from './darknet.js'
import * as densenet from './densenet.js'
import * as efficientnet from './efficientnet.js'
import * as mobilenet from './mobilenet.js'
import * as mobilenetV3 from './mobilenetV3.js'
import * as mobilenetV4 from './mobilenetV4.js'
import * as presnet from './presnet.js'
import * as regnet from './regnet.js'
import * as resnet from './resnet.js'
import * as squeezenet from './squeezenet.js'
import * as swin from './swin.js'
import * as vgg from './vgg.js'
import * as vit from './vit.js'
import * as wrn from './wrn.js'
import * as xresnet from './xresnet.js'
import * as xresnet2 from './xresnet2.js'

export * from './alexnet.js'
export * from './convnext.js'
export * from './darknet.js'
export * from './densenet.js'
export * from './efficientnet.js'
export { keyRules } from './keyRules/index.js'
export * from './mobilenet.js'
export * from './mobilenetV3.js'
export * from './mobilenetV4.js'
export * from './presnet.js'
export * from './regnet.js'
export * from './resnet.js'
export * from './squeezenet.js'
export * from './swin.js'
export * from './vgg.js'
export * from './vit.js'
export * from './wrn.js'
export * from './xresnet.js'
export * as xresnet2 from './xresnet2.js'

/** The architectures that a family's file exports, sorted by their numbers. */
const family = (file: Readonly<Record<string, Arch>>): ReadonlyArray<Arch> =>
  Object.values(file).sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))

/**
 * graft's own architectures, family by family, for codecs and the command; add yours: `[...catalogue, mine]`.
 *
 * @category architectures
 * @since 0.1.0
 */
export const catalogue: ReadonlyArray<Arch> = [
  resnet,
  squeezenet,
  densenet,
  vgg,
  alexnet,
  mobilenet,
  xresnet,
  xresnet2,
  presnet,
  wrn,
  { darknet53 },
  efficientnet,
  mobilenetV3,
  mobilenetV4,
  regnet,
  convnext,
  vit,
  swin
].flatMap(family)
