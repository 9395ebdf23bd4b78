import type { Window } from '../../src/model/index.js'

/**
 * How many places a window takes along a side, found by laying it out place after place (torch's definition): each lies
 * within the padded side; with `ceil` one more may stick out, by less than a step, as long as it starts inside the side
 * or its left padding.
 */
export const placements = ({ kernel, stride, padding, dilation, ceil }: Window, side: number): number => {
  const last = side + padding - 1
  const reach = dilation * (kernel - 1)
  let count = 0
  let start = -padding
  while (start + reach <= last) {
    count++
    start += stride
  }
  return ceil && start + reach - last < stride && start < side ? count + 1 : count
}
