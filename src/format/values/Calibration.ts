/** What was fitted on the validation set after training, as JSON. Features are base64 of little-endian float32. */
import type { Calibration } from '../../interpret/index.js'
import { makeSchema, type TypeOf } from '../grammar/Grammar.js'

export const calibrationSchema = makeSchema((g) => {
  const scores = g.object({ nll: g.number, ece: g.number }, {})
  return g.object(
    {},
    {
      scaling: g.object({ temperature: g.number, before: scores, after: scores }, {}),
      abstention: g.object(
        { by: g.literal('probability', 'energy', 'knn'), threshold: g.number, coverage: g.number },
        { neighbours: g.object({ k: g.whole(1), width: g.whole(1), features: g.string }, {}) }
      )
    }
  )
})

const rowsFrom = (width: number, text: string): ReadonlyArray<Float32Array> => {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
  const view = new DataView(bytes.buffer)
  return Array.from({ length: Math.floor(bytes.length / 4 / width) }, (_, i) =>
    Float32Array.from({ length: width }, (_, k) => view.getFloat32(4 * (i * width + k), true))
  )
}

const rowsTo = (rows: ReadonlyArray<Float32Array>): string => {
  const width = rows[0]?.length ?? 0
  const bytes = new Uint8Array(4 * rows.length * width)
  const view = new DataView(bytes.buffer)
  rows.forEach((row, i) => row.forEach((x, k) => view.setFloat32(4 * (i * width + k), x, true)))
  const parts: Array<string> = []
  for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)))
  return btoa(parts.join(''))
}

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
