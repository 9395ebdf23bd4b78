/** mixup.json: mixed batches from recorded draws. */
import { mixed } from '../../../src/data/index.js'
import { close, type Outcome, outcome } from '../Comparison.js'
import { flatOf, type Nested } from './arrays.js'

interface Recorded {
  readonly stack_y: boolean
  readonly input: Nested
  readonly target: Nested
  readonly beta_draws: ReadonlyArray<number>
  readonly permutation: ReadonlyArray<number>
  readonly new_target: Nested
}

/** With `stack_x` the record has the images, their partners and λ, for a network that mixes by itself. */
type MixupCase = Recorded &
  (
    | { readonly stack_x: false; readonly new_input: Nested }
    | { readonly stack_x: true; readonly new_input: readonly [Nested, Nested, ReadonlyArray<number>] }
  )

/** The mixed images of a record. */
const mixedInput = (c: MixupCase): ReadonlyArray<number> => {
  if (!c.stack_x) return flatOf(c.new_input)
  const [own, partners, shares] = c.new_input
  const [a, b] = [flatOf(own), flatOf(partners)]
  const perImage = a.length / shares.length
  return a.map((value, k) => {
    const share = shares[Math.floor(k / perImage)]!
    return share * value + (1 - share) * b[k]!
  })
}

export const mixups = (c: MixupCase): Outcome => {
  const [n, targets] = [c.beta_draws.length, flatOf(c.target)]
  const mix = { partners: c.permutation, shares: c.beta_draws.map((b) => Math.max(b, 1 - b)) }
  const batch = {
    x: Float32Array.from(flatOf(c.input)),
    y: c.stack_y ? Int32Array.from(targets) : Float32Array.from(targets),
    n
  }
  const { x, y } = mixed(mix)(batch)
  return outcome([close('images', x, mixedInput(c), 'pixels'), close('targets', y, flatOf(c.new_target), 'pixels')])
}
