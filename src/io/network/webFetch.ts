/** `fetch` with the proxy given by environment variables, which Node's own ignores. */

import type { Dispatcher } from 'undici'

type Fetch = typeof globalThis.fetch

/** A variable in either case; lower case takes precedence, as in curl. */
const valueOf = (name: string): string => process.env[name.toLowerCase()] || process.env[name] || ''

type Proxies = readonly [httpProxy: string, httpsProxy: string, noProxy: string]

const proxies = (): Proxies => [valueOf('HTTP_PROXY'), valueOf('HTTPS_PROXY'), valueOf('NO_PROXY')]

let last: { readonly key: string; readonly agent: Promise<Dispatcher> } | undefined

/** The proxy given by the environment now, whose connections are reused; none: connections are direct. */
const proxy = (): Promise<Dispatcher> | undefined => {
  const [httpProxy, httpsProxy, noProxy] = proxies()
  if (httpProxy === '' && httpsProxy === '') return undefined
  const key = [httpProxy, httpsProxy, noProxy].join('\n')
  if (last?.key !== key)
    last = {
      key,
      agent: import('undici').then(({ EnvHttpProxyAgent }) => new EnvHttpProxyAgent({ httpProxy, httpsProxy, noProxy }))
    }
  return last.agent
}

/** `fetch` through the proxy. */
export const webFetch = async (): Promise<Fetch> => {
  const dispatcher = await proxy()
  if (dispatcher === undefined) return globalThis.fetch
  const { fetch } = await import('undici')
  // undici's types and the identical global ones are declared separately
  return ((input: never, init: object) => fetch(input, { ...init, dispatcher })) as unknown as Fetch
}

/**
 * One request through the proxy, without the headers that `fetch` adds as browsers do, by which Ray refuses it;
 * redirections are not followed.
 */
export const webRequest = async (
  url: string,
  options: {
    readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
    readonly headers: Readonly<Record<string, string>>
    readonly body: string | Uint8Array | null
    readonly signal: AbortSignal
  }
): Promise<{ readonly status: number; readonly text: string }> => {
  const [{ request }, dispatcher] = await Promise.all([import('undici'), proxy()])
  const { statusCode, body } = await request(url, {
    ...options,
    headers: { ...options.headers },
    ...(dispatcher === undefined ? {} : { dispatcher })
  })
  return { status: statusCode, text: await body.text() }
}
