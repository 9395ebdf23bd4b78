/** Tasks as JSON. */
import type { Task } from '../../data/index.js'
import { makeSchema, type TypeOf } from '../grammar/Grammar.js'

export const taskSchema = makeSchema((g) => {
  const names = g.list(g.string)
  return g.keyed({
    classification: names,
    multiLabel: names,
    regression: g.whole(1),
    segmentation: names,
    imageRegression: g.whole(1)
  })
})

export const taskFrom = (json: TypeOf<typeof taskSchema>): Task =>
  'classification' in json
    ? { _tag: 'Classification', classes: json.classification }
    : 'multiLabel' in json
      ? { _tag: 'MultiLabel', classes: json.multiLabel }
      : 'regression' in json
        ? { _tag: 'Regression', outputs: json.regression }
        : 'segmentation' in json
          ? { _tag: 'Segmentation', codes: json.segmentation }
          : { _tag: 'ImageRegression', channels: json.imageRegression }

export const taskTo = (value: Task): unknown => {
  switch (value._tag) {
    case 'Classification':
      return { classification: value.classes }
    case 'MultiLabel':
      return { multiLabel: value.classes }
    case 'Regression':
      return { regression: value.outputs }
    case 'Segmentation':
      return { segmentation: value.codes }
    case 'ImageRegression':
      return { imageRegression: value.channels }
  }
}
