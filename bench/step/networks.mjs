// graft's side of the networks that are measured, by name; PyTorch's is bench/pytorch/network.py.
import { catalogue, classification, cut, head, segmentation, unet, withHead } from 'graft-vision'

const prefix = 'unet_'
const isUnet = (name) => name.startsWith(prefix)

/** Ten classes, on either side. */
export const classes = Array.from({ length: 10 }, (_, i) => `class ${i}`)

/** What a network is asked for: the class of an image or, of a U-Net, of every pixel. */
export const taskOf = (name) => (isUnet(name) ? segmentation(classes) : classification(classes))

/** How many labels a batch of images has. */
export const labelCount = (name, n, side) => (isUnet(name) ? n * side * side : n)

/** The body of an architecture with fastai's head, or its U-Net (`unet_resnet18`); null where the catalogue does not have it. */
export const networkNamed = (name, options = {}) => {
  const arch = catalogue.find((each) => each.name === name.replace(prefix, ''))
  return arch === undefined ? null : withHead(isUnet(name) ? unet() : head(options))(cut(arch))
}
