import { describe, expect, it } from 'vitest'
import { exampleOfFile, examplesOfPage, examplesOfSource, fencesOf } from './extraction.js'

const fence = '```'
const source = `/**
 * Twice a number.
 *
 * @example
 * import { twice } from 'graft-vision'
 * assert.equal(twice(2), 4)
 *
 * @since 0.1.0
 */
export const twice = (x: number): number => 2 * x
`
const page = `# Page

${fence}ts
const a = 1
${fence}

prose

${fence}ts continues
assert.equal(a, 1)
${fence}

${fence}ts no-run
declare const b: number
${fence}

${fence}sh
npx --no -- graft --help
${fence}
`

describe('extraction', () => {
  it('takes the example of a doc comment, at its own line, under the name it documents', () => {
    const [example, ...others] = examplesOfSource('src/twice.ts', source)
    expect(others).toEqual([])
    expect(example?.name).toBe('src/twice.ts:5 twice')
    expect(example?.code.split('\n').slice(4, 6)).toEqual([
      "import assert from 'node:assert'; import { twice } from 'graft-vision'",
      'assert.equal(twice(2), 4)'
    ])
    expect(example?.code).not.toContain('since')
  })

  it('separates two examples of one comment', () => {
    const two = source.replace(' * @since 0.1.0', ' * @example long\n * assert.ok(true)')
    expect(examplesOfSource('src/twice.ts', two).map(({ long }) => long)).toEqual([false, true])
  })

  it('joins a fence that continues to the one before', () => {
    const examples = examplesOfPage('README.md', page)
    expect(examples.map(({ name }) => name)).toEqual(['README.md:4', 'README.md:14'])
    expect(examples[0]?.code).toContain('const a = 1')
    expect(examples[0]?.code.split('\n')[9]).toBe('assert.equal(a, 1)')
    expect(examples.map(({ noRun }) => noRun)).toEqual([false, true])
  })

  it('leaves fences of other languages to others', () => {
    expect(fencesOf(page).map(({ language }) => language)).toEqual(['ts', 'ts', 'ts', 'sh'])
    expect(fencesOf(page).at(-1)?.lines).toEqual(['npx --no -- graft --help'])
  })

  it('refuses an unknown word on a fence', () => {
    expect(() => examplesOfPage('README.md', `${fence}ts norun\n1\n${fence}\n`)).toThrow('norun')
  })

  it("reads an example file's directives from its first line, and ignores an ordinary sentence there", () => {
    expect(exampleOfFile('examples/a.ts', '// needs-assets long\n').needsAssets).toBe(true)
    expect(exampleOfFile('examples/a.ts', '// A long story.\n').long).toBe(false)
  })
})
