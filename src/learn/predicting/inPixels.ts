/** Outputs and targets of points in pixels of their images; those of other tasks are left as they are. */
import type { Task } from '../../data/index.js'
import { type PointFrame, unframedPoints } from '../../data/pixel/index.js'
import type { Batch } from '../../io/index.js'

/** Rows of points in the network's coordinates, one for each frame, in pixels. */
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

/** What metrics see of a batch. */
export const inPixels = (
  task: Task | null,
  outputs: Float32Array,
  { y, frames }: Pick<Batch, 'y' | 'frames'>
): { readonly outputs: Float32Array; readonly targets: Batch['y'] } => ({
  outputs: rowsInPixels(task, outputs, frames),
  targets: rowsInPixels(task, y, frames)
})
