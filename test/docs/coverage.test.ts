// Every public word is documented: what an entry exports has a doc comment, since when, and an example where it is
// a function.
import ts from 'typescript'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const entries = ['src/index.ts', 'src/node.ts', 'src/onnxruntime.ts', 'laws/index.ts']

/** How many words still lack it. A debt: lower the numbers as it is paid, never raise them. */
const owed = { definition: 0, since: 0, example: 0 }

interface Word {
  readonly name: string
  readonly where: string
  readonly text: string
  readonly tags: readonly string[]
  readonly isFunction: boolean
}

const openingOf = (text: string): string => /^\/\*\*[\s\S]*?\*\//.exec(text)?.[0] ?? ''

const words = (): readonly Word[] => {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config,
    ts.sys,
    root
  )
  const program = ts.createProgram(
    entries.map((entry) => join(root, entry)),
    options
  )
  const checker = program.getTypeChecker()
  const seen = new Map<ts.Symbol, Word>()
  const visit = (module: ts.Symbol): void => {
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
      const declaration = symbol.declarations?.[0]
      if (declaration === undefined || seen.has(symbol)) continue
      const file = declaration.getSourceFile()
      if (file.fileName.includes('node_modules')) continue
      // `export * as Recipe from './Recipe.js'`: its words count, and the file's own comment documents the module.
      if (ts.isSourceFile(declaration)) {
        visit(symbol)
        continue
      }
      const line = file.getLineAndCharacterOfPosition(declaration.getStart()).line + 1
      // The comment that opens a file defines the type that the file is named after.
      const opening = basename(file.fileName, '.ts') === exported.name ? openingOf(file.text) : ''
      const own = symbol.getJsDocTags(checker).map(({ name }) => name)
      // exported for other rooms, and not for users
      if (own.includes('internal')) continue
      seen.set(symbol, {
        name: exported.name,
        where: `${relative(root, file.fileName)}:${line}`,
        text: ts.displayPartsToString(symbol.getDocumentationComment(checker)) + opening,
        tags: [...own, ...[...opening.matchAll(/@(\w+)/g)].map((tag) => tag[1]!)],
        isFunction: checker.getTypeOfSymbolAtLocation(symbol, declaration).getCallSignatures().length > 0
      })
    }
  }
  for (const entry of entries) {
    const file = program.getSourceFile(join(root, entry))
    const module = file === undefined ? undefined : checker.getSymbolAtLocation(file)
    if (module !== undefined) visit(module)
  }
  return [...seen.values()]
}

describe('a public word', () => {
  let all: readonly Word[]
  beforeAll(() => {
    all = words()
  })
  const without = (lacks: (word: Word) => boolean): readonly string[] =>
    all.filter(lacks).map(({ name, where }) => `${name} (${where})`)

  it('is one of many', () => {
    expect(all.length).toBeGreaterThan(100)
    expect(all.map(({ name }) => name)).toContain('cutAt')
  })

  it.each([
    ['is defined in a doc comment', owed.definition, ({ text }: Word) => text.trim() === ''],
    ['says since when it is there', owed.since, ({ tags }: Word) => !tags.includes('since')],
    [
      'shows an example, if it is a function',
      owed.example,
      ({ isFunction, tags }: Word) => isFunction && !tags.includes('example')
    ]
  ])('%s', (_, most, lacks) => {
    const lacking = without(lacks)
    expect(lacking.length, lacking.join('\n')).toBeLessThanOrEqual(most)
  })
})
