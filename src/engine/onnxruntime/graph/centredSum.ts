/**
 * Gradients of batch norms as sums that are evaluated lazily. In a dense block every layer normalises all channels
 * before it, and the gradients of all these norms are added for each tensor. Their common factor, the centred input, is
 * multiplied once instead of in every layer.
 */
import { arithmetic } from './arithmetic.js'
import type { Graph, Ref } from './Graph.js'
import { images, type CentredSum, type Laid } from './Layout.js'
import { rowsFor, statistics } from './statistics.js'

/** Evaluates a sum; `shape` is that of `of`. */
const computed = (g: Graph, { of, main, slope, shift }: CentredSum): Ref => {
  const { add, mul } = arithmetic(g)
  const { vector } = rowsFor(g, of.shape)
  return add(add(main, mul(statistics(g, of).centred, vector(slope))), vector(shift))
}

/** A tensor from its sum. */
const summed = (g: Graph, sum: CentredSum): Laid => ({ ...images(g, computed(g, sum), sum.of.shape), sum })

/** Two gradients of one tensor as one sum; undefined unless both are such sums. */
export const addSums = (g: Graph, { sum: a }: Laid, { sum: b }: Laid): Laid | undefined => {
  if (a === undefined || b === undefined || a.of !== b.of) return undefined
  const { add } = arithmetic(g)
  return summed(g, {
    of: a.of,
    main: add(a.main, b.main),
    slope: add(a.slope, b.slope),
    shift: add(a.shift, b.shift)
  })
}

/** Divides a row or a matrix of channels. */
type Divide = (x: Ref) => ReadonlyArray<Ref>

/**
 * The gradient of a concatenation for each of its operands; undefined if it is not such a sum, or if the operands
 * differ.
 */
export const divideSum = (
  g: Graph,
  { sum }: Laid,
  sizes: ReadonlyArray<number>,
  divide: { readonly matrix: Divide; readonly row: Divide }
): ReadonlyArray<Laid> | undefined => {
  const branches = sum?.of.branches
  if (sum === undefined || branches?.length !== sizes.length) return undefined
  if (!branches.every(({ shape }, i) => shape[3] === sizes[i])) return undefined
  const [mains, slopes, shifts] = [divide.matrix(sum.main), divide.row(sum.slope), divide.row(sum.shift)]
  return branches.map((of, i) => summed(g, { of, main: mains[i]!, slope: slopes[i]!, shift: shifts[i]! }))
}
