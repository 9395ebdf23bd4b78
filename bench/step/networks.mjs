// graft's side of the networks that are measured, by name; PyTorch's is bench/pytorch/network.py.
import { catalogue, cut, head, withHead } from 'graft-vision'

/** Ten classes, on either side. */
export const classes = Array.from({ length: 10 }, (_, i) => `class ${i}`)

/** An architecture's body and fastai's head; null where the catalogue does not have it. */
export const networkNamed = (name, options = {}) => {
  const arch = catalogue.find((each) => each.name === name)
  return arch === undefined ? null : withHead(head(options))(cut(arch))
}
