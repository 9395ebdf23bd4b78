/**
 * Statistics of opened data: classes, images per class, sets.
 *
 * @since 0.1.0
 */
import { classesOf, countsPerClass } from '../../data/index.js'
import type { Data, Dataset, ImageSizes } from './Data.js'

/**
 * The images of one set.
 *
 * @category data
 * @since 0.1.0
 */
export interface SetCounts {
  readonly images: number
  /** Number of images of each class, or with each label; empty for other tasks. */
  readonly perClass: ReadonlyArray<number>
}

/**
 * Statistics of opened data.
 *
 * @category data
 * @since 0.1.0
 */
export interface DataCounts {
  readonly task: Data['task']['_tag']
  /** The classes, labels, codes or points, by index; empty for regressions. */
  readonly classes: ReadonlyArray<string>
  readonly train: SetCounts
  readonly valid: SetCounts
  readonly test: number
  /** The sizes of the images; absent: none was read on opening. */
  readonly sizes?: ImageSizes
}

const countsIn = (task: Data['task'], { items, length }: Dataset): SetCounts => ({
  images: length,
  perClass: countsPerClass(task, items)
})

/**
 * Counts what opened data holds.
 *
 * @example
 * import { digits } from 'graft-vision'
 * import { dataCounts, nodeIo, openData, showDataCounts } from 'graft-vision/node'
 *
 * const data = await openData(digits({ n: 8, valid: 4, path: 'counted' }))(nodeIo())()
 * if (data._tag === 'Left') throw new Error(data.left.found)
 * assert.strictEqual(showDataCounts(dataCounts(data.right)), '2 classes: 3 4, 7 4; valid 2, 2')
 *
 * @category data
 * @since 0.1.0
 */
export const dataCounts = ({ task, train, valid, test, sizes }: Data): DataCounts => ({
  task: task._tag,
  classes: task._tag === 'Points' ? task.names : classesOf(task),
  train: countsIn(task, train),
  valid: countsIn(task, valid),
  test: test.length,
  ...(sizes === undefined ? {} : { sizes })
})

/** Maximum number of classes to list. */
const listed = 10

/** Quotes a name that contains a separator. */
const named = (name: string): string =>
  /^[^\s,;"](?:[^,;"\n\r\t]*[^\s,;"])?$/.test(name) ? name : JSON.stringify(name)

const plural = (n: number, what: string, more: string): string => `${n} ${n === 1 ? what : more}`

const images = (n: number): string => plural(n, 'image', 'images')

/**
 * Data statistics on one line: `2 classes: cat 10, dog 10; valid 5, 5`. If there are many classes, only the first are
 * listed.
 *
 * @example
 * import { showDataCounts } from 'graft-vision/node'
 *
 * const sets = { train: { images: 20, perClass: [] }, valid: { images: 5, perClass: [] }, test: 2 }
 * assert.strictEqual(showDataCounts({ task: 'Regression', classes: [], ...sets }), 'numbers: 20 images; valid 5; test 2')
 *
 * @category data
 * @since 0.1.0
 */
export const showDataCounts = ({ task, classes, train, valid, test }: DataCounts): string => {
  const tested = test === 0 ? '' : `; test ${test}`
  if (train.perClass.length === 0) {
    const what =
      task === 'Regression'
        ? 'numbers'
        : task === 'ImageRegression'
          ? 'target pictures'
          : task === 'Points'
            ? plural(classes.length, 'point', 'points')
            : `masks of ${classes.length} classes`
    return `${what}: ${images(train.images)}; valid ${valid.images}${tested}`
  }
  const what =
    task === 'MultiLabel' ? plural(classes.length, 'label', 'labels') : plural(classes.length, 'class', 'classes')
  const some = classes.slice(0, listed).map((name, i) => `${named(name)} ${train.perClass[i]!}`)
  const more = classes.length > listed ? ` and ${classes.length - listed} more` : ''
  const total = classes.length > listed || task === 'MultiLabel' ? ` (${images(train.images)})` : ''
  const held = classes.length > listed || task === 'MultiLabel' ? images(valid.images) : valid.perClass.join(', ')
  return `${what}: ${some.join(', ')}${more}${total}; valid ${valid.images === 0 ? 'none' : held}${tested}`
}
