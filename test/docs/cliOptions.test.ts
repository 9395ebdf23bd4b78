// The page about the command against the command's own options.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { trainProgram } from '../../src/cli/commands/trainProgram.js'

const page = readFileSync(fileURLToPath(new URL('../../docs/cli.md', import.meta.url)), 'utf8')

/** The first cells of the tables below a heading, except their heads. */
const cellsUnder = (heading: string): ReadonlyArray<string> => {
  const [, rest = ''] = page.split(`## \`${heading}`)
  return (rest.split(/\n##+ /)[0] ?? '')
    .split('\n')
    .filter((line) => /^\| *`/.test(line))
    .map((line) => line.split('|')[1] ?? '')
}

describe('docs/cli.md', () => {
  const cells = cellsUnder('graft train DATA')
  const options = trainProgram(new Command()).options.flatMap(({ long, hidden }) => (hidden ? [] : [long ?? '']))

  it('has one row for each option of graft train', () => {
    expect(options.length).toBeGreaterThan(60)
    const rows = (option: string): number => cells.filter((cell) => new RegExp(`${option}(?![\\w-])`).test(cell)).length
    expect(options.filter((option) => rows(option) !== 1)).toEqual([])
  })

  it('has no other options of graft train', () => {
    const named = cells.flatMap((cell) => cell.match(/--[\w-]+/g) ?? [])
    expect(named.filter((option) => !options.includes(option))).toEqual([])
  })
})
