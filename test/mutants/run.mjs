// Prints what every mutant does to the law that guards its line: node test/mutants/run.mjs
import { endBundler, mutants, tryMutant } from './mutate.mjs'

let passed = 0
for (const mutant of mutants) {
  const { holds, killed } = await tryMutant(mutant)
  const verdict = !holds ? 'law fails unmutated' : killed ? 'killed' : 'survived'
  if (holds && killed) passed++
  console.log(`${verdict.padEnd(20)} ${mutant.group}: ${mutant.law}`)
  console.log(`${' '.repeat(20)} ${mutant.file}: ${mutant.find.trim()}  ->  ${mutant.replace.trim()}`)
}
await endBundler()
console.log(`${passed} passed, ${mutants.length - passed} failed`)
process.exitCode = passed === mutants.length ? 0 : 1
