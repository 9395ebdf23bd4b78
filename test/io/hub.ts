/** A Hugging Face hub and a host of files on this machine, which can be told how to misbehave. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll } from 'vitest'

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export const commit = 'c0ffee'.padEnd(40, '0')
export const repo = 'owner/net.tag'

export interface FakeHub {
  /** Where it listens, once tests run. */
  readonly address: () => string
  /** What was asked for since the last `serve`: method and path. */
  readonly asked: () => ReadonlyArray<string>
  readonly ranges: () => ReadonlyArray<string | undefined>
  /** One file in the repository, and at `/files/`; then answers in place of the next ones for its bytes. */
  readonly serve: (bytes: Uint8Array, ...answers: ReadonlyArray<Answer>) => void
  /** What the hub says of the file in place of the truth. */
  readonly claim: (what: { readonly commit?: string; readonly sha256?: string }) => void
}

/** Ends a connection in the middle. */
export const breaking =
  (bytes: Uint8Array, after: number): Answer =>
  (_, response) => {
    response.writeHead(200, { etag: '"one"', 'content-length': bytes.length })
    response.write(bytes.subarray(0, after), () => setTimeout(() => response.destroy(), 50))
  }

export const refusing =
  (code: number): Answer =>
  (_, response) =>
    void response.writeHead(code).end()

export const fakeHub = (): FakeHub => {
  let [asked, ranges, answers]: [Array<string>, Array<string | undefined>, Array<Answer>] = [[], [], []]
  let bytes: Uint8Array = new Uint8Array()
  let claimed: { readonly commit?: string; readonly sha256?: string } = {}
  const json = (response: ServerResponse, value: unknown): void =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  const content: Answer = (request, response) => {
    const etag = '"one"'
    const [, from, to] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? []
    const same = request.headers['if-range'] ?? etag
    if (from === undefined || same !== etag)
      return void response.writeHead(200, { etag, 'content-length': bytes.length }).end(bytes)
    const part = bytes.subarray(Number(from), to === '' ? bytes.length : Number(to) + 1)
    const range = `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`
    response.writeHead(206, { etag, 'content-range': range, 'content-length': part.length }).end(part)
  }
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://here')
    asked.push(`${request.method} ${pathname}`)
    const head = claimed.commit ?? commit
    if (pathname === `/api/models/${repo}/revision/main`) return json(response, { id: repo, sha: head })
    if (pathname.startsWith(`/api/models/${repo}/paths-info/`)) {
      const oid = claimed.sha256 ?? sha256(bytes)
      const lfs = { oid, size: bytes.length, pointerSize: 130 }
      const lastCommit = { id: commit, title: 'add weights', date: '2025-01-01T00:00:00Z' }
      return json(response, [
        { type: 'file', path: 'model.safetensors', size: bytes.length, oid: '0'.repeat(40), lfs, lastCommit }
      ])
    }
    if (pathname.startsWith(`/${repo}/resolve/`)) return void response.writeHead(302, { location: '/cdn' }).end()
    if (pathname === '/cdn' || pathname.startsWith('/files/')) {
      ranges.push(request.headers.range)
      return (answers.shift() ?? content)(request, response)
    }
    response.writeHead(404).end()
  })
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    address: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    ranges: () => ranges,
    serve: (served, ...list) => {
      bytes = served
      ;[asked, ranges, answers, claimed] = [[], [], [...list], {}]
    },
    claim: (what) => {
      claimed = what
    }
  }
}
