/** Images of coloured spots that mark points: one channel for each of up to three points. */
import sharp from 'sharp'
import type { Pixels } from '../../src/data/index.js'

type Point = readonly [x: number, y: number] | null

/** A black image with a square of 5 x 5 pixels around each point: red, green, blue. */
export const spots = ([height, width]: readonly [number, number], points: ReadonlyArray<Point>) => {
  const data = new Uint8Array(height * width * 3)
  points.forEach((point, k) => {
    if (point === null) return
    for (let row = -2; row <= 2; row++)
      for (let col = -2; col <= 2; col++) {
        const [x, y] = [point[0] + col, point[1] + row]
        if (x >= 0 && y >= 0 && x < width && y < height) data[(y * width + x) * 3 + k] = 255
      }
  })
  return sharp(data, { raw: { height, width, channels: 3 } })
}

/** The centre of the light in a channel; undefined: it has none. */
export const spotIn = (
  { width, channels, data }: Pixels,
  channel: number
): readonly [x: number, y: number] | undefined => {
  let [sum, x, y] = [0, 0, 0]
  for (let i = 0; i * channels < data.length; i++) {
    const light = data[i * channels + channel]!
    if (light < 64) continue
    sum += light
    x += light * (i % width)
    y += light * Math.floor(i / width)
  }
  return sum === 0 ? undefined : [x / sum, y / sum]
}
