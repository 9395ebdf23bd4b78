import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type DataCheck,
  Format,
  imageCsv,
  imageFolder,
  imageMasks,
  imagesToLeaveOut,
  withExclude,
  withSize
} from 'graft-vision'
import { checkData, nodeIo, openData } from 'graft-vision/node'
import { faultless, picture, type Planted, plantFaults } from './plantedFaults.js'
import { left, place, right, workplace } from './workplace.js'

const work = workplace()
const env = nodeIo({ cache: { home: join(work, 'cache'), assets: [] }, workers: 2 })
const checked = async (...spec: Parameters<typeof checkData>): Promise<DataCheck> =>
  right(await checkData(...spec)(env)())
const codes = ({ findings }: DataCheck) => findings.map(({ code }) => code)
const filesOf = ({ findings }: DataCheck, code: string) =>
  findings.filter((one) => one.code === code).flatMap(({ groups }) => groups.flatMap(({ files }) => files))

describe('checkData', () => {
  const root = join(work, 'planted')
  let planted: Planted
  let check: DataCheck
  beforeAll(async () => {
    planted = await plantFaults(root)
    check = await checked(imageFolder(root))
  })

  it('finds every planted fault and nothing else', () => {
    expect([...codes(check)].sort()).toEqual(Object.keys(planted).sort())
  })

  it('names the files of each fault and no others', () => {
    for (const [code, files] of Object.entries(planted))
      if (files.length > 0) expect([code, [...filesOf(check, code)].sort()]).toEqual([code, [...files].sort()])
  })

  it('orders findings by severity, errors first', () => {
    const severities = check.findings.map(({ severity }) => ['error', 'warning', 'note'].indexOf(severity))
    expect(severities).toEqual([...severities].sort())
  })

  it('shows the weights that balance the classes, and which class is in one set only', () => {
    const said = (code: string) => check.findings.find((one) => one.code === code)
    expect(said('imbalance')?.groups[1]?.note).toMatch(/^weights that balance it: ant [\d.]+, bee [\d.]+/)
    expect(said('class-only-in-training')?.found).toBe('1 class in the training set only: fly')
    expect(said('class-only-in-validation')?.found).toBe('1 class in the validation set only: moth')
    expect(said('tiny-class')?.found).toContain('wasp')
  })

  it('leaves out one side of a leak, and all of what cannot be read, and finds nothing of these again', async () => {
    const out = imagesToLeaveOut(check.findings)
    expect(out).toContain('train/ant/leak.png')
    expect(out).not.toContain('valid/ant/leaked.png')
    expect(out).toContain('train/ant/both.png')
    const again = await checked(withExclude(out)(imageFolder(root)))
    const gone = [
      'empty-file',
      'truncated-image',
      'unreadable-image',
      'leak',
      'near-leak',
      'duplicate',
      'conflicting-labels'
    ]
    expect(codes(again).filter((code) => gone.includes(code))).toEqual([])
    expect(imagesToLeaveOut(again.findings)).toEqual([])
  })

  it('gives the same result on the calling thread', async () => {
    const alone = nodeIo({ cache: { home: join(work, 'cache'), assets: [] }, workers: 0 })
    expect(right(await checkData(imageFolder(root))(alone)())).toEqual(check)
  })

  it('is written as JSON and read again', () => {
    expect(E.chain(Format.decodeDataCheck)(Format.encodeDataCheck(check))).toEqual(E.right(check))
  })
})

describe('checkData of unusual data', () => {
  it('finds nothing where nothing is wrong', async () => {
    await faultless(join(work, 'clean'))
    const check = await checked(imageFolder(join(work, 'clean')))
    expect([check.findings, check.images]).toEqual([[], { train: 24, valid: 8, test: 0 }])
  })

  it('rejects a missing folder, one without images, and one that cannot be listed', async () => {
    expect(left(await checkData(imageFolder(join(work, 'none')))(env)())._tag).toBe('MissingFolder')
    mkdirSync(join(work, 'bare'))
    expect(left(await checkData(imageFolder(join(work, 'bare')))(env)())._tag).toBe('NoImages')
    if (process.getuid?.() === 0) return
    mkdirSync(join(work, 'shut'))
    chmodSync(join(work, 'shut'), 0)
    expect(left(await checkData(imageFolder(join(work, 'shut')))(env)())._tag).toBe('NotAllowed')
    chmodSync(join(work, 'shut'), 0o700)
  })

  it('checks the files of data that cannot be trained on: one class, an empty class, a table with missing files', async () => {
    for (let i = 0; i < 3; i++)
      place(
        join(work, 'one/ant', `${i}.png`),
        await picture(600 + i)
          .png()
          .toBuffer()
      )
    place(join(work, 'one/ant/cut.png'), new Uint8Array(0))
    const one = await checked(imageFolder(join(work, 'one')))
    expect(codes(one)).toEqual(['empty-file', 'not-trainable', 'holdout-drawn'])
    mkdirSync(join(work, 'one/bee'))
    expect(codes(await checked(imageFolder(join(work, 'one'))))).toEqual(['empty-file', 'not-trainable'])
    place(join(work, 'one/labels.csv'), 'name,label\nant/0.png,a\nant/1.png,b\nant/7.png,b\n')
    const table = await checked(imageCsv(join(work, 'one')))
    expect(codes(table)).toEqual(['empty-file', 'not-trainable'])
    expect(table.findings[1]?.found).toContain('ant/7.png')
  })

  it('finds files outside of the root that a table names and that do not exist', async () => {
    place(join(work, 'out/labels.csv'), 'name,label\n../one/ant/0.png,a\n../one/ant/1.png,b\n../one/ant/9.png,b\n')
    const check = await checked(imageCsv(join(work, 'out')))
    expect(filesOf(check, 'missing-file')).toEqual(['../one/ant/9.png'])
  })

  it('checks masks as files, without remarks on how they are stored', async () => {
    for (let i = 0; i < 6; i++) {
      place(
        join(work, 'masks/images', `${i}.png`),
        await picture(700 + i)
          .png()
          .toBuffer()
      )
      const mask = picture(700).threshold(120).png({ palette: true, colours: 2 })
      place(join(work, 'masks/labels', `${i}.png`), i === 3 ? new Uint8Array(0) : await mask.toBuffer())
    }
    place(join(work, 'masks/codes.txt'), 'sky\nroad\n')
    const check = await checked(imageMasks(join(work, 'masks'), { masks: { _tag: 'InFolder', folder: 'labels' } }))
    expect(codes(check)).toEqual(['empty-file', 'holdout-drawn'])
    expect(filesOf(check, 'empty-file')).toEqual(['labels/3.png'])
  })
})

describe('the list of what to leave out', () => {
  it('makes data that open without a skipped file', async () => {
    const root = join(work, 'planted')
    const out = imagesToLeaveOut((await checked(imageFolder(root))).findings)
    const data = right(await openData(withSize(48)(withExclude(out)(imageFolder(root))))(env)())
    expect(data.skipped).toEqual([])
  })
})
