/** Converts outputs and targets of points to pixels of the original images; those of other tasks are unchanged. */
import type { Task } from '../../data/index.js'
import { type PointFrame, unframedPoints } from '../../data/pixel/index.js'
import type { Batch } from '../../io/index.js'

/** Converts rows of points, one per frame, from the network's coordinates to pixels. */
export const rowsInPixels = <A extends Float32Array | Int32Array>(
  task: Task | null,
  rows: A,
  frames: ReadonlyArray<PointFrame> | undefined
): A | Float32Array => {
  if (task?._tag !== 'Points' || frames === undefined) return rows
  const width = 2 * task.names.length
  const pixels = new Float32Array(rows.length)
  frames.forEach((frame, i) => {
    pixels.set(unframedPoints(task, frame)(rows.subarray(i * width, (i + 1) * width)), i * width)
  })
  return pixels
}

/** The outputs and targets of a batch as metrics see them. */
export const inPixels = (
  task: Task | null,
  outputs: Float32Array,
  { y, frames }: Pick<Batch, 'y' | 'frames'>
): { readonly outputs: Float32Array; readonly targets: Batch['y'] } => ({
  outputs: rowsInPixels(task, outputs, frames),
  targets: rowsInPixels(task, y, frames)
})
