// Every public word is documented: what an entry exports has a doc comment, its category, since when, and an example
// where it is a function.
import ts from 'typescript'
import { basename, relative } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { entries, type PublicName, readSurface, root, type Surface } from './publicNames.js'

interface Word {
  readonly name: string
  readonly where: string
  readonly text: string
  readonly tags: readonly string[]
  readonly isFunction: boolean
}

const openingOf = (text: string): string => /^\/\*\*[\s\S]*?\*\//.exec(text)?.[0] ?? ''

const wordOf =
  (checker: ts.TypeChecker) =>
  ({ name, symbol, declaration }: PublicName): Word => {
    const file = declaration.getSourceFile()
    const line = file.getLineAndCharacterOfPosition(declaration.getStart()).line + 1
    // The comment that opens a file defines the type that the file is named after.
    const opening = basename(file.fileName, '.ts') === symbol.name ? openingOf(file.text) : ''
    return {
      name,
      where: `${relative(root, file.fileName)}:${line}`,
      text: ts.displayPartsToString(symbol.getDocumentationComment(checker)) + opening,
      tags: [
        ...symbol.getJsDocTags(checker).map((tag) => tag.name),
        ...[...opening.matchAll(/@(\w+)/g)].map((tag) => tag[1]!)
      ],
      isFunction: checker.getTypeOfSymbolAtLocation(symbol, declaration).getCallSignatures().length > 0
    }
  }

describe('a public word', () => {
  let surface: Surface
  let all: readonly Word[]
  beforeAll(() => {
    surface = readSurface()
    const names = (Object.keys(entries) as (keyof typeof entries)[]).flatMap(surface.namesOf)
    all = [...new Map(names.map((word) => [word.symbol, word])).values()].map(wordOf(surface.checker))
  })

  it('is one of many', () => {
    expect(all.length).toBeGreaterThan(100)
    expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining(['cutAt', 'nn.conv2d']))
  })

  it('has one name in an entry', () => {
    const twice = (Object.keys(entries) as (keyof typeof entries)[]).flatMap((entry) => {
      const names = surface.namesOf(entry)
      return names
        .filter(({ symbol }, i) => names.findIndex((other) => other.symbol === symbol) !== i)
        .map(({ name }) => name)
    })
    expect(twice).toEqual([])
  })

  it.each([
    ['is defined in a doc comment', ({ text }: Word) => text.trim() === ''],
    ['has a category', ({ tags }: Word) => !tags.includes('category')],
    ['says since when it is there', ({ tags }: Word) => !tags.includes('since')],
    ['shows an example, if it is a function', ({ isFunction, tags }: Word) => isFunction && !tags.includes('example')],
    ['is for users', ({ tags }: Word) => tags.includes('internal')]
  ])('%s', (_, lacks) => {
    expect(all.filter(lacks).map(({ name, where }) => `${name} (${where})`)).toEqual([])
  })
})
