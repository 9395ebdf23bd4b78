// Compiles assembly/*.ts and writes the modules, as text, into src: `npm run kernels`.
import asc from 'assemblyscript/asc'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))

/** What is compiled, into which constant of which file. */
export const modules = [
  { source: 'pixels.ts', target: 'src/data/images/kernelModule.ts', name: 'kernelModule' },
  { source: 'jpeg.ts', target: 'src/io/formats/jpegModule.ts', name: 'jpegModule' },
  { source: 'adam.ts', target: 'src/engine/optimisers/adamModule.ts', name: 'adamModule' }
]

/** The source of the file that holds a compiled module. */
export const compiled = async ({ source, name }) => {
  const files = new Map(readdirSync(at('assembly')).map((file) => [file, readFileSync(at(`assembly/${file}`), 'utf8')]))
  const { error, stderr, stdout } = await asc.main(
    [source, '-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd', '--outFile', 'out.wasm'],
    {
      readFile: (name) => files.get(name) ?? null,
      writeFile: (name, content) => void files.set(name, content),
      listFiles: () => []
    }
  )
  if (error !== null) throw new Error(`${stderr.toString()}${stdout.toString()}`, { cause: error })
  const text = Buffer.from(files.get('out.wasm')).toString('base64')
  const lines = text.match(/.{1,112}/g).map((line) => `  '${line}'`)
  return `/** assembly/${source}, compiled and in base64: \`npm run kernels\` writes this file. */
export const ${name} =
${lines.join(' +\n')}
`
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const module of modules) writeFileSync(at(module.target), await compiled(module))
