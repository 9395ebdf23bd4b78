/** The images of a request: a form with files, JSON with base64, or the bytes of one image. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { HonoRequest } from 'hono/request'
import { decodeWith, parseJson } from '../../format/index.js'
import type { GraftError } from '../../GraftError.js'
import { badRequest, contentTooLarge, unsupportedMediaType } from '../ServeError.js'
import { imagesSchema } from './wire.js'

export interface NamedImage {
  readonly name: string
  readonly bytes: Uint8Array
}

/** What a request asks, beside its images: from its URL, or from its body, which comes first. */
export interface Parameters {
  readonly model?: string
  readonly thresh?: string
  readonly class?: string
}

export interface Upload {
  readonly images: ReadonlyArray<NamedImage>
  readonly parameters: Parameters
}

export const parameterNames = ['model', 'thresh', 'class'] as const satisfies ReadonlyArray<keyof Parameters>

type Read = E.Either<GraftError, Upload>

const isParameter = (name: string): name is keyof Parameters => parameterNames.some((known) => known === name)

const base64 = /^[A-Za-z0-9+/_-]*={0,2}$/

const bytesOf = (text: string, i: number): E.Either<GraftError, NamedImage> => {
  const data = text.replace(/^data:[^,]{0,100};base64,/, '')
  return base64.test(data) && data.length > 0
    ? E.right({ name: `images[${i}]`, bytes: Buffer.from(data, 'base64') })
    : E.left(badRequest(`images[${i}]`, 'an image in base64', 'other text', 'encode its bytes, e.g. with base64 -w0'))
}

const fromJson = (body: Uint8Array): Read =>
  pipe(
    parseJson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()),
    E.chain(decodeWith(imagesSchema)),
    E.mapLeft(([{ path, expected, found, hint }]): GraftError => badRequest(path, expected, found, hint)),
    E.chain(({ images, thresh, ...rest }) =>
      pipe(
        images.map(bytesOf),
        E.sequenceArray,
        E.map((read) => ({
          images: read,
          parameters: { ...rest, ...(thresh === undefined ? {} : { thresh: String(thresh) }) }
        }))
      )
    )
  )

const wrongField = (name: string): GraftError =>
  badRequest(
    name,
    `files with images, and the text fields ${parameterNames.join(', ')}`,
    'another text field',
    'send images as files: curl -F image=@cat.jpg'
  )

const fromForm = async (body: Uint8Array, contentType: string): Promise<Read> => {
  let form: FormData
  try {
    const request = new Request('http://form', { method: 'POST', body, headers: { 'content-type': contentType } })
    form = await new HonoRequest(request).formData()
  } catch (cause) {
    return E.left(
      badRequest('body', 'a form (multipart/form-data)', String(cause), 'send it with curl -F, or FormData')
    )
  }
  const images: Array<NamedImage> = []
  const parameters: { -readonly [K in keyof Parameters]: string } = {}
  for (const [field, value] of form) {
    if (typeof value === 'string') {
      if (!isParameter(field)) return E.left(wrongField(field))
      parameters[field] = value
    } else
      images.push({
        name: value.name === '' || value.name === 'blob' ? field : value.name,
        bytes: new Uint8Array(await value.arrayBuffer())
      })
  }
  return E.right({ images, parameters })
}

const byType = (body: Uint8Array, contentType: string): Read | Promise<Read> => {
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase()
  if (type === 'application/json') return fromJson(body)
  if (type === 'multipart/form-data') return fromForm(body, contentType)
  // curl --data-binary names its own type unless another is given
  const raw =
    type.startsWith('image/') || ['', 'application/octet-stream', 'application/x-www-form-urlencoded'].includes(type)
  return raw
    ? E.right({ images: [{ name: 'image', bytes: body }], parameters: {} })
    : E.left(
        unsupportedMediaType(
          'content-type',
          'image/*, application/octet-stream, multipart/form-data or application/json',
          type,
          'send the bytes of an image, a form, or JSON'
        )
      )
}

/** Takes a body apart by its type. At least one image, and not more than allowed. */
export const imagesIn = async (body: Uint8Array, contentType: string, maxImages: number): Promise<Read> => {
  const read: Read = body.length === 0 ? E.right({ images: [], parameters: {} }) : await byType(body, contentType)
  return pipe(
    read,
    E.filterOrElse(
      ({ images }) => images.length > 0 && images.every(({ bytes }) => bytes.length > 0),
      (): GraftError =>
        badRequest('body', 'an image', 'none, or an empty one', 'curl --data-binary @cat.jpg, for example')
    ),
    E.filterOrElse(
      ({ images }) => images.length <= maxImages,
      ({ images }): GraftError =>
        contentTooLarge('body', `at most ${maxImages} images`, `${images.length}`, 'send several requests')
    )
  )
}
