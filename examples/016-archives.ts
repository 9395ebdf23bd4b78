// An archive of images, unpacked once (fastai's untar_data). It is searched for in asset folders and the cache, then downloaded.
import assert from 'node:assert'
import { mkdtempSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { create } from 'tar'
import { digits } from 'graft-vision'
import { nodeIo, openData, untarData } from 'graft-vision/node'

const folder = mkdtempSync(join(tmpdir(), 'graft-example-'))
const env = nodeIo({ cache: { home: join(folder, 'home'), assets: [join(folder, 'assets')] } })

// an archive in a folder of assets
const data = await openData(digits({ n: 8, path: join(folder, 'digits') }))(env)()
assert(E.isRight(data))
mkdirSync(join(folder, 'assets/data'), { recursive: true })
await create({ gzip: true, file: join(folder, 'assets/data/digits.tgz'), cwd: dirname(data.right.root) }, [
  basename(data.right.root)
])

const unpacked = await untarData('https://example.org/digits.tgz')(env)()
assert.deepStrictEqual(unpacked, E.right(join(folder, 'home/data/digits')))
