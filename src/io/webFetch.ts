/**
 * `fetch` that goes through the proxy which the environment names: Node's own passes these variables over.
 */

type Fetch = typeof globalThis.fetch

/** A variable in either case; the lower one counts first, as for curl. */
const valueOf = (name: string): string => process.env[name.toLowerCase()] || process.env[name] || ''

const throughProxy = async ([httpProxy, httpsProxy, noProxy]: readonly [string, string, string]): Promise<Fetch> => {
  const { EnvHttpProxyAgent, fetch } = await import('undici')
  const dispatcher = new EnvHttpProxyAgent({ httpProxy, httpsProxy, noProxy })
  // undici's types and those of the globals, which are undici's too, are declared apart
  return ((input: never, init: object) => fetch(input, { ...init, dispatcher })) as unknown as Fetch
}

let last: { readonly key: string; readonly fetch: Promise<Fetch> } | undefined

/** The one that the environment asks for now; its connections are kept for the next call. */
export const webFetch = (): Promise<Fetch> => {
  const values = [valueOf('HTTP_PROXY'), valueOf('HTTPS_PROXY'), valueOf('NO_PROXY')] as const
  if (values[0] === '' && values[1] === '') return Promise.resolve(globalThis.fetch)
  const key = values.join('\n')
  if (last?.key !== key) last = { key, fetch: throughProxy(values) }
  return last.fetch
}
