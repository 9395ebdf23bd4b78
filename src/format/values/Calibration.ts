/** What was fitted on the validation set after training, as JSON. Features are numbers, row by row. */
import type { Calibration } from '../../interpret/index.js'
import { makeSchema, type TypeOf, type ValueMistake } from '../grammar/Grammar.js'

interface NeighboursJson {
  readonly k: number
  readonly width: number
  readonly features: ReadonlyArray<number>
}

const largestFloat32 = 3.4028234663852886e38

const rowMistakes = ({ width, features }: NeighboursJson): ReadonlyArray<ValueMistake> => {
  const large = features.findIndex((x) => Math.abs(x) > largestFloat32)
  if (large !== -1) return [{ at: ['features', large], expected: 'a float32 number', hint: 'export the model again' }]
  return features.length % width === 0
    ? []
    : [
        {
          at: ['features'],
          expected: `rows of ${width} numbers`,
          found: `${features.length} numbers`,
          hint: 'export the model again: the file is incomplete'
        }
      ]
}

export const calibrationSchema = makeSchema((g) => {
  const scores = g.object({ nll: g.number, ece: g.number }, {})
  const rows = g.object({ k: g.whole(1), width: g.whole(1), features: g.list(g.number) }, {})
  return g.object(
    {},
    {
      scaling: g.object({ temperature: g.number, before: scores, after: scores }, {}),
      abstention: g.object(
        { by: g.literal('probability', 'energy', 'knn'), threshold: g.number, coverage: g.number },
        {
          neighbours: g.checked(rowMistakes)(rows)
        }
      )
    }
  )
})

/** JSON does not tell −0 from 0. */
const rowsFrom = (width: number, values: ReadonlyArray<number>): ReadonlyArray<Float32Array> =>
  Array.from({ length: values.length / width }, (_, i) =>
    Float32Array.from(values.slice(i * width, (i + 1) * width), (x) => Math.fround(x) + 0)
  )

/** Nine digits tell all float32 numbers apart. */
const rowsTo = (rows: ReadonlyArray<Float32Array>): ReadonlyArray<number> =>
  rows.flatMap((row) => Array.from(row, (x) => Number(x.toPrecision(9))))

export const calibrationFrom = ({ scaling, abstention }: TypeOf<typeof calibrationSchema>): Calibration => {
  const { neighbours, ...rest } = abstention ?? { by: 'probability', threshold: 0, coverage: 1 }
  return {
    scaling: scaling ?? null,
    abstention:
      abstention === undefined
        ? null
        : {
            ...rest,
            ...(neighbours === undefined
              ? {}
              : { neighbours: { k: neighbours.k, features: rowsFrom(neighbours.width, neighbours.features) } })
          }
  }
}

export const calibrationTo = ({ scaling, abstention }: Calibration): unknown => {
  const { neighbours, ...rest } = abstention ?? {}
  return {
    ...(scaling === null ? {} : { scaling }),
    ...(abstention === null
      ? {}
      : {
          abstention: {
            ...rest,
            ...(neighbours === undefined
              ? {}
              : {
                  neighbours: {
                    k: neighbours.k,
                    width: neighbours.features[0]?.length ?? 1,
                    features: rowsTo(neighbours.features)
                  }
                })
          }
        })
  }
}
