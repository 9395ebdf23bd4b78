/** What `graft interpret` looks at: the data of the run, or other data, read as it is told. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { placeForRuns, tiny } from './graft.js'

const { file, folder, graft } = placeForRuns()

beforeAll(async () => {
  expect((await graft(...tiny, '--out', 'run')).code).toBe(0)
  const rows = ['3', '7'].flatMap((label) =>
    readdirSync(join(folder, 'digits/valid', label)).map(
      (name, i) => `x;${label}/${name};${label};${i % 2 === 0 ? 'yes' : 'no'}`
    )
  )
  file('digits/valid/table.csv', ['note;where;what;held', ...rows].join('\n'))
})

const told = ['--fn-col', 'where', '--label-col', 'what', '--valid-col', 'held', '--delimiter', ';']

it('reads the given columns of a table, without worker threads', async () => {
  const { code, lines } = await graft('interpret', 'run', 'digits/valid/table.csv', ...told, '--workers', '0')
  expect(code).toBe(0)
  expect(lines.at(-1)).toMatch(/^accuracy /)
})

it('divides data as training does', async () => {
  const columns = told.filter((word) => word !== '--valid-col' && word !== 'held')
  const seen = async (...how: ReadonlyArray<string>) =>
    JSON.parse((await graft('interpret', 'run', 'digits/valid/table.csv', ...columns, ...how, '--json')).stdout) as {
      readonly classes: unknown
    }
  const byColumn = await seen('--holdout', 'column:held')
  expect(byColumn).toEqual(await seen('--valid-col', 'held'))
  expect((await graft('interpret', 'run', '--holdout', 'stratified:0.5')).stderr).toContain('SettingError at --holdout')
})

it('rejects options of data without DATA, because a run has its own', async () => {
  const { code, stderr, stdout } = await graft('interpret', 'run', '--label-col', 'what')
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain('SettingError at --label-col')
})

it('asks for data if the model does not belong to a run', async () => {
  expect((await graft('export', 'run', '--out', 'exported')).code).toBe(0)
  const { code, stderr } = await graft('interpret', 'exported')
  expect(code).toBe(2)
  expect(stderr).toContain(`graft interpret exported DATA`)
})

it('names every wrong number at once', async () => {
  const { code, stderr } = await graft('interpret', 'run', '--k', '0', '--workers', '-1', '--class-from', '0')
  expect(code).toBe(2)
  for (const flag of ['--k', '--workers', '--class-from']) expect(stderr).toContain(flag)
})
