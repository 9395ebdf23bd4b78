// More images than are read on opening: nothing of them is, and a part of them is hashed.
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fromRows, withSize } from '../../src/data/index.js'
import { type DataEnv, nodeIo, openData } from '../../src/io/index.js'
import { right, workplace } from './workplace.js'

const env = nodeIo({ cache: { home: join(workplace(), 'cache'), assets: [] }, workers: 0 })

it('opens 200,001 rows without reading an image', async () => {
  let hashed = 0
  const files: DataEnv['files'] = {
    ...env.files,
    exists: () => async () => Promise.resolve({ _tag: 'Right', right: true }),
    hash: (_, ends) => async () => {
      expect(ends).toBeGreaterThan(0)
      hashed += 1
      return Promise.resolve({ _tag: 'Right', right: 'the same for all' })
    },
    read: (path) => {
      throw new Error(`${path} was read`)
    },
    walk: (path) => {
      throw new Error(`${path} was listed`)
    }
  }
  const rows = Array.from({ length: 200_001 }, (_, i) => ({ file: `${i}.jpg`, label: i % 2 === 0 ? 'cat' : 'dog' }))
  const data = right(await openData(withSize(64)(fromRows(rows, { path: 'photos' })))({ ...env, files })())
  expect([data.train.length, data.valid.length, hashed]).toEqual([160_001, 40_000, 20_000])
})
