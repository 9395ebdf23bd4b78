// What documentation holds that can be run: every @example of a doc comment, every ts fence of a page, every file of
// examples/. Lines keep their numbers, so that a diagnostic or a stack trace points into the documentation itself.

import { dirname, join } from 'node:path/posix'

/** Words after `ts` on a fence, or after `@example`. */
export interface Wishes {
  /** Only its types are checked. */
  readonly noRun: boolean
  /** Runs only where GRAFT_ASSETS names a folder of data and weights. */
  readonly needsAssets: boolean
  /** Runs only under GRAFT_LONG. */
  readonly long: boolean
}

export interface Example extends Wishes {
  /** `src/model/Cut.ts:12 cutAt` */
  readonly name: string
  /** A file name that is unique among all examples. */
  readonly file: string
  readonly code: string
}

interface Piece {
  /** Number of the first line of code, from 1. */
  readonly line: number
  readonly lines: readonly string[]
}

const known = ['no-run', 'needs-assets', 'long', 'continues']

const wishesOf = (where: string, words: readonly string[]): Wishes => {
  const strange = words.filter((word) => !known.includes(word))
  if (strange.length > 0) throw new Error(`${where}: '${strange.join(' ')}' is none of ${known.join(', ')}`)
  return { noRun: words.includes('no-run'), needsAssets: words.includes('needs-assets'), long: words.includes('long') }
}

const assertImport = (code: string): string =>
  /\bassert\b/.test(code) && !/import .*\bassert\b.* from/.test(code) ? "import assert from 'node:assert'; " : ''

/** Examples of internal functions import the door of their room by a path relative to their source. */
const fromFolderOf =
  (source: string) =>
  (line: string): string =>
    line.replace(/ from '(\.\.?\/[^']*)'/, (_, path: string) => ` from '../../../../${join(dirname(source), path)}'`)

/** The pieces at the lines they have in their document, as one module. A page's are taken as they are: people paste them. */
const moduleOf = (source: string, pieces: readonly Piece[]): string => {
  const lines: string[] = []
  for (const piece of pieces) {
    while (lines.length < piece.line - 1) lines.push('')
    lines.push(...piece.lines)
  }
  const first = pieces[0]!.line - 1
  if (!source.endsWith('.md')) lines[first] = `${assertImport(lines.join('\n'))}${lines[first]!}`
  return `${lines.join('\n')}\nexport {}\n`
}

const example = (source: string, title: string, words: readonly string[], pieces: readonly Piece[]): Example => {
  const name = `${source}:${pieces[0]!.line}${title}`
  const file = `${source.replaceAll('/', '__').replace(/\.(ts|md)$/, '')}.${pieces[0]!.line}.ts`
  return { name, file, code: moduleOf(source, pieces), ...wishesOf(name, words) }
}

const declared = /^\s*export (?:declare )?(?:const|function|interface|type|class|namespace) (\w+)/

const wordsOf = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '')

/** The examples of the doc comments of a source file. */
export const examplesOfSource = (source: string, text: string): readonly Example[] => {
  const lines = text.split('\n')
  const found: Example[] = []
  let at = 0
  while (at < lines.length) {
    const opening = /^\s*\* @example\s*(.*)$/.exec(lines[at]!)
    at++
    if (opening === null) continue
    const line = at + 1
    const code: string[] = []
    while (at < lines.length && !/^\s*\*\/|^\s*\* @\w/.test(lines[at]!)) {
      const bare = lines[at]!.replace(/^\s*\* ?/, '')
      code.push(bare.startsWith('```') ? '' : bare)
      at++
    }
    let end = at
    while (end < lines.length && !lines[end]!.includes('*/')) end++
    const name = declared.exec(lines[end + 1] ?? '')?.[1]
    const moved = code.map(fromFolderOf(source))
    found.push(example(source, name === undefined ? '' : ` ${name}`, wordsOf(opening[1]!), [{ line, lines: moved }]))
  }
  return found
}

/** A fence of a page, whatever its language. */
export interface Fence extends Piece {
  readonly language: string
  readonly words: readonly string[]
}

export const fencesOf = (text: string): readonly Fence[] => {
  const lines = text.split('\n')
  const fences: Fence[] = []
  let open: { marker: string; indent: number; line: number; info: readonly string[] } | undefined
  lines.forEach((line, index) => {
    const marker = /^(\s*)(```+|~~~+)(.*)$/.exec(line)
    if (open === undefined) {
      if (marker !== null)
        open = { marker: marker[2]!, indent: marker[1]!.length, line: index + 2, info: wordsOf(marker[3]!) }
    } else if (marker !== null && marker[2]!.startsWith(open.marker) && marker[3]!.trim() === '') {
      const { indent, info, line: start } = open
      const body = lines.slice(start - 1, index).map((inner) => inner.slice(Math.min(indent, inner.search(/\S|$/))))
      fences.push({ language: info[0] ?? '', words: info.slice(1), line: start, lines: body })
      open = undefined
    }
  })
  return fences
}

/** The examples of a page: its ts fences, where one marked `continues` goes on with the one before. */
export const examplesOfPage = (source: string, text: string): readonly Example[] => {
  const fences = fencesOf(text).filter(({ language }) => language === 'ts' || language === 'typescript')
  const groups: Fence[][] = []
  for (const fence of fences) {
    if (!fence.words.includes('continues')) groups.push([fence])
    else if (groups.length > 0) groups.at(-1)!.push(fence)
    else throw new Error(`${source}:${fence.line}: nothing that this fence could continue`)
  }
  return groups.map((group) => example(source, '', [...new Set(group.flatMap(({ words }) => words))], group))
}

/** A file of examples/, which may ask for assets or time in its first line: `// needs-assets long`. */
export const exampleOfFile = (source: string, text: string): Example => {
  const words = wordsOf(/^\/\/ (.*)/.exec(text)?.[1] ?? '')
  const wishes = words.length > 0 && words.every((word) => known.includes(word)) ? words : []
  return { name: source, file: source.replaceAll('/', '__'), code: text, ...wishesOf(source, wishes) }
}
