import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs'
import { createServer, request as forward } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import * as path from 'node:path'
import { downloadFileToCacheDir, scanCacheDir } from '@huggingface/hub'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  nodeIo,
  type PublishedWeights,
  type WeightsPlaces,
  weightsPlacesFrom,
  weightsStore
} from '../../src/io/index.js'
import { generator } from '../../src/Seed.js'
import { breaking, commit, fakeHub, refusing, repo, sha256 } from './hub.js'
import { left, place, right, workplace } from './workplace.js'

const work = workplace()
const noise = (length: number, seed: number): Uint8Array => {
  const random = generator(seed)
  return Uint8Array.from({ length }, () => random.integer(256))
}
const bytes = noise(200_000, 1)
const hash = sha256(bytes)
const other = noise(1000, 2)

const hub = fakeHub()
const quick = { retries: 5, pause: 1, patience: 2000 }

const placesIn = (name: string, offline = false): WeightsPlaces => ({
  folders: [path.join(work, name, 'weights')],
  hubCache: path.join(work, name, 'hub'),
  checkpoints: path.join(work, name, 'checkpoints'),
  endpoint: hub.address(),
  offline
})
const storage = (name: string): string => path.join(work, name, 'hub', 'models--owner--net.tag')

const onHub: PublishedWeights = { name: 'net.tag', url: null, sha256Prefix: null, hub: repo }
const file = `net-${hash.slice(0, 8)}.pth`
const atUrl = (): PublishedWeights => ({
  name: 'net.tag',
  url: `${hub.address()}/files/${file}`,
  sha256Prefix: hash.slice(0, 8),
  hub: null
})
const read = (places: WeightsPlaces, published: PublishedWeights) =>
  weightsStore(places, quick)(nodeIo()).read(published)()

/** A cache as Hugging Face's libraries leave it. */
const cached = (name: string, content: Uint8Array, blob = sha256(content)): void => {
  place(path.join(storage(name), 'blobs', blob), content)
  place(path.join(storage(name), 'refs', 'main'), commit)
  mkdirSync(path.join(storage(name), 'snapshots', commit), { recursive: true })
  symlinkSync(path.join('..', '..', 'blobs', blob), path.join(storage(name), 'snapshots', commit, 'model.safetensors'))
}

describe('the places of weights', () => {
  const cache = { home: 'home', assets: ['a'] }
  const at = (variables: Readonly<Record<string, string>>) => weightsPlacesFrom(variables, 'me', cache)

  it('are those of other programs', () => {
    expect(at({})).toEqual({
      folders: [path.join('a', 'weights'), path.join('home', 'weights')],
      hubCache: path.join('me', '.cache', 'huggingface', 'hub'),
      checkpoints: path.join('me', '.cache', 'torch', 'hub', 'checkpoints'),
      endpoint: 'https://huggingface.co',
      offline: false
    })
    expect(at({ XDG_CACHE_HOME: 'x' })).toMatchObject({
      hubCache: path.join('x', 'huggingface', 'hub'),
      checkpoints: path.join('x', 'torch', 'hub', 'checkpoints')
    })
  })
  it('follow the environment variables, the most specific first', () => {
    const variables = {
      HF_HOME: '~/hf',
      TORCH_HOME: '~',
      HF_ENDPOINT: 'https://mirror.example/',
      HF_HUB_OFFLINE: 'true'
    }
    expect(at(variables)).toMatchObject({
      hubCache: path.join('me', 'hf', 'hub'),
      checkpoints: path.join('me', 'hub', 'checkpoints'),
      endpoint: 'https://mirror.example',
      offline: true
    })
    expect(at({ ...variables, HF_HUB_CACHE: 'elsewhere' }).hubCache).toBe('elsewhere')
    expect(at({ HF_HUB_OFFLINE: '0' }).offline).toBe(false)
  })
})

describe('weights on the hub', () => {
  it("are fetched once, into the layout of Hugging Face's cache", async () => {
    hub.serve(bytes)
    const found = right(await read(placesIn('fresh'), onHub))
    expect(sha256(found.bytes)).toBe(hash)
    expect(found.file).toBe(path.join(storage('fresh'), 'snapshots', commit, 'model.safetensors'))
    expect(readdirSync(path.join(storage('fresh'), 'blobs'))).toEqual([hash])
    expect(readFileSync(path.join(storage('fresh'), 'refs', 'main'), 'utf8')).toBe(commit)
    expect(lstatSync(found.file).isSymbolicLink()).toBe(true)
    expect(readlinkSync(found.file)).toBe(path.join('..', '..', 'blobs', hash))
    const asked = hub.asked().length
    expect(right(await read(placesIn('fresh'), onHub))).toEqual(found)
    expect(hub.asked()).toHaveLength(asked)
  })

  it("are left as Hugging Face's own library reads them", async () => {
    hub.serve(bytes)
    right(await read(placesIn('theirs'), onHub))
    const { repos, warnings } = await scanCacheDir(placesIn('theirs').hubCache)
    expect(warnings).toEqual([])
    expect(
      repos.map(({ id, size, revisions }) => [id.name, size, revisions.map((r) => [r.commitOid, r.refs])])
    ).toEqual([['owner/net.tag', bytes.length, [[commit, ['main']]]]])
  })

  it('are found where that library stored them', async () => {
    hub.serve(bytes)
    vi.spyOn(console, 'debug').mockReturnValue()
    const places = placesIn('ours')
    const asked = { repo, path: 'model.safetensors', cacheDir: places.hubCache, hubUrl: hub.address() }
    const pointer = await downloadFileToCacheDir(asked)
    expect(right(await read(placesIn('ours', true), onHub)).file).toBe(pointer)
  })

  it('are resumed after a broken connection', async () => {
    hub.serve(bytes, breaking(bytes, 100_000))
    expect(sha256(right(await read(placesIn('resumed'), onHub)).bytes)).toBe(hash)
    expect(hub.ranges()).toEqual([undefined, 'bytes=100000-'])
  })

  it('are resumed after a killed run', async () => {
    hub.serve(bytes)
    const part = path.join(storage('killed'), 'blobs', `${hash}.incomplete`)
    place(part, bytes.subarray(0, 5000))
    place(`${part}.etag`, '"one"')
    right(await read(placesIn('killed'), onHub))
    expect(hub.ranges()).toEqual(['bytes=5000-'])
    expect(readdirSync(path.join(storage('killed'), 'blobs'))).toEqual([hash])
  })

  it('get their name only after their hash is verified', async () => {
    hub.serve(bytes)
    hub.claim({ sha256: sha256(other) })
    const error = left(await read(placesIn('forged'), onHub))
    expect(error.found).toContain(hash)
    expect(readdirSync(path.join(storage('forged'), 'blobs'))).toEqual([])
    expect(existsSync(path.join(storage('forged'), 'snapshots'))).toBe(false)
  })

  it('are never written outside the cache, whatever the hub says', async () => {
    for (const claim of [{ commit: '../../../out' }, { sha256: '../../out' }]) {
      hub.serve(bytes)
      hub.claim(claim)
      expect(left(await read(placesIn('outside'), onHub)).found).toContain('out')
      expect(existsSync(path.join(work, 'outside'))).toBe(false)
    }
  })
})

describe('weights in a cache', () => {
  it('need no network', async () => {
    hub.serve(bytes)
    cached('offline', bytes)
    expect(sha256(right(await read(placesIn('offline', true), onHub)).bytes)).toBe(hash)
    expect(hub.asked()).toEqual([])
  })

  it('are found without a ref, and where systems without symbolic links keep them', async () => {
    place(path.join(storage('plain'), 'snapshots', commit, 'model.safetensors'), bytes)
    expect(sha256(right(await read(placesIn('plain', true), onHub)).bytes)).toBe(hash)
  })

  it('may be a regular file, whatever blobs are beside it', async () => {
    place(path.join(storage('copied'), 'snapshots', commit, 'model.safetensors'), bytes)
    place(path.join(storage('copied'), 'blobs', sha256(other)), other)
    expect(sha256(right(await read(placesIn('copied', true), onHub)).bytes)).toBe(hash)
  })

  it('are verified by the blob that they link to, not by others', async () => {
    cached('linked', other, hash)
    place(path.join(storage('linked'), 'blobs', sha256(other)), other)
    expect(left(await read(placesIn('linked', true), onHub))).toMatchObject({ _tag: 'WeightsNotFound' })
  })

  it('are skipped when damaged, and downloaded again if allowed', async () => {
    hub.serve(bytes)
    cached('damaged', other, hash)
    const error = left(await read(placesIn('damaged', true), onHub))
    expect(error).toMatchObject({ _tag: 'WeightsNotFound', path: 'net.tag' })
    expect(error.found).toContain(sha256(other))
    expect(hub.asked()).toEqual([])
    expect(sha256(right(await read(placesIn('damaged'), onHub)).bytes)).toBe(hash)
    expect(sha256(right(await read(placesIn('damaged', true), onHub)).bytes)).toBe(hash)
  })
})

describe('weights at a url', () => {
  it("are fetched once, into torch hub's folder, under their own name", async () => {
    hub.serve(bytes, breaking(bytes, 100_000))
    const places = placesIn('url')
    const found = right(await read(places, atUrl()))
    expect(found.file).toBe(path.join(places.checkpoints, file))
    expect(readdirSync(places.checkpoints)).toEqual([file])
    expect(hub.ranges()).toEqual([undefined, 'bytes=100000-'])
    expect(right(await read({ ...places, offline: true }, atUrl())).file).toBe(found.file)
  })

  it('are rejected if their hash differs from the one in their name', async () => {
    hub.serve(other)
    const places = placesIn('wrong')
    expect(left(await read(places, atUrl())).found).toContain(sha256(other))
    expect(readdirSync(places.checkpoints)).toEqual([])
  })

  it('replace a damaged file', async () => {
    hub.serve(bytes)
    const places = placesIn('repaired')
    place(path.join(places.checkpoints, file), other)
    expect(sha256(right(await read(places, atUrl())).bytes)).toBe(hash)
    expect(sha256(readFileSync(path.join(places.checkpoints, file)))).toBe(hash)
  })

  it('are used if the hub has no such file', async () => {
    hub.serve(bytes)
    const places = placesIn('both')
    const found = right(await read(places, { ...atUrl(), hub: 'owner/unknown' }))
    expect(found.file).toBe(path.join(places.checkpoints, file))
  })

  it('are requested only twice if there is no response', async () => {
    hub.serve(bytes, ...Array.from({ length: 9 }, () => refusing(503)))
    expect(left(await read(placesIn('tired'), atUrl())).found).toContain('HTTP status 503')
    expect(hub.ranges()).toHaveLength(2)
  })
})

describe('unavailable weights', () => {
  it('are an error that says where they were searched, and what to do', async () => {
    hub.serve(bytes)
    const places = placesIn('none', true)
    const error = left(await read(places, { ...atUrl(), hub: repo }))
    for (const where of [places.folders[0]!, storage('none'), places.checkpoints, 'HF_HUB_OFFLINE'])
      expect(error.found).toContain(where)
    for (const remedy of [
      '--no-pretrained',
      'pretrained: false',
      '--weights FILE',
      `put ${file} into`,
      places.checkpoints
    ])
      expect(error.hint).toContain(remedy)
    expect(hub.asked()).toEqual([])
  })

  it('may be placed by hand where the error says, or in a folder of their own', async () => {
    const places = placesIn('by-hand', true)
    place(path.join(places.folders[0]!, file), bytes)
    expect(right(await read(places, atUrl())).file).toBe(path.join(places.folders[0]!, file))
  })

  it.skipIf(process.env['GRAFT_ASSETS'] === undefined)('are found among the assets', async () => {
    const assets = process.env['GRAFT_ASSETS']!
    const places = { ...placesIn('assets', true), folders: [path.join(assets, 'weights')] }
    const resnet20 = { name: 'resnet20.cifar10', url: 'https://a.b/resnet20-12fca82f.th', hub: null }
    right(await read(places, { ...resnet20, sha256Prefix: '12fca82f' }))
    expect(left(await read(places, { ...resnet20, sha256Prefix: '12fca82e' })).found).toContain('12fca82f')
  })
})

describe('a proxy', () => {
  afterEach(() => vi.unstubAllEnvs())

  it('is used when the environment names one, except for excluded hosts', async () => {
    const through: Array<string> = []
    const proxy = createServer((request, response) => {
      through.push(request.url ?? '')
      const { hostname, port, pathname: at } = new URL(request.url ?? '')
      const { method, headers } = request
      const passed = forward({ hostname, port, path: at, method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(response)
      })
      request.pipe(passed)
    }).on('connect', (request, socket) => {
      through.push(request.url ?? '')
      const [host, port] = (request.url ?? '').split(':')
      const onward = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        onward.pipe(socket)
        socket.pipe(onward)
      })
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    vi.stubEnv('http_proxy', '')
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`)
    vi.stubEnv('NO_PROXY', '')
    hub.serve(bytes)
    expect(sha256(right(await read(placesIn('proxied'), onHub)).bytes)).toBe(hash)
    expect(through.length).toBeGreaterThan(0)
    expect(through.every((url) => url.includes(new URL(hub.address()).host))).toBe(true)
    const before = through.length
    vi.stubEnv('NO_PROXY', '127.0.0.1')
    right(await read(placesIn('unproxied'), onHub))
    expect(through).toHaveLength(before)
    proxy.closeAllConnections()
    proxy.close()
  })
})
