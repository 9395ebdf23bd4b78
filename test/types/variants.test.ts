/**
 * A new kind of layer, or a new way of combining layers, must not be read by guesswork: the compiler stops at every
 * reading that doesn't say what it is. The sources are compiled with one variant more, in memory.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
  readonly config: { readonly compilerOptions: object }
}
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root)

interface Variant {
  readonly file: string
  readonly find: string
  readonly replace: string
}

const changed = ({ file, find, replace }: Variant): string => {
  const source = ts.sys.readFile(join(root, file))!
  expect(source.split(find)).toHaveLength(2)
  return source.replace(find, () => replace)
}

/** What is declared at the top of a file around a position. */
const declarationAt = (source: ts.SourceFile, position: number): string => {
  const statement = source.statements.find((one) => one.getStart() <= position && position < one.getEnd())
  return statement !== undefined && ts.isVariableStatement(statement)
    ? statement.declarationList.declarations[0]!.name.getText()
    : 'elsewhere'
}

const sources = new Map<string, ts.SourceFile | undefined>()

/** A file as it was read first: parsing takes longer than checking. */
const parsed = (name: string, parse: () => ts.SourceFile | undefined): ts.SourceFile | undefined => {
  if (!sources.has(name)) sources.set(name, parse())
  return sources.get(name)
}

/** Of these files, the declarations that don't compile with the variant: `file: declaration`. */
const stopped = (variant: Variant, files: ReadonlyArray<string>): ReadonlySet<string> => {
  const host = ts.createCompilerHost(options)
  const path = join(root, variant.file)
  const text = changed(variant)
  const program = ts.createProgram({
    rootNames: files.map((file) => join(root, file)),
    options,
    host: {
      ...host,
      getSourceFile: (name, how, ...more) =>
        name === path
          ? ts.createSourceFile(name, text, how)
          : parsed(name, () => host.getSourceFile(name, how, ...more))
    }
  })
  return new Set(
    files.flatMap((file) => {
      const source = program.getSourceFile(join(root, file))!
      return program.getSemanticDiagnostics(source).map(({ start }) => `${file}: ${declarationAt(source, start ?? 0)}`)
    })
  )
}

const stops = (variant: Variant, readings: Readonly<Record<string, ReadonlyArray<string>>>): void => {
  const expected = Object.entries(readings).flatMap(([file, names]) => names.map((name) => `${file}: ${name}`))
  const found = stopped(variant, Object.keys(readings))
  expect(expected.filter((reading) => !found.has(reading))).toEqual([])
}

describe('the compiler reports every function that does not handle', () => {
  it('a new layer', () => {
    stops(
      {
        file: 'src/model/Primitive.ts',
        find: "| { readonly _tag: 'Identity' }",
        replace: "| { readonly _tag: 'Identity' } | { readonly _tag: 'Squeeze'; readonly ratio: number }"
      },
      {
        'src/model/Primitive.ts': ['layerKinds'],
        'src/plan/inference.ts': ['primitive'],
        'src/plan/cost.ts': ['flopsOf'],
        'src/plan/training.ts': ['mapsOf'],
        'src/engine/program/forward.ts': ['primitive'],
        'src/emit/onnxLayer.ts': ['onnxLayer'],
        'src/interpret/draw/diagram/words.ts': ['wordsOf'],
        'laws/arbitrary/network.ts': ['make']
      }
    )
  }, 60_000)
  it('a new combination', () => {
    stops(
      {
        file: 'src/model/Layer.ts',
        find: "| { readonly _tag: 'Sum'; readonly children: ReadonlyArray<Child> }",
        replace:
          "| { readonly _tag: 'Sum'; readonly children: ReadonlyArray<Child> } | { readonly _tag: 'Difference'; readonly children: ReadonlyArray<Child> }"
      },
      {
        'src/model/Layer.ts': ['flows', 'foldLayer', 'lines'],
        'src/model/Leaf.ts': ['listed', 'mapLeaves'],
        'src/model/isLayer.ts': ['combinations'],
        'src/plan/inference.ts': ['infer'],
        'src/plan/foldPlan.ts': ['foldPlan'],
        'src/plan/cost.ts': ['totalsOf'],
        'src/plan/training.ts': ['madeBy'],
        'src/plan/summary.ts': ['linesOf'],
        'src/engine/program/forward.ts': ['runNetwork'],
        'src/engine/program/gradCam.ts': ['stepsOf'],
        'src/emit/toOnnx.ts': ['body'],
        'src/interpret/draw/diagram/pieces.ts': ['pieceOf'],
        'src/format/values/Layer.ts': ['byCombination', 'combinations', 'layerTo'],
        'laws/arbitrary/network.ts': ['make']
      }
    )
  }, 60_000)
})
