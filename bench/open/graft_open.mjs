// Opens one source and does what a run does before its first step; prints one line of JSON.
//   node graft_open.mjs SOURCE FOLDER [--images 1000000] [--holdout stratified]
// Simulated: the names of images, and the images of those names. Everything else is on the disk.
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import * as G from '../../dist/src/index.js'
import * as N from '../../dist/src/node.js'
import { peakRssMB, right } from '../record.mjs'
import { picture, sources } from './sources.mjs'

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: { images: { type: 'string', default: '1000000' }, holdout: { type: 'string', default: 'default' } }
})
const [name, folder] = positionals
const root = resolve(folder)
const n = Number(given.images)
const { spec, listing, image = picture } = sources[name]

const answer = (value) => async () => ({ _tag: 'Right', right: value })
const env = N.nodeIo({ workers: 2 })
const isSimulated = (path) => listing !== undefined && /\.(jpg|png)$/.test(path)
const files = {
  ...env.files,
  ...(listing === undefined
    ? {}
    : {
        walk: (path) => async () => {
          const found = await env.files.walk(path)()
          const names = listing(n)
          return { _tag: 'Right', right: { ...names, files: [...names.files, ...right(found).files] } }
        }
      }),
  exists: (path) => (isSimulated(path) ? answer(true) : env.files.exists(path)),
  read: (path) => (isSimulated(path) ? answer(image) : env.files.read(path)),
  hash: (path, ends) => (isSimulated(path) ? answer(relative(root, path)) : env.files.hash(path, ends))
}
const holdouts = {
  default: {},
  stratified: { holdout: G.holdoutStratified(0.2) },
  group: { holdout: G.holdoutByGroup({ pattern: '([0-9]{9})[0-9]{3}[.]' }) }
}
const simulated = { ...env, files }
const started = performance.now()
const seconds = () => Number(((performance.now() - started) / 1000).toFixed(1))
const data = right(
  await N.openData(G.withSize(28)(spec(root, holdouts[given.holdout], n)))(listing === undefined ? env : simulated)()
)
const open = { seconds: seconds(), peakMB: Math.round(peakRssMB()) }

const counts = N.dataCounts(data)
const fingerprint = N.Io.dataFingerprint(data)
const batches = right(N.Io.trainOrder(data.spec, data.train.length)(0))
const reader = N.Io.openBatches({ dataset: data.train, batches, stats: data.stats })(
  listing === undefined ? env : simulated
)()
const first = right(await reader.next())
await reader.close()
if (first._tag === 'None') throw new Error('no batch')
const start = { startSeconds: seconds(), startPeakMB: Math.round(peakRssMB()) }
const sets = { task: counts.task, train: counts.train.images, valid: counts.valid.images, test: counts.test }
console.log(JSON.stringify({ ...open, ...start, ...sets, fingerprint: fingerprint.slice(0, 8) }))
await env.workers.close()
