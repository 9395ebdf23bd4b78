// The documentation's words on losses are those of their records.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { lossRecords } from '../../src/recipe/index.js'

const page = (name: string): string =>
  readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8').replaceAll(/ {2,}/g, ' ')

const records = Object.values(lossRecords)

describe('the documentation of losses', () => {
  it('has a row for each record, with its formula and its activation', () => {
    const table = /## Losses[^]*?\n\| -+ \| -+ \| -+ \|\n([^]*?)\n\n/.exec(page('recipes.md'))?.[1]?.split('\n') ?? []
    const own = (row: string): boolean => /`(mixupLoss|customLoss)\(/.test(row)
    expect(table.filter((row) => !own(row))).toEqual(
      records.map(
        ({ call, formula, activation }) =>
          `| \`${call}\` | ${formula} | ${activation === 'identity' ? 'none' : activation} |`
      )
    )
  })

  it('names each for --loss', () => {
    const row = page('cli.md')
      .split('\n')
      .find((line) => line.startsWith('| `--loss NAME`'))
    for (const { name } of records) expect(row).toContain(`\`${name}\``)
  })
})
