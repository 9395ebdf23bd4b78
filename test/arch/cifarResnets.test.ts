// What a user can do with public words alone: define a family, check it by its laws, load weights that exist for it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { type Arch, mistakesOf, withWeights } from 'graft-vision'
import { archLaws } from 'graft-vision/laws'
import { archPredictor, predictAll, type Prediction, withNodeEnv } from 'graft-vision/node'
import { extract } from 'tar'
import { describe, expect, it } from 'vitest'
import { cifarResnet, resnet20, resnet32, resnet44, resnet56 } from '../../examples/017-cifar-resnets.js'
import { right, workplace } from '../io/workplace.js'
import { catalogueOptions } from '../laws/options.js'

const assets = process.env['GRAFT_ASSETS']
const asset = (...path: ReadonlyArray<string>): string => join(assets ?? '', ...path)
const there = assets !== undefined && existsSync(asset('weights/resnet20-12fca82f.th'))
if (!there) console.log('real weights are not tested: GRAFT_ASSETS names no folder with weights/resnet20-12fca82f.th')

const published: ReadonlyArray<readonly [Arch, string]> = [
  [resnet20, 'resnet20-12fca82f.th'],
  [resnet32, 'resnet32-d509ac18.th'],
  [resnet44, 'resnet44-014dd654.th'],
  [resnet56, 'resnet56-4bfd9763.th']
]

describe.each(published)('$name', (arch) => {
  for (const law of archLaws(arch)) it(law.name, () => law.check(catalogueOptions))
})

const weighed = (arch: Arch, file: string) => archPredictor(withWeights(asset('weights', file))(arch))

describe.skipIf(!there)('weights in the old format of torch', () => {
  it.each(published)('are loaded into $name by name, all of them', async (arch, file) => {
    const { plan, state } = right(await withNodeEnv({ engine: 'cpu' })(weighed(arch, file))())
    const arrays = [...plan.parameters, ...plan.buffers].map(({ path }) => path)
    expect([...state.keys()].sort()).toEqual(arrays.sort())
    // a batch norm that was trained is not as it starts
    expect([...state.get('bn1.running_var')!].every((v) => v !== 1)).toBe(true)
  })

  it('are rejected for another depth, with every missing and unexpected key', async () => {
    const keysOf = async (arch: Arch, file: string): Promise<ReadonlyArray<string>> => {
      const refused = await withNodeEnv({ engine: 'cpu' })(weighed(arch, file))()
      return E.isLeft(refused)
        ? mistakesOf(refused.left).map(({ _tag, path, found }) => `${_tag} ${path} ${found}`)
        : []
    }
    const missing = await keysOf(cifarResnet(26), 'resnet20-12fca82f.th')
    expect(missing.length).toBe(3 * 10)
    expect(missing[0]).toMatch(/^WeightsError .*layer1\.3\.conv1\.weight no such key$/)
    const unexpected = await keysOf(resnet20, 'resnet32-d509ac18.th')
    expect(unexpected.length).toBe(3 * 2 * 10)
    expect(unexpected[0]).toMatch(/^WeightsError .*layer1\.3\.conv1\.weight an unexpected key$/)
  })

  it('classify 999 of a thousand images as recorded', { timeout: 300_000 }, async () => {
    const recorded = JSON.parse(
      readFileSync(new URL('../oracle/pretrained_resnet20_cifar10.json', import.meta.url), 'utf8')
    ) as {
      readonly classes: ReadonlyArray<string>
      readonly real_images: readonly [
        { readonly misclassified: ReadonlyArray<{ readonly file: string; readonly pred: number }> }
      ]
    }
    const folder = workplace()
    await extract({ file: asset('data/cifar10_png_1000.tgz'), cwd: folder })
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.png'))
    expect(files.length).toBe(1000)
    const predicted = right(
      await withNodeEnv()(
        pipe(
          archPredictor(withWeights(asset('weights/resnet20-12fca82f.th'))(resnet20), { classes: recorded.classes }),
          RTE.chainW(predictAll(files.map((file) => join(folder, file))))
        )
      )()
    )
    const isWrong = ({ image, class: name }: Prediction): boolean => image.split('/').at(-2) !== name
    expect(predicted.filter(isWrong).map(({ image, index }) => [image, index])).toEqual(
      recorded.real_images[0].misclassified.map(({ file, pred }) => [join(folder, file), pred])
    )
  })
})
