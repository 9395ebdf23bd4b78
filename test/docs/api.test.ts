// docs/api.txt lists every public name in one line, so that a change of what users can import shows in a diff.
import ts from 'typescript'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { entries, type PublicName, readSurface, root } from './publicNames.js'

const outOfDate = 'docs/api.txt is out of date: npm run api'

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

const printer = ts.createPrinter({ removeComments: true })
/** A type as it is declared; a value by its type. */
const lineOf =
  (checker: ts.TypeChecker) =>
  ({ name, symbol, declaration }: PublicName): string => {
    if (ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration)) {
      const declared = printer.printNode(ts.EmitHint.Unspecified, declaration, declaration.getSourceFile())
      const bare = oneLine(declared)
        .replace(/^export (interface|type) \w+/, '')
        .replace(/;$/, '')
      return `type ${name}${bare}`
    }
    const type = checker.getTypeOfSymbolAtLocation(symbol, declaration)
    return `${name}: ${oneLine(checker.typeToString(type, declaration))}`
  }

describe('docs/api.txt', () => {
  it('lists what each entry exports', async () => {
    const { checker, namesOf } = readSurface()
    const order = (a: string, b: string): number => (a < b ? -1 : 1)
    const sections = (Object.keys(entries) as (keyof typeof entries)[]).map((entry) => {
      const lines = namesOf(entry).map(lineOf(checker)).sort(order)
      expect(lines.length, entry).toBeGreaterThan(0)
      return [`# ${entry}`, ...lines].join('\n')
    })
    await expect(`${sections.join('\n\n')}\n`).toMatchFileSnapshot(join(root, 'docs/api.txt'), outOfDate)
  })
})
