// What the entries of the package export, as the compiler sees it.
import ts from 'typescript'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** What users import, and the module of each. */
export const entries = {
  'graft-vision': 'src/index.ts',
  'graft-vision/node': 'src/node.ts',
  'graft-vision/onnxruntime': 'src/onnxruntime.ts',
  'graft-vision/laws': 'laws/index.ts'
} as const

export interface PublicName {
  /** As users write it: `cutAt`, `nn.conv2d`. */
  readonly name: string
  readonly symbol: ts.Symbol
  readonly declaration: ts.Declaration
}

export interface Surface {
  readonly checker: ts.TypeChecker
  readonly namesOf: (entry: keyof typeof entries) => readonly PublicName[]
}

/** Reads the sources: seconds, so once a file of tests. */
export const readSurface = (): Surface => {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config,
    ts.sys,
    root
  )
  const files = Object.values(entries).map((path) => join(root, path))
  const program = ts.createProgram(files, { ...options, noErrorTruncation: true })
  const checker = program.getTypeChecker()

  const namesIn = (module: ts.Symbol, prefix: string): readonly PublicName[] =>
    checker.getExportsOfModule(module).flatMap((exported) => {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
      const declaration = symbol.declarations?.[0]
      if (declaration === undefined || declaration.getSourceFile().fileName.includes('node_modules')) return []
      const name = `${prefix}${exported.name}`
      // `export * as nn from './nn.js'`
      return ts.isSourceFile(declaration) ? namesIn(symbol, `${name}.`) : [{ name, symbol, declaration }]
    })

  return {
    checker,
    namesOf: (entry) => {
      const file = program.getSourceFile(join(root, entries[entry]))
      const module = file === undefined ? undefined : checker.getSymbolAtLocation(file)
      return module === undefined ? [] : namesIn(module, '')
    }
  }
}
