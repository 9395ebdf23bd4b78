/** Tasks as JSON. */
import { points, type Task } from '../../data/index.js'
import { makeSchema, type TypeOf } from '../grammar/Grammar.js'

export const taskSchema = makeSchema((g) => {
  const names = g.list(g.string)
  return g.keyed({
    classification: names,
    multiLabel: names,
    regression: g.whole(1),
    segmentation: names,
    imageRegression: g.whole(1),
    points: g.union(names, g.object({ names }, { swap: g.list(g.pair(g.string)) }))
  })
})

type PointsJson = Extract<TypeOf<typeof taskSchema>, { readonly points: unknown }>['points']

const pointsFrom = (json: PointsJson): Task =>
  'names' in json ? points(json.names, json.swap === undefined ? {} : { swap: json.swap }) : points(json)

export const taskFrom = (json: TypeOf<typeof taskSchema>): Task =>
  'classification' in json
    ? { _tag: 'Classification', classes: json.classification }
    : 'multiLabel' in json
      ? { _tag: 'MultiLabel', classes: json.multiLabel }
      : 'regression' in json
        ? { _tag: 'Regression', outputs: json.regression }
        : 'segmentation' in json
          ? { _tag: 'Segmentation', codes: json.segmentation }
          : 'imageRegression' in json
            ? { _tag: 'ImageRegression', channels: json.imageRegression }
            : pointsFrom(json.points)

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
    case 'Points':
      return { points: { names: value.names, swap: value.swap } }
  }
}
