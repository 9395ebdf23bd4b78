import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { everyones, rooms } from './rooms.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8')

/** Rows of the first table of a section: the cells of each. */
const rowsUnder = (heading: string): readonly (readonly string[])[] => {
  const section = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  const rows = section.split('\n').filter((line) => line.startsWith('|'))
  return rows.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
  )
}

/** Downstairs is where Node's own modules may be imported. */
const floorOf = (room: string): string =>
  rooms[room]!.packages.some((pattern) => pattern.test('node:fs')) ? 'downstairs' : 'upstairs'

describe('docs/architecture.md', () => {
  it('lists the rooms of the import rule, each on its floor', () => {
    const folders = Object.keys(rooms).filter(
      (room) => existsSync(join(root, 'src', room, 'index.ts')) && !everyones.includes(room)
    )
    // the command has no door, since nobody enters it
    const expected = [...folders, 'cli'].map((room) => [room, floorOf(room)])
    const listed = rowsUnder('Rooms').map(([room, floor]) => [room?.replaceAll('`', ''), floor])
    expect(new Map(listed as [string, string][])).toEqual(new Map(expected as [string, string][]))
  })

  it('names files and folders that exist', () => {
    const named = [...page.matchAll(/`((?:src|laws|test|docs|examples)\/[^`\s]*)`/g)].map(([, path]) => path!)
    expect(named.length).toBeGreaterThan(30)
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  it('says of each thing to add where its public name is listed', () => {
    const lists = /^`src\/(index|node|surface\/\w+)\.ts`$|^none$/
    const rows = rowsUnder('How to add')
    expect(rows.length).toBeGreaterThan(10)
    expect(rows.filter((cells) => cells.length !== 3 || !lists.test(cells[2]!))).toEqual([])
  })

  it('is where CONTRIBUTING.md leads', () => {
    expect(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')).toContain('(docs/architecture.md)')
  })
})
