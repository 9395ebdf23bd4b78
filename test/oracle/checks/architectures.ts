/** Which architectures of the records are built, and what clears each that is not. */
import { catalogue } from '../../../src/arch/index.js'
import { type Arch } from '../../../src/model/index.js'

const families: Readonly<Record<string, ReadonlyArray<string>>> = {
  'resnet101 and resnet152 in the catalogue': ['resnet101', 'resnet152'],
  'squeezenet1_0 in the catalogue': ['squeezenet1_0'],
  'densenets in the catalogue': ['densenet121', 'densenet161', 'densenet169', 'densenet201'],
  'vgg in the catalogue': ['vgg11_bn', 'vgg13_bn', 'vgg16_bn', 'vgg19_bn'],
  'alexnet in the catalogue': ['alexnet'],
  'mobilenet_v2 in the catalogue': ['mobilenet_v2'],
  'xresnets in the catalogue': [
    'xresnet18',
    'xresnet34',
    'xresnet50',
    'xresnet101',
    'xresnet152',
    'xresnet18_deep',
    'xresnet34_deep',
    'xresnet50_deep'
  ],
  'wide residual networks in the catalogue': ['wrn_22'],
  'Darknet in the catalogue': ['Darknet']
}

export type Known =
  | { readonly _tag: 'Built'; readonly arch: Arch }
  | { readonly _tag: 'NotYet'; readonly until: string }
  | { readonly _tag: 'Unknown'; readonly name: string }

/** An architecture's name is the text before the first space; its arguments, if any, are no part of it. */
export const architecture = (text: string): Known => {
  const name = text.split(' ')[0]!
  const arch = catalogue.find((a) => a.name === name)
  if (arch !== undefined) return { _tag: 'Built', arch }
  const family = Object.entries(families).find(([, names]) => names.includes(name.split('(')[0]!))
  return family === undefined ? { _tag: 'Unknown', name } : { _tag: 'NotYet', until: family[0] }
}
