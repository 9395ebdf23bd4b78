import { describe, expect, it } from 'vitest'
import { catalogue } from '../../src/arch/index.js'
import { namedChildren } from '../../src/model/index.js'
import { archLaws, checkLaws, cutLaws } from '../../laws/index.js'
import { catalogueOptions } from './options.js'

describe.each(catalogue)('$name', (arch) => {
  for (const law of archLaws(arch)) it(law.name, () => law.check(catalogueOptions))
})

const [only, several] = [1, 2].map((least) =>
  catalogue.filter(({ network }) => Math.min(2, namedChildren(network).length) === least)
)

describe.each(several!)('a cut of $name', (arch) => {
  for (const law of cutLaws(arch)) it(law.name, () => law.check(catalogueOptions))
})

describe.each(only!)('a cut of $name', (arch) => {
  it('obeys every law except those of counting children, since it has one child', async () => {
    const reports = await checkLaws(cutLaws(arch), catalogueOptions)()
    expect(reports.filter((r) => r.failed && !r.vacuous)).toEqual([])
    expect(reports.filter((r) => r.vacuous).map((r) => r.name)).toEqual([
      'counts from the end when negative',
      'ends before the named child',
      'keeps everything that a shorter cut keeps'
    ])
  })
})
