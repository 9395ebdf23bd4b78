import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import sharp from 'sharp'
import { arch, type Finding, imageCsv, imagenetInput, nn } from 'graft-vision'
import {
  archEmbedder,
  checkFeatures,
  type CheckFeaturesOptions,
  openData,
  preparedFor,
  withNodeEnv
} from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { texture } from '../io/plantedFaults.js'
import { left, place, right, workplace } from '../io/workplace.js'

const work = workplace()
const flipped = ['ant/3.png', 'ant/11.png', 'bee/7.png']

/** Ants are dark and bees are light, but for three. */
beforeAll(async () => {
  const rows = ['name,label,is_valid']
  for (const [k, name] of ['ant', 'bee'].entries())
    for (let i = 0; i < 24; i++) {
      const file = `${name}/${i}.png`
      const isLight = (k === 1) !== flipped.includes(file)
      const pixels = texture(900 + 50 * k + i, 32, 32).map((value) => (isLight ? 150 : 20) + (value >> 2))
      const image = sharp(pixels, { raw: { height: 32, width: 32, channels: 3 } })
      place(join(work, 'set', file), await image.png().toBuffer())
      rows.push(`${file},${name},${i < 18 ? 0 : 1}`)
      if (file === 'bee/2.png') {
        place(join(work, 'set/bee/mirrored.png'), await image.flop().png().toBuffer())
        rows.push('bee/mirrored.png,bee,1')
      }
    }
  place(join(work, 'set/labels.csv'), rows.join('\n'))
})

const conv = nn.named('conv', nn.conv2d(3, 16, 3, { stride: 2, padding: 1 }))
const network = nn.sequential(conv, nn.relu, nn.named('pool', nn.maxPool2d(2)))
const net = arch({ name: 'tiny', network, input: { ...imagenetInput, size: 32 } })

const checked = (options: CheckFeaturesOptions) =>
  withNodeEnv({ engine: 'cpu', workers: 0 })(
    pipe(
      archEmbedder(net),
      RTE.bindTo('p'),
      RTE.bindW('data', ({ p }) => openData(preparedFor(p)(imageCsv(join(work, 'set'))))),
      RTE.chainW(({ p, data }) => checkFeatures(data, options)(p))
    )
  )()

const filesOf = (findings: ReadonlyArray<Finding>, code: string) =>
  findings.filter((one) => one.code === code).flatMap(({ groups }) => groups.flatMap(({ files }) => files))

describe('checkFeatures', () => {
  it('finds the labels that were changed, each with the class that it looks like', async () => {
    const findings = right(await checked({ similar: false }))
    expect([...filesOf(findings, 'label-suspect')].sort()).toEqual([...flipped].sort())
    expect(findings[0]?.groups[0]?.note).toMatch(/^labelled (ant|bee) \(probability 0\.\d\d\), looks like (bee|ant) \(/)
    expect(right(await checked({ similar: false }))).toEqual(findings)
  })

  it('finds a mirrored image in the other set, unless it is known already', async () => {
    const findings = right(await checked({ suspects: false }))
    const together = findings.flatMap(({ code, groups }) =>
      code === 'similar-leak' ? groups.filter(({ files }) => files.includes('bee/mirrored.png')) : []
    )
    expect(together[0]?.files).toContain('bee/2.png')
    const again = right(await checked({ suspects: false, known: findings }))
    expect(again).toEqual([])
  })

  it('rejects suspects in data without classes', async () => {
    place(
      join(work, 'numbers/labels.csv'),
      'name,label\n../set/ant/1.png,0.5\n../set/ant/2.png,1.5\n../set/ant/4.png,2.5\n'
    )
    const numbers = withNodeEnv({ engine: 'cpu', workers: 0 })(
      pipe(
        archEmbedder(net),
        RTE.bindTo('p'),
        RTE.bindW('data', ({ p }) => openData(preparedFor(p)(imageCsv(join(work, 'numbers'))))),
        RTE.chainW(({ p, data }) => checkFeatures(data)(p))
      )
    )
    expect(left(await numbers())._tag).toBe('OtherTask')
  })
})
