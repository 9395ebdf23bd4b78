// The documentation's words on optimisers are those of their records.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { optimiserOf, optimiserRecords } from '../../src/recipe/index.js'
import { showValue } from '../../src/Value.js'

const page = (name: string): string =>
  readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8').replaceAll(/ {2,}/g, ' ')

type Tag = keyof typeof optimiserRecords

const rows = (Object.keys(optimiserRecords) as Array<Tag>).map((tag) => {
  const { _tag: _, ...defaults } = optimiserOf(tag)
  const { name, formula } = optimiserRecords[tag]
  return `| \`${name}(${showValue(defaults)})\` | ${formula} |`
})

describe('the documentation of optimisers', () => {
  it('has a row for each record, with its defaults and its formula', () => {
    const table = /## Optimisers[^]*?\n\| -+ \| -+ \|\n([^]*?)\n\n/.exec(page('recipes.md'))?.[1]?.split('\n') ?? []
    expect(table).toEqual([...rows, expect.stringContaining('customOptimiser(label, { init, update })')])
  })

  it('names each for --opt', () => {
    const row = page('cli.md')
      .split('\n')
      .find((line) => line.startsWith('| `--opt NAME`'))
    const names = Object.values(optimiserRecords).map(({ name }) => `\`${name}\``)
    expect(row).toContain(`| ${names.join(', ')}, or JSON`)
  })
})
