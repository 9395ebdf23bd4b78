import { format, resolveConfig } from 'prettier'
import { counted, total } from './counts.js'
import { failures, refusals, type Known } from './known.js'
import type { Outcome } from './Outcome.js'

export const DOCUMENT = 'docs/conformance.md'

const listed = (known: ReadonlyArray<Known>): string =>
  known.map(({ reason, specs }) => `${reason}\n\n${specs.map((spec) => `- \`${spec}\``).join('\n')}`).join('\n\n')

const table = (outcomes: ReadonlyArray<Outcome>, refused: ReadonlyArray<Outcome>): string => {
  const refusedIn = new Map(counted(refused).map(({ file, failed }) => [file, failed]))
  const rows = counted(outcomes).map(
    ({ file, passed, failed, pending, onCpu, fallbacks }) =>
      `| ${file} | ${passed} | ${failed} | ${pending} | ${onCpu} | ${(refusedIn.get(file) ?? 0) - failed} | ${fallbacks.join(', ')} |`
  )
  return [
    '| file | passed | failed | pending | with a kernel on the cpu | refused | kernels on the cpu |',
    '| --- | --: | --: | --: | --: | --: | --- |',
    ...rows
  ].join('\n')
}

/** The specs in which the cpu package computed something, a file an entry. */
const specsOnCpu = (outcomes: ReadonlyArray<Outcome>): string => {
  const having = outcomes.filter(({ fallbacks }) => fallbacks.length > 0)
  return [...new Set(having.map(({ file }) => file))]
    .toSorted()
    .map((file) => {
      const names = having.filter((o) => o.file === file).map(({ name }) => `\`${name}\``)
      return `- **${file}**: ${names.join(', ')}`
    })
    .join('\n')
}

const written = (outcomes: ReadonlyArray<Outcome>, refused: ReadonlyArray<Outcome>): string => {
  const { passed, failed, pending, onCpu } = total(outcomes)
  return `# Conformance

\`@tensorflow/tfjs-core\` ships its own tests in its npm package. They are run on the \`onnxruntime\` backend as they are,
each operation against the numbers that its authors wrote down:

\`\`\`sh
npm run conformance                      # the specs, file by file
npm run conformance -- --no-fallback     # a kernel that has an ONNX form never falls back on the cpu package's
npm run conformance -- --engine cpu      # the cpu package's own backend
npm run conformance -- --write-docs      # and write this page
\`\`\`

Of ${passed + failed + pending} specs ${passed} pass, ${failed} fail and ${pending} are pending in the suite itself. In ${onCpu} the cpu package's kernels
computed something: kernels without an ONNX form, and calls that a form does not cover. With that second sort refused,
${total(refused).failed - failed} more fail. What is known to fail is data, in \`test/conformance/known.ts\`; \`npm test\` runs both ways and
fails when another spec fails, and when one of these passes. Two specs more are for a backend named \`cpu\` alone.

## What fails

${listed(failures)}

## What fails when fallback is refused

Kernels that have an ONNX form, in calls that it does not cover. The cpu package's kernels compute them, and rightly.

${listed(refusals)}

## File by file

*With a kernel on the cpu* counts specs, *refused* those that fail only when fallback is refused.

${table(outcomes, refused)}

## Specs with a kernel on the cpu

${specsOnCpu(outcomes)}
`
}

/** The page, from a run with fallback and one without. */
export const document = async (outcomes: ReadonlyArray<Outcome>, refused: ReadonlyArray<Outcome>): Promise<string> =>
  format(written(outcomes, refused), { ...(await resolveConfig(DOCUMENT)), parser: 'markdown' })
