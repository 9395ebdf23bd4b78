/**
 * Convolution algorithms, one per file, and the choice between them by a cost table. Works on pixel matrices; kernels
 * and their attributes are handled elsewhere.
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

/** Expected milliseconds of an algorithm. */
const expectedCost = (form: ConvForm, c: Convolution, use: Use, machine: Machine): number =>
  costOf(tableFor(costs, machine)[form.name][use], form.work(c, use))

/**
 * The algorithm expected to be fastest. `fixed`: the weights are constant; otherwise all directions are chosen
 * together, so that they share intermediate results.
 */
export const convForm = (c: Convolution, direction: Direction, settings: CompilerSettings, fixed = false): ConvForm => {
  if (settings.exactConv) return direct
  const use: Use = fixed && direction !== 'filter' ? direction : 'training'
  const able = convForms.filter((form) => form.applies(c, use === 'training' ? 'forward' : use, settings))
  const best = able.reduce((a, b) => (expectedCost(b, c, use, settings) < expectedCost(a, c, use, settings) ? b : a))
  return best.applies(c, direction, settings) ? best : direct
}

/** Expected milliseconds of all directions with the algorithm chosen for them. */
export const trainingCost = (c: Convolution, settings: CompilerSettings): number =>
  expectedCost(convForm(c, 'forward', settings), c, 'training', settings)
