// Compiles the loops in assembly/pixels.ts and writes them, as text, into src/data/kernelModule.ts: `npm run kernels`.
import asc from 'assemblyscript/asc'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))

/** The source of the module that holds the compiled loops. */
export const kernelModule = async () => {
  const files = new Map([['pixels.ts', readFileSync(at('assembly/pixels.ts'), 'utf8')]])
  const { error, stderr, stdout } = await asc.main(
    ['pixels.ts', '-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd', '--outFile', 'pixels.wasm'],
    {
      readFile: (name) => files.get(name) ?? null,
      writeFile: (name, content) => void files.set(name, content),
      listFiles: () => []
    }
  )
  if (error !== null) throw new Error(`${stderr.toString()}${stdout.toString()}`, { cause: error })
  const text = Buffer.from(files.get('pixels.wasm')).toString('base64')
  const lines = text.match(/.{1,112}/g).map((line) => `  '${line}'`)
  return `/** assembly/pixels.ts, compiled and in base64: \`npm run kernels\` writes this file. */
export const kernelModule =
${lines.join(' +\n')}
`
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(at('src/data/kernelModule.ts'), await kernelModule())
