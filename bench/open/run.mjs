// Seconds and peak memory of opening a million images, and of all a run does before its first step; each source in a
// process of its own.
//   npm run bench -- open [--source folder,csv] [--images 1000000] [--holdout stratified] [--folder DIR] [--json]
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { lastJson, record, timed } from '../record.mjs'
import { sources } from './sources.mjs'

const { values: given } = parseArgs({
  options: {
    source: { type: 'string', default: Object.keys(sources).join(',') },
    images: { type: 'string', default: '1000000' },
    holdout: { type: 'string', default: 'default' },
    folder: { type: 'string' },
    record: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false }
  }
})
const names = given.source.split(',')
const unknown = names.find((name) => !Object.hasOwn(sources, name))
const usage = (why) => {
  console.error(why)
  process.exit(2)
}
if (unknown !== undefined) usage(`no source ${unknown}: the sources are ${Object.keys(sources).join(', ')}`)
if (!['default', 'stratified', 'group'].includes(given.holdout)) usage('--holdout is default, stratified or group')

const script = fileURLToPath(new URL('graft_open.mjs', import.meta.url))
const parent = given.folder ?? mkdtempSync(join(tmpdir(), 'graft-bench-'))
const rows = []
for (const name of names) {
  const { what, write, unstratified } = sources[name]
  if (given.holdout === 'stratified' && unstratified) continue
  const folder = join(parent, name)
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true })
    write(folder, Number(given.images))
  }
  const cache = join(parent, 'cache')
  const args = [script, name, folder, '--images', given.images, '--holdout', given.holdout]
  try {
    const its = lastJson(timed(process.execPath, args, { GRAFT_HOME: cache }).stdout)
    rows.push({ source: name, images: given.images, holdout: given.holdout, ...its })
    const figures = [its.seconds, its.peakMB, its.startSeconds, its.startPeakMB].map((figure) =>
      String(figure).padStart(7)
    )
    console.log(given.json ? JSON.stringify(rows.at(-1)) : `${what.padEnd(34)} ${figures.join(' ')}`)
  } catch (error) {
    console.error(`${name}: ${error.message}`)
    process.exitCode = 1
  } finally {
    if (given.folder === undefined) rmSync(folder, { recursive: true })
  }
}
if (given.folder === undefined) rmSync(parent, { recursive: true, force: true })
if (given.record && rows.length > 0) record('open', 'io', rows)
