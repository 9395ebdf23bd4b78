/** Requests to the server that the page comes from. Its paths are relative to the page, wherever it is mounted. */

export interface ModelJson {
  readonly name: string
  readonly architecture: string
  readonly task: string
  readonly classes: ReadonlyArray<string>
  readonly input: { readonly height: number; readonly width: number }
}

interface ErrorJson {
  readonly message: string
  readonly hint?: string
}

export interface PredictionJson {
  readonly image: string
  readonly class?: string
  readonly labels?: ReadonlyArray<string>
  readonly probabilities?: Readonly<Record<string, number>>
  readonly numbers?: ReadonlyArray<number>
  readonly points?: Readonly<Record<string, readonly [x: number, y: number]>>
  readonly pixels?: Readonly<Record<string, number>>
  /** A PNG in base64. */
  readonly output?: string
}

/** Why there is no answer; `unauthorised`: the server needs a token. */
export interface Refusal {
  readonly text: string
  readonly unauthorised: boolean
}

export type Reply<A> = { readonly ok: A } | { readonly refused: Refusal }

const base = new URL(location.pathname.replace(/\/?$/, '/'), location.href)

let token = ''

/** Used for requests from now on; the page keeps it no longer than it is open. */
export const setToken = (text: string): void => void (token = text)

const refusalOf = async (response: Response): Promise<Refusal> => {
  const unauthorised = response.status === 401
  try {
    const { error } = (await response.json()) as { readonly error: ErrorJson }
    return { text: `${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`, unauthorised }
  } catch {
    return { text: `status ${response.status}`, unauthorised }
  }
}

const ask = async <A>(path: string, init: RequestInit, read: (response: Response) => Promise<A>): Promise<Reply<A>> => {
  // what the file is, its bytes tell
  const headers = {
    'content-type': 'application/octet-stream',
    ...(token === '' ? {} : { authorization: `Bearer ${token}` })
  }
  try {
    const response = await fetch(new URL(path, base), { ...init, headers })
    return response.ok ? { ok: await read(response) } : { refused: await refusalOf(response) }
  } catch (cause) {
    return { refused: { text: `the server does not respond (${String(cause)})`, unauthorised: false } }
  }
}

export const modelsOf = (): Promise<Reply<ReadonlyArray<ModelJson>>> =>
  ask('models', {}, async (response) => ((await response.json()) as { models: ReadonlyArray<ModelJson> }).models)

const query = (parameters: Readonly<Record<string, string>>): string => new URLSearchParams(parameters).toString()

export const predictionOf = (model: string, image: Blob): Promise<Reply<PredictionJson>> =>
  ask(`predict?${query({ model })}`, { method: 'POST', body: image }, async (response) => {
    const { predictions } = (await response.json()) as { predictions: readonly [PredictionJson] }
    return predictions[0]
  })

/** The heat map of a class (default: the most probable one), or the image with its mask. */
export const explanationOf = (model: string, image: Blob, name?: string): Promise<Reply<Blob>> =>
  ask(
    `explain?${query({ model, ...(name === undefined ? {} : { class: name }) })}`,
    { method: 'POST', body: image },
    (response) => response.blob()
  )
