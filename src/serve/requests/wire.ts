/**
 * The JSON of requests and responses, described once: requests are decoded by these schemas, responses are typed by them,
 * and `/openapi.json` is made of them.
 */
import { makeSchema, type SchemaType } from '../../format/index.js'

export const tasks = [
  'Classification',
  'MultiLabel',
  'Regression',
  'Points',
  'Segmentation',
  'ImageRegression'
] as const

/** Images in JSON: each is base64, or a data URL. */
export const imagesSchema = makeSchema((g) =>
  g.object({ images: g.list(g.string) }, { model: g.string, thresh: g.number, class: g.string })
)
export type ImagesJson = SchemaType<typeof imagesSchema>

export const errorSchema = makeSchema((g) =>
  g.object(
    { code: g.string, message: g.string },
    { path: g.string, expected: g.string, found: g.string, hint: g.string }
  )
)
export type ErrorJson = SchemaType<typeof errorSchema>

export const failureSchema = makeSchema((g) => g.object({ error: errorSchema(g) }, {}))

/** An image that has no answer, among others that have one. */
const failedSchema = makeSchema((g) => g.object({ image: g.string, error: errorSchema(g) }, {}))

/** Why there is no class, of a model that abstains. */
const abstained = makeSchema((g) => g.object({ by: g.string, certainty: g.number, threshold: g.number }, {}))

export const predictSchema = makeSchema((g) => {
  const failed = failedSchema(g)
  return g.tagged('task')({
    Classification: g.object(
      {
        model: g.string,
        predictions: g.list(
          g.union(
            g.object(
              { image: g.string, class: g.string, probability: g.number, probabilities: g.record(g.number) },
              { abstained: abstained(g) }
            ),
            failed
          )
        )
      },
      {}
    ),
    MultiLabel: g.object(
      {
        model: g.string,
        predictions: g.list(
          g.union(
            g.object(
              { image: g.string, labels: g.list(g.string), probabilities: g.record(g.number) },
              { abstained: abstained(g) }
            ),
            failed
          )
        )
      },
      {}
    ),
    Regression: g.object(
      {
        model: g.string,
        predictions: g.list(g.union(g.object({ image: g.string, numbers: g.list(g.number) }, {}), failed))
      },
      {}
    ),
    Points: g.object(
      {
        model: g.string,
        predictions: g.list(g.union(g.object({ image: g.string, points: g.record(g.pair(g.number)) }, {}), failed))
      },
      {}
    ),
    Segmentation: g.object(
      {
        model: g.string,
        predictions: g.list(
          g.union(g.object({ image: g.string, mask: g.string, pixels: g.record(g.whole(0)) }, {}), failed)
        )
      },
      {}
    ),
    ImageRegression: g.object(
      {
        model: g.string,
        predictions: g.list(g.union(g.object({ image: g.string, output: g.string }, {}), failed))
      },
      {}
    )
  })
})
export type PredictJson = SchemaType<typeof predictSchema>

export const embedSchema = makeSchema((g) =>
  g.object(
    {
      model: g.string,
      embeddings: g.list(g.union(g.object({ image: g.string, features: g.list(g.number) }, {}), failedSchema(g)))
    },
    {}
  )
)
export type EmbedJson = SchemaType<typeof embedSchema>

export const modelsSchema = makeSchema((g) =>
  g.object(
    {
      models: g.list(
        g.object(
          {
            name: g.string,
            default: g.boolean,
            architecture: g.string,
            task: g.literal(...tasks),
            classes: g.list(g.string),
            input: g.object({ height: g.whole(1), width: g.whole(1) }, {})
          },
          {}
        )
      )
    },
    {}
  )
)
export type ModelsJson = SchemaType<typeof modelsSchema>

export const statusSchema = makeSchema((g) => g.object({ status: g.literal('ok', 'ready') }, {}))
