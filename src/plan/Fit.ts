/** What a layer makes of its input's shape: its output, or what it expected instead. */
import * as E from 'fp-ts/lib/Either.js'
import type { Shape } from '../model/index.js'

/** A layer that does not accept its input, and the output to continue with. */
export interface Misfit {
  readonly expected: string
  readonly found: string
  readonly hint: string
  readonly output: Shape
  /** The feature map is too small; reported once, because everything after it is smaller still. */
  readonly small?: true
}

export type Fit = E.Either<Misfit, Shape>

export const misfit = (expected: string, found: string, hint: string, output: Shape): Fit =>
  E.left({ expected, found, hint, output })

export const agree = (a: number, b: number): boolean => a === b || Number.isNaN(a) || Number.isNaN(b)

export const shown = (shape: Shape): string =>
  shape.length === 0 ? 'scalar' : shape.map((n) => (Number.isNaN(n) ? '?' : n)).join('×')

export const needsMap = (input: Shape, f: (c: number, h: number, w: number) => Fit): Fit => {
  const [c, h, w] = input
  return input.length === 3
    ? f(c!, h!, w!)
    : misfit('channels×height×width', shown(input), 'put it before the flatten', input)
}
