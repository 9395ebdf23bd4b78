/**
 * Convolutions: the forms in which they can be computed, one a file, and the choice between them by a table of costs.
 * Knows matrices of pixels; knows nothing of kernels and their attributes.
 */
import type { CompilerSettings } from '../graph/Graph.js'
import { blocked } from './blocked.js'
import type { Convolution, ConvForm, Direction, Machine, Use } from './Convolution.js'
import { costOf, costs, tableFor } from './costs.js'
import { fewChannels } from './fewChannels.js'
import { direct } from './patches.js'
import { winograd2, winograd4 } from './winograd.js'

export { appliesDepthwise, depthwise } from './depthwise.js'
export { costOf, costs, tableFor } from './costs.js'
export { manyImages, ownWork, withSmallMaps } from './smallMaps.js'
export { type Convolution, type ConvForm, type Direction, trainingDirections, windowOf } from './Convolution.js'

export const convForms: ReadonlyArray<ConvForm> = [direct, fewChannels, blocked, winograd2, winograd4]

/** Milliseconds that a form is expected to take. */
const expectedCost = (form: ConvForm, c: Convolution, use: Use, machine: Machine): number =>
  costOf(tableFor(costs, machine)[form.name][use], form.work(c, use))

/**
 * The form expected to be the quickest. `fixed`: the weights are the same in every run; else all directions are
 * chosen together, so that they share what they can.
 */
export const convForm = (c: Convolution, direction: Direction, settings: CompilerSettings, fixed = false): ConvForm => {
  if (settings.exactConv) return direct
  const use: Use = fixed && direction !== 'filter' ? direction : 'training'
  const able = convForms.filter((form) => form.applies(c, use === 'training' ? 'forward' : use, settings))
  const best = able.reduce((a, b) => (expectedCost(b, c, use, settings) < expectedCost(a, c, use, settings) ? b : a))
  return best.applies(c, direction, settings) ? best : direct
}

/** Milliseconds that all directions are expected to take, by the form that is chosen for them. */
export const trainingCost = (c: Convolution, settings: CompilerSettings): number =>
  expectedCost(convForm(c, 'forward', settings), c, 'training', settings)
