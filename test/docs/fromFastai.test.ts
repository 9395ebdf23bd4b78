// docs/from-fastai.md: the words that users of the reference look for are there, and in what each row leads to.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const page = fileURLToPath(new URL('../../docs/from-fastai.md', import.meta.url))
const rows = readFileSync(page, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `') || /^\| \w.*\]\(/.test(line))
const linked = rows.map((row) => ({ row, file: join(dirname(page), /\]\(([^)]*)\)/.exec(row)?.[1] ?? 'no link') }))

const words = [
  ...['cnnLearner', 'unetLearner', 'createBody', 'createHead', 'cutAt', 'splitOn', 'freezeBody', 'fitOneCycle'],
  ...['predict', 'getPreds', 'loadLearner', 'interpret', 'plotTopLosses', 'plotMultiTopLosses', 'mostConfused'],
  ...['untarData', 'lrFind', 'tta', 'imageCsv', 'getTransforms']
]

describe('docs/from-fastai.md', () => {
  it('leads from each row to a page or an example that is there', () => {
    expect(rows.length).toBeGreaterThan(30)
    expect(linked.filter(({ file }) => !existsSync(file)).map(({ row }) => row)).toEqual([])
  })

  it.each(words)('has %s, and an example that uses it', (word) => {
    const named = linked.filter(({ row }) => new RegExp(`\\b${word}\\b`).test(row))
    expect(named.length).toBeGreaterThan(0)
    const using = named.filter(({ file }) => new RegExp(`\\b${word}\\b`).test(readFileSync(file, 'utf8')))
    expect(using.length).toBeGreaterThan(0)
  })
})
