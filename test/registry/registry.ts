/** A registry of npm's on this machine that knows what it is given and nothing else. */
import { createHash } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'

/** One version of a package: what its package.json says, and its tarball, made when it is asked for. */
export interface Published {
  readonly manifest: { readonly name: string; readonly version: string }
  readonly tarball: () => Promise<Uint8Array>
}

export interface Registry {
  readonly url: string
  /** What was asked for, in order. */
  readonly asked: ReadonlyArray<string>
}

export interface Habits {
  /** The only token that is let in; unset: everyone is. */
  readonly token?: string
  /** The share of a tarball that is sent before the connection is cut. */
  readonly cutAt?: number
}

const fileOf = ({ manifest: { name, version } }: Published): string => `${name.split('/').at(-1)!}-${version}.tgz`

const integrityOf = (bytes: Uint8Array): string => `sha512-${createHash('sha512').update(bytes).digest('base64')}`

const send = (response: ServerResponse, bytes: Uint8Array, cutAt = 1): void => {
  response.writeHead(200, { 'content-length': bytes.length })
  if (cutAt === 1) return void response.end(bytes)
  response.write(bytes.subarray(0, Math.floor(bytes.length * cutAt)), () => response.destroy())
}

/** Closed when the test file is done. */
export const openRegistry = async (
  find: (name: string) => ReadonlyArray<Published>,
  { token, cutAt }: Habits = {}
): Promise<Registry> => {
  const asked: Array<string> = []
  // packed once: the same folder packed again may have its files in another order, and so another hash
  const tarballs = new Map<string, Promise<Uint8Array>>()
  const tarballOf = (published: Published): Promise<Uint8Array> => {
    const key = `${published.manifest.name}@${published.manifest.version}`
    const made = tarballs.get(key) ?? published.tarball()
    tarballs.set(key, made)
    return made
  }
  const answer = async (path: string, response: ServerResponse): Promise<void> => {
    const [name = '', file] = path.split('/-/')
    const versions = find(name)
    const wanted = versions.find((published) => file === fileOf(published))
    if (wanted !== undefined) return send(response, await tarballOf(wanted), cutAt)
    if (versions.length === 0 || file !== undefined) return void response.writeHead(404).end('{}')
    const described = await Promise.all(
      versions.map(async (published) => {
        const { version } = published.manifest
        const dist = {
          tarball: `${url}${name}/-/${fileOf(published)}`,
          integrity: integrityOf(await tarballOf(published))
        }
        return [version, { ...published.manifest, dist }] as const
      })
    )
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({ name, 'dist-tags': { latest: described.at(-1)![0] }, versions: Object.fromEntries(described) })
    )
  }
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url!.slice(1))
    asked.push(path)
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`)
      return void response.writeHead(401).end('{}')
    answer(path, response).catch((cause: unknown) => response.writeHead(500).end(String(cause)))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url, asked }
}
