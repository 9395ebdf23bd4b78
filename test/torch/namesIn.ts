import { readFileSync } from 'node:fs'

/** The names in a table of the Python program: the keys of a dictionary at the top of a file, one a line. */
export const namesIn = (file: string, table: string): ReadonlyArray<string> => {
  const text = readFileSync(new URL(`../../src/graft_torch/${file}`, import.meta.url), 'utf8')
  const [, rows = ''] = new RegExp(`^${table}: .* = \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(text) ?? []
  return [...rows.matchAll(/^ {4}"(\w+)":/gm)].map(([, name]) => name!).sort()
}
