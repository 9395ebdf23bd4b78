import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { inputUnder, tapsOf, usedTaps, type Window } from '../../../src/engine/onnxruntime/graph/Window.js'

const pair = (least: number, most: number) =>
  fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))

const windows: fc.Arbitrary<Window> = fc.record({
  input: pair(1, 9),
  output: pair(1, 9),
  size: pair(1, 5),
  stride: pair(1, 3),
  dilation: pair(1, 3),
  pad: pair(0, 4)
})

test.prop([windows])('the taps in use are those that lie on a pixel under some output row', (w) => {
  const { indices, rows } = inputUnder(w)
  const onPixels = Array.from({ length: tapsOf(w) }, (_, tap) => tap).filter((tap) =>
    indices.some((row, i) => i % tapsOf(w) === tap && row !== rows)
  )
  expect(usedTaps(w)).toEqual(onPixels.length === 0 ? [0] : onPixels)
})
