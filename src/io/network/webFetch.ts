/** `fetch` with the proxy given by environment variables, which Node's own ignores. */

type Fetch = typeof globalThis.fetch

/** A variable in either case; lower case takes precedence, as in curl. */
const valueOf = (name: string): string => process.env[name.toLowerCase()] || process.env[name] || ''

const throughProxy = async ([httpProxy, httpsProxy, noProxy]: readonly [string, string, string]): Promise<Fetch> => {
  const { EnvHttpProxyAgent, fetch } = await import('undici')
  const dispatcher = new EnvHttpProxyAgent({ httpProxy, httpsProxy, noProxy })
  // undici's types and the identical global ones are declared separately
  return ((input: never, init: object) => fetch(input, { ...init, dispatcher })) as unknown as Fetch
}

let last: { readonly key: string; readonly fetch: Promise<Fetch> } | undefined

/** The proxy given by the environment now; its connections are reused. */
export const webFetch = (): Promise<Fetch> => {
  const values = [valueOf('HTTP_PROXY'), valueOf('HTTPS_PROXY'), valueOf('NO_PROXY')] as const
  if (values[0] === '' && values[1] === '') return Promise.resolve(globalThis.fetch)
  const key = values.join('\n')
  if (last?.key !== key) last = { key, fetch: throughProxy(values) }
  return last.fetch
}
