import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { archive, checksums, classesOf, URLs, withSize } from '../../src/data/index.js'
import { cacheFrom, nodeIo, openData, untarData, type Progress } from '../../src/io/index.js'
import { generator } from '../../src/Seed.js'
import { tarball } from './tarball.js'
import { left, place, right, workplace } from './workplace.js'

const work = workplace()
/** Bytes that do not compress. */
const noise = (length: number, seed: number) => {
  const random = generator(seed)
  return Uint8Array.from({ length }, () => random.integer(256))
}
const bytes = tarball([
  { name: 'set/train/a/1.bin', content: noise(200_000, 7) },
  { name: 'set/labels.csv', content: 'name,label\n' }
])
const checksum = {
  bytes: bytes.length,
  md5OfFirstMiB: createHash('md5')
    .update(bytes.subarray(0, 2 ** 20))
    .digest('hex')
}
const quick = { retries: 5, pause: 1, patience: 2000 }

const ownCache = (name: string) => ({ home: path.join(work, name), assets: [] as ReadonlyArray<string> })
const envOf = (name: string, progress: Array<Progress> = []) =>
  nodeIo({ cache: ownCache(name), progress: (report) => () => void progress.push(report) })

// -------------------------------------------------------------------------------------------------------------------
// a server that can be told how to misbehave
// -------------------------------------------------------------------------------------------------------------------

type Answer = (request: IncomingMessage, response: ServerResponse) => void
let answers: Array<Answer> = []
let requests: Array<IncomingMessage> = []

const etag = '"one"'

const whole: Answer = (request, response) => {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
  if (from > 0 && request.headers['if-range'] === etag) {
    response.writeHead(206, { etag, 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` })
    response.end(bytes.subarray(from))
  } else {
    response.writeHead(200, { etag, 'content-length': bytes.length })
    response.end(bytes)
  }
}
const breaking =
  (after: number): Answer =>
  (_, response) => {
    response.writeHead(200, { etag, 'content-length': bytes.length })
    response.write(bytes.subarray(0, after), () => setTimeout(() => response.destroy(), 50))
  }
const status =
  (code: number): Answer =>
  (_, response) =>
    void response.writeHead(code).end()
const silent: Answer = () => undefined

const server = createServer((request, response) => {
  requests.push(request)
  ;(answers.shift() ?? whole)(request, response)
})
let base = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
const serving = (...list: ReadonlyArray<Answer>): void => {
  answers = [...list]
  requests = []
}

describe('untarData', () => {
  it('downloads and unpacks once, and returns at once the next time', async () => {
    serving()
    const reports: Array<Progress> = []
    const env = envOf('fresh', reports)
    const folder = right(await untarData(`${base}/set`, { checksum })(env)())
    expect(readFileSync(path.join(folder, 'labels.csv'), 'utf8')).toBe('name,label\n')
    expect(requests.map((request) => request.url)).toEqual(['/set.tgz'])
    expect(readdirSync(path.dirname(folder)).sort()).toEqual(['set', 'set.tgz'])
    expect(reports.filter(({ stage }) => stage === 'download').at(-1)).toMatchObject({
      done: bytes.length,
      total: bytes.length
    })
    expect(right(await untarData(`${base}/set`)(env)())).toBe(folder)
    expect(requests.length).toBe(1)
  })

  it('resumes after a broken connection', async () => {
    serving(breaking(100_000), breaking(0), status(503))
    const folder = right(await untarData(`${base}/set.tgz`, { checksum, stubbornness: quick })(envOf('resumed'))())
    expect(existsSync(path.join(folder, 'labels.csv'))).toBe(true)
    // The second breaks before its first byte, as a server does that sends all anew: nothing is left to go on from.
    expect(requests.map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=100000-', undefined, undefined])
  })

  it('resumes after a killed run, for the same version only', async () => {
    for (const [version, resumed] of [
      [etag, true],
      ['"another"', false],
      ['', false]
    ] as const) {
      serving()
      const name = `killed-${resumed}-${version.length}`
      place(path.join(work, name, 'data/set.tgz.part'), resumed ? bytes.subarray(0, 5000) : 'something else altogether')
      place(path.join(work, name, 'data/set.tgz.part.etag'), version)
      right(await untarData(`${base}/set`, { checksum, stubbornness: quick })(envOf(name))())
      expect(requests[0]!.headers.range).toBe(version === '' ? undefined : resumed ? 'bytes=5000-' : 'bytes=25-')
      expect(readdirSync(path.join(work, name, 'data')).sort()).toEqual(['set', 'set.tgz'])
    }
  })

  it('starts over when the server does not support resuming', async () => {
    serving(status(416))
    place(path.join(work, 'beyond/data/set.tgz.part'), Buffer.alloc(999_999))
    place(path.join(work, 'beyond/data/set.tgz.part.etag'), etag)
    right(await untarData(`${base}/set`, { checksum, stubbornness: quick })(envOf('beyond'))())
    expect(requests.length).toBe(2)
  })

  it('does not retry a missing file', async () => {
    serving(status(404))
    const error = left(await untarData(`${base}/set`, { stubbornness: quick })(envOf('absent'))())
    expect(error).toMatchObject({ _tag: 'Unreachable', path: `${base}/set.tgz`, found: 'HTTP status 404' })
    expect(requests.length).toBe(1)
  })

  it('gives up after its retries', async () => {
    serving(status(503), status(503), status(503))
    const error = left(await untarData(`${base}/set`, { stubbornness: { ...quick, retries: 2 } })(envOf('tired'))())
    expect(error.found).toBe('HTTP status 503')
    expect(requests.length).toBe(3)
  })

  it('times out on a server that sends nothing', async () => {
    serving(silent)
    const error = left(
      await untarData(`${base}/set`, { stubbornness: { retries: 0, pause: 1, patience: 100 } })(envOf('silent'))()
    )
    expect(error).toMatchObject({ _tag: 'Unreachable', found: expect.stringContaining('no data') })
  })

  it('never uses an archive with a wrong checksum', async () => {
    serving()
    const wrong = { ...checksum, md5OfFirstMiB: '0'.repeat(32) }
    const error = left(await untarData(`${base}/set`, { checksum: wrong, stubbornness: quick })(envOf('wrong'))())
    expect(error._tag).toBe('ArchiveMismatch')
    expect(readdirSync(path.join(work, 'wrong/data'))).toEqual([])
  })

  it('uses an archive that is in the cache without asking the network', async () => {
    serving()
    place(path.join(work, 'offline/data/set.tgz'), bytes)
    right(await untarData(`${base}/set`, { checksum })(envOf('offline'))())
    expect(requests.length).toBe(0)
  })

  it('downloads again if the cached archive does not match, or fails if downloading is off', async () => {
    serving()
    for (const name of ['stale', 'stuck']) place(path.join(work, name, 'data/set.tgz'), 'half a download')
    right(await untarData(`${base}/set`, { checksum })(envOf('stale'))())
    expect(requests.length).toBe(1)
    const error = left(await untarData(`${base}/set`, { checksum, download: false })(envOf('stuck'))())
    expect(error).toMatchObject({ _tag: 'ArchiveMismatch', found: '15 bytes' })
  })

  it('searches read-only assets first and writes nothing there', async () => {
    serving()
    place(path.join(work, 'assets/data/set.tgz'), bytes)
    const env = nodeIo({ cache: { home: path.join(work, 'beside-assets'), assets: [path.join(work, 'assets')] } })
    right(await untarData(`${base}/set`, { checksum })(env)())
    expect(requests.length).toBe(0)
    expect(readdirSync(path.join(work, 'assets/data'))).toEqual(['set.tgz'])
  })

  it('unpacks anew when forced', async () => {
    serving()
    place(path.join(work, 'forced/data/set/old.txt'), '')
    const folder = right(await untarData(`${base}/set`, { force: true })(envOf('forced'))())
    expect(readdirSync(folder).sort()).toEqual(['labels.csv', 'train'])
  })

  it('unpacks the data set into the requested folder', async () => {
    serving()
    const dest = path.join(work, 'elsewhere/mine')
    expect(right(await untarData(`${base}/set`, { dest })(envOf('told'))())).toBe(dest)
    expect(statSync(path.join(dest, 'train')).isDirectory()).toBe(true)
  })

  it('unpacks the same archive twice at once', async () => {
    place(path.join(work, 'twice/data/set.tgz'), bytes)
    const both = [1, 2].map(() => untarData(`${base}/set`)(envOf('twice'))())
    for (const folder of await Promise.all(both)) expect(existsSync(path.join(right(folder), 'labels.csv'))).toBe(true)
    expect(readdirSync(path.join(work, 'twice/data')).sort()).toEqual(['set', 'set.tgz'])
  })

  it('rejects an archive with a file and a folder of the same name', async () => {
    const odd = tarball([
      { name: 'odd/a', content: 'a file' },
      { name: 'odd/a/b/c', content: 'below it' }
    ])
    place(path.join(work, 'odd/data/set.tgz'), odd)
    left(await untarData(`${base}/set`)(envOf('odd'))())
    expect(readdirSync(path.join(work, 'odd/data'))).toEqual(['set.tgz'])
  })

  it('stays inside the cache for a URL with encoded slashes and dots', async () => {
    serving()
    const folder = right(await untarData(`${base}/..%2f..%2f?x=1`)(envOf('strange'))())
    expect(path.dirname(folder)).toBe(path.join(work, 'strange/data'))
  })
})

const assets = process.env['GRAFT_ASSETS']
if (assets === undefined)
  console.log('real archives are not tested: GRAFT_ASSETS names no folder with data/mnist_tiny.tgz')

describe.skipIf(assets === undefined)('the real archives', () => {
  const env = nodeIo({ cache: { ...cacheFrom(process.env, work), home: path.join(work, 'real') } })

  it('are read as the reference reads mnist_tiny', async () => {
    const data = right(await openData(archive(URLs.MNIST_TINY, { test: 'test' }))(env)())
    expect([data.train.length, data.valid.length, data.test.length, data.shape]).toEqual([709, 699, 20, [3, 28, 28]])
    expect(classesOf(data.task)).toEqual(['3', '7'])
  })

  it('match their checksums: mnist_sample', async ({ skip }) => {
    skip(process.env['GRAFT_LONG'] === undefined, 'long: GRAFT_LONG is unset')
    expect(checksums[URLs.MNIST_SAMPLE]).toBeDefined()
    const data = right(await openData(archive(URLs.MNIST_SAMPLE))(env)())
    expect([data.train.length, data.valid.length, data.skipped.length]).toEqual([12_396, 2_038, 0])
  })

  it('of photographs of different sizes are cropped to one: hymenoptera', async () => {
    const data = right(await openData(withSize(64)(archive('https://example.org/hymenoptera_256')))(env)())
    expect([data.train.length, data.valid.length, data.shape]).toEqual([244, 153, [3, 64, 64]])
    expect(classesOf(data.task)).toEqual(['ants', 'bees'])
  })
})
