// Marks of points on images of any size.
import { describe, expect, it } from 'vitest'
import { Draw } from 'graft-vision'

const black = (side: number) => ({ height: side, width: side, channels: 3, data: new Uint8Array(3 * side * side) })

/** How many pixels wide the coloured part of a mark in the middle is. */
const widthOf = (side: number, mark: 'disc' | 'ring'): number => {
  const middle = Math.floor(side / 2)
  const { data } = Draw.overlayPoints([middle, middle], { mark })(black(side))
  const row = Array.from({ length: side }, (_, x) => data.slice(3 * (middle * side + x), 3 * (middle * side + x) + 3))
  const marked = row.flatMap((pixel, x) => (pixel.some((value) => value > 0) ? [x] : []))
  return marked.length === 0 ? 0 : marked.at(-1)! - marked[0]! + 1
}

describe('overlayPoints', () => {
  it.each(['disc', 'ring'] as const)('scales the mark with the image: %s', (mark) => {
    expect([28, 64, 200, 1000].map((side) => widthOf(side, mark))).toEqual([3, 3, 7, 31])
  })

  it('leaves the place of a ring visible', () => {
    const { data } = Draw.overlayPoints([14, 14], { mark: 'ring' })(black(28))
    expect([...data.slice(3 * (14 * 28 + 14), 3 * (14 * 28 + 14) + 3)]).toEqual([0, 0, 0])
  })
})
