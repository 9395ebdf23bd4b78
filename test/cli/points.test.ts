// Points from the command line: a table, a run, predictions in pixels and figures.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import * as E from 'fp-ts/lib/Either.js'
import { readSourceFlags } from '../../src/cli/flags/sourceFlags.js'
import { spots } from '../io/spots.js'
import { placeForRuns } from './graft.js'

const { folder, graft } = placeForRuns()
const [height, width] = [40, 60]

beforeAll(async () => {
  mkdirSync(join(folder, 'faces'))
  const rows: Array<string> = []
  for (let i = 0; i < 12; i++) {
    const [left, right] = [
      [12 + i, 20],
      [40, 10 + i]
    ] as const
    writeFileSync(join(folder, `faces/${i}.png`), await spots([height, width], [left, right]).png().toBuffer())
    rows.push(`${i}.png,${left.join()},${i === 5 ? ',' : right.join()}`)
  }
  writeFileSync(
    join(folder, 'faces/points.csv'),
    ['file,leftEye_x,leftEye_y,rightEye_x,rightEye_y', ...rows].join('\n')
  )
})

describe('graft on points', () => {
  it('trains on a table, predicts in pixels, draws the points and interprets the run', async () => {
    const how = ['--points', '--size', '32', '--bs', '4', '--arch', './mine.mjs#net', '--augment', 'flip']
    const trained = await graft('train', 'faces/points.csv', ...how, '--lr', '1e-2', '--out', 'run', '--no-figures')
    expect(trained.code, trained.stderr).toBe(0)
    expect(trained.stderr + trained.stdout).toContain('2 points')
    expect(trained.lines.at(-1)).toMatch(/^point_distance \d+\.\d{4}$/)
    const run = JSON.parse(readFileSync(join(folder, 'run/graft.json'), 'utf8')) as { data: { source: unknown } }
    expect(run.data.source).toMatchObject({ imageCsv: { csv: 'points.csv', labels: 'points' } })

    const plain = await graft('predict', 'run', 'faces/3.png')
    expect(plain.stdout).toMatch(/^faces\/3\.png {2}leftEye -?\d+\.\d, -?\d+\.\d; rightEye -?\d+\.\d, -?\d+\.\d\n$/)
    const drawn = await graft('predict', 'run', 'faces/3.png', '--json', '--out', 'seen')
    expect(drawn.code, drawn.stderr).toBe(0)
    const { points } = JSON.parse(drawn.stdout) as { points: Readonly<Record<string, ReadonlyArray<number>>> }
    expect(Object.keys(points)).toEqual(['leftEye', 'rightEye'])
    expect(existsSync(join(folder, 'seen/3.points.png'))).toBe(true)

    const seen = await graft('interpret', 'run', '--out', 'figures')
    expect(seen.code, seen.stderr).toBe(0)
    expect(seen.stdout).toMatch(/^point +distance in pixels\nleftEye +\d+\.\d\d\nrightEye +\d+\.\d\d\n/)
    expect(existsSync(join(folder, 'figures/worst-points.png'))).toBe(true)
  })

  it('checks the pairs of --swap, and shows a batch with its points', async () => {
    const flags = ['--points', '--size', '32', '--bs', '4', '--augment', 'flip']
    const { code, stderr } = await graft('show', 'faces/points.csv', ...flags, '--swap', 'none', '--out', 'batch.json')
    expect(code, stderr).toBe(0)
    expect(readSourceFlags({ points: true, swap: 'none' }).swap).toEqual(E.right([]))
    expect(readSourceFlags({ points: true, swap: 'leftEye:rightEye,a:b' }).swap).toEqual(
      E.right([
        ['leftEye', 'rightEye'],
        ['a', 'b']
      ])
    )
    const wrong = await graft('show', 'faces/points.csv', ...flags, '--swap', 'leftEye:nose', '--out', 'batch.json')
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('nose')])
    const odd = await graft('show', 'faces/points.csv', ...flags, '--swap', 'leftEye', '--out', 'batch.json')
    expect([odd.code, odd.stderr]).toEqual([2, expect.stringContaining('--swap')])
  })

  it('names --points if a table of points is opened without it', async () => {
    const { code, stderr } = await graft('train', 'faces/points.csv', '--size', '32', '--bs', '4')
    expect(code).not.toBe(0)
    expect(stderr).toContain('coordinates of points: leftEye_x, leftEye_y, rightEye_x, rightEye_y')
    expect(stderr).toContain('say so: --points; otherwise name the column of labels: --label-col COLUMN')
  })

  it('refuses --points together with another kind of labels, and says what to do', () => {
    expect(readSourceFlags({ points: true, labels: 'points' }).labels).toEqual(E.right('points'))
    expect(readSourceFlags({ points: true, labels: 'numbers' }).labels).toMatchObject(
      E.left([{ path: '--points', found: '--labels numbers', hint: 'leave out one of the two' }])
    )
  })

  it('names the table and the expected columns if there are no columns of points', async () => {
    writeFileSync(join(folder, 'faces/ages.csv'), 'file,age\n0.png,31\n1.png,32')
    const { code, stderr } = await graft('train', 'faces/ages.csv', '--points')
    expect(code).not.toBe(0)
    expect(stderr).toContain('nose_x and nose_y')
    expect(stderr).toContain('--label-col')
  })
})
