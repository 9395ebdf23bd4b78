/** mixup.json: mixed batches from recorded draws. */
import { mixed } from '../../../src/data/index.js'
import { close, type Outcome, outcome, pending } from '../Comparison.js'
import { flatOf, type Nested } from './arrays.js'

interface MixupCase {
  readonly stack_x: boolean
  readonly stack_y: boolean
  readonly input: Nested
  readonly target: Nested
  readonly beta_draws: ReadonlyArray<number>
  readonly permutation: ReadonlyArray<number>
  readonly new_input: Nested
  readonly new_target: Nested
}

export const mixups = (c: MixupCase): Outcome => {
  if (c.stack_x) return pending('mixing of features (stack_x)')
  const [n, targets] = [c.beta_draws.length, flatOf(c.target)]
  const mix = { partners: c.permutation, shares: c.beta_draws.map((b) => Math.max(b, 1 - b)) }
  const batch = {
    x: Float32Array.from(flatOf(c.input)),
    y: c.stack_y ? Int32Array.from(targets) : Float32Array.from(targets),
    n
  }
  const { x, y } = mixed(mix)(batch)
  return outcome([
    close('images', x, flatOf(c.new_input), 'pixels'),
    close('targets', y, flatOf(c.new_target), 'pixels')
  ])
}
