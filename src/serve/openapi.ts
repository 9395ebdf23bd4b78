/** `/openapi.json`: the description of a server (OpenAPI 3.1), generated from the schemas of its requests and responses. */
import { type JsonSchema, jsonSchemaOf } from '../format/index.js'
import { version } from '../version.js'
import {
  embedSchema,
  errorSchema,
  failureSchema,
  imagesSchema,
  modelsSchema,
  predictSchema,
  statusSchema
} from './requests/wire.js'

const schemas: Readonly<Record<string, JsonSchema>> = {
  Images: jsonSchemaOf(imagesSchema),
  Predictions: jsonSchemaOf(predictSchema),
  Embeddings: jsonSchemaOf(embedSchema),
  Models: jsonSchemaOf(modelsSchema),
  Status: jsonSchemaOf(statusSchema),
  Error: jsonSchemaOf(errorSchema),
  Failure: jsonSchemaOf(failureSchema)
}

const ref = (name: keyof typeof schemas): JsonSchema => ({ $ref: `#/components/schemas/${name}` })

const inJson = (name: keyof typeof schemas): JsonSchema => ({ 'application/json': { schema: ref(name) } })

const binary = { type: 'string', format: 'binary' }

const body: JsonSchema = {
  required: true,
  description: 'The bytes of one image, a form with one file or more, or JSON with images in base64.',
  content: {
    'image/*': { schema: binary },
    'application/octet-stream': { schema: binary },
    'multipart/form-data': {
      schema: {
        type: 'object',
        properties: {
          image: { type: 'array', items: binary },
          model: { type: 'string' },
          thresh: { type: 'number' },
          class: { type: 'string' }
        }
      }
    },
    ...inJson('Images')
  }
}

const query = (name: string, description: string, schema: JsonSchema): JsonSchema => ({
  name,
  in: 'query',
  required: false,
  description,
  schema
})

const model = query('model', 'The name of a model (default: the first one).', { type: 'string' })
const thresh = query('thresh', 'For several labels per image: the least probability of a label (default: 0.5).', {
  type: 'number',
  minimum: 0,
  maximum: 1
})
const label = query('class', 'The class to explain, by name or index (default: the most probable one).', {
  type: 'string'
})

const failed = (description: string): JsonSchema => ({ description, content: inJson('Failure') })

const refusals: Readonly<Record<string, JsonSchema>> = {
  400: failed('The request cannot be read, or a parameter is wrong.'),
  401: failed('The bearer token is missing or wrong.'),
  404: failed('There is no model of that name.'),
  408: failed('The body did not arrive in time.'),
  413: failed('Too many bytes, pixels or images.'),
  415: failed('The content type is not supported, or an image cannot be decoded.'),
  422: failed('The model has no answer of this kind.'),
  500: failed('The server failed.'),
  503: {
    ...failed('The queue is full, or the server is stopping.'),
    headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } }
  },
  504: failed('The answer was not ready in time.')
}

const secured = [{}, { bearer: [] }]

const ask = (summary: string, parameters: ReadonlyArray<JsonSchema>, content: JsonSchema): JsonSchema => ({
  post: {
    summary,
    parameters: [model, ...parameters],
    requestBody: body,
    responses: { 200: { description: 'The answers.', content }, ...refusals },
    security: secured
  }
})

const read = (summary: string, content: JsonSchema, others: JsonSchema = {}): JsonSchema => ({
  get: { summary, responses: { 200: { description: 'The answer.', content }, ...others } }
})

const text = (type: string): JsonSchema => ({ [type]: { schema: { type: 'string' } } })
const { 401: unauthorised } = refusals

/** The document. It is the same for every server. */
export const openapi: JsonSchema = {
  openapi: '3.1.0',
  info: { title: 'graft serve', description: 'Predictions of trained models.', version },
  paths: {
    '/predict': ask('Predict images: classes, numbers, points or masks', [thresh], {
      ...inJson('Predictions'),
      'image/png': { schema: binary }
    }),
    '/embed': ask("The body's pooled features of images", [], inJson('Embeddings')),
    '/explain': ask('The heat map of a class (Grad-CAM), or the mask, over one image', [label], {
      'image/png': { schema: binary }
    }),
    '/models': read('The models', inJson('Models'), { 401: unauthorised }),
    '/healthz': read('Whether the process responds', inJson('Status')),
    '/readyz': read('Whether requests are accepted', inJson('Status'), { 503: refusals['503'] }),
    '/metrics': read('Counters for Prometheus', text('text/plain'), { 401: unauthorised }),
    '/openapi.json': read('This document', { 'application/json': { schema: { type: 'object' } } }),
    '/': read('A page for trying the models', text('text/html'))
  },
  components: { schemas, securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } }
}
