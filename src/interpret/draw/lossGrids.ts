/**
 * Captions and grids of top losses; the images come from callers that can read files.
 *
 * @since 0.1.0
 */
import type { LossLabel, Misclassified } from '../index.js'
import { type GridCell, gridOf, type ImageGrid } from './ImageGrid.js'

/**
 * `predicted/actual / loss / probability of the actual class`, with two decimals.
 *
 * @example
 * import { lossTitle } from './index.js'
 *
 * const label = { index: 0, file: null, loss: 3.336, predicted: '7', actual: '3', probability: 0.0356 }
 * assert.strictEqual(lossTitle(label), '7/3 / 3.34 / 0.04')
 *
 * @since 0.1.0
 */
export const lossTitle = ({ predicted, actual, loss, probability }: LossLabel): string =>
  `${predicted}/${actual} / ${loss.toFixed(2)} / ${probability.toFixed(2)}`

/** A file with its last folder, which is usually its class; null: no file. */
const fileLine = (file: string | null): ReadonlyArray<string> =>
  file === null ? [] : [file.split(/[/\\]/).slice(-2).join('/')]

/**
 * An image as shown in a grid.
 *
 * @category grids
 * @since 0.1.0
 */
export type Shown = Pick<GridCell, 'image' | 'height' | 'width'>

/**
 * A square grid of top losses; each image has its file's name below, if it has one.
 *
 * @example
 * import { Draw } from 'graft-vision'
 *
 * const label = { index: 0, file: null, loss: 3.336, predicted: '7', actual: '3', probability: 0.0356 }
 * const { cells, columns } = Draw.topLossesGrid([label], [{ image: 'data:,', height: 28, width: 28 }], {})
 * assert.deepStrictEqual([columns, cells[0]?.caption], [1, ['7/3 / 3.34 / 0.04']])
 *
 * @category grids
 * @since 0.1.0
 */
export const topLossesGrid = (
  labels: ReadonlyArray<LossLabel>,
  pictures: ReadonlyArray<Shown>,
  { figsize = [12, 12], showText = true }: { readonly figsize?: ImageGrid['figsize']; readonly showText?: boolean }
): ImageGrid => ({
  _tag: 'ImageGrid',
  title: 'Prediction/Actual/Loss/Probability',
  columns: gridOf(labels.length).columns,
  figsize,
  cells: labels.map((label, k) => ({
    index: label.index,
    caption: showText ? [lossTitle(label), ...fileLine(label.file)] : [],
    ...pictures[k]!
  }))
})

/**
 * A grid of misclassified images, one per row.
 *
 * @example
 * import { Draw } from 'graft-vision'
 *
 * assert.deepStrictEqual(Draw.missedGrid([], [], 'none', [10, 10]).cells, [])
 *
 * @category grids
 * @since 0.1.0
 */
export const missedGrid = (
  missed: ReadonlyArray<Misclassified>,
  pictures: ReadonlyArray<Shown>,
  title: string,
  figsize: ImageGrid['figsize']
): ImageGrid => ({
  _tag: 'ImageGrid',
  title,
  columns: 1,
  figsize,
  cells: missed.map(({ index, file, predicted, actual, loss, probability }, k) => ({
    index,
    caption: [
      `Predicted: ${predicted}`,
      `Actual: ${actual.join('; ')}`,
      `Loss: ${loss.toFixed(2)}`,
      `Probability: ${probability.toFixed(2)}`,
      ...fileLine(file)
    ],
    ...pictures[k]!
  }))
})
