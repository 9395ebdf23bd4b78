/**
 * Convolutions: the forms in which they can be computed, one a file, and the choice between them by a table of costs.
 * Knows matrices of pixels; knows nothing of kernels and their attributes.
 */
import type { CompilerSettings } from '../Graph.js'
import { blocked } from './blocked.js'
import type { Convolution, ConvForm, Direction } from './Convolution.js'
import { costs } from './costs.js'
import { fewChannels } from './fewChannels.js'
import { direct } from './patches.js'
import { winograd2, winograd4 } from './winograd.js'

export { type Convolution, type ConvForm, type Direction, windowOf } from './Convolution.js'

export const convForms: ReadonlyArray<ConvForm> = [direct, fewChannels, blocked, winograd2, winograd4]

/** Milliseconds that a form is expected to take. */
export const expectedCost = (form: ConvForm, c: Convolution, direction: Direction): number => {
  const { flops, bytes } = form.work(c, direction)
  const { gflops, gbytes, ms } = costs[form.name as keyof typeof costs]
  return ms + flops / (gflops * 1e6) + bytes / (gbytes * 1e6)
}

/** The form expected to be the quickest. All three products are chosen together, so that they share what they can. */
export const convForm = (c: Convolution, direction: Direction, settings: CompilerSettings): ConvForm => {
  if (settings.exactConv) return direct
  const total = (form: ConvForm): number =>
    (['forward', 'filter', 'input'] as const).reduce((sum, d) => sum + expectedCost(form, c, d), 0)
  const able = convForms.filter((form) => form.applies(c, 'forward', settings))
  const best = able.reduce((a, b) => (total(b) < total(a) ? b : a))
  return best.applies(c, direction, settings) ? best : direct
}
