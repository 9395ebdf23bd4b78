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
    '| file | passed | failed | pending | fallback | refused | kernels that fell back |',
    '| --- | --: | --: | --: | --: | --: | --- |',
    ...rows
  ].join('\n')
}

/** Specs with a fallback, one entry per file. */
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

The npm package \`@tensorflow/tfjs-core\` contains its own tests. graft runs them unchanged on its \`onnxruntime\` backend, so
each operation is compared with the values that TensorFlow.js's authors expect:

\`\`\`sh
npm run conformance                      # the specs, file by file
npm run conformance -- --no-fallback     # fallbacks of kernels that have an ONNX form fail
npm run conformance -- --engine cpu      # run the specs on TensorFlow.js's cpu backend
npm run conformance -- --write-docs      # also write this page
\`\`\`

| specs | |
| --- | --: |
| total | ${passed + failed + pending} |
| pass | ${passed} |
| fail | ${failed} |
| pending in the suite itself | ${pending} |
| with a [fallback](engines.md#fallbacks): some kernel computed by the cpu backend | ${onCpu} |
| fail in addition with \`--no-fallback\`, where a kernel's ONNX form does not cover the call | ${total(refused).failed - failed} |

Known failures are listed in \`test/conformance/known.ts\`. \`npm test\` runs the suite both ways, and fails if another spec fails or
a listed one passes. Two further specs apply only to a backend named \`cpu\`.

## What fails

${listed(failures)}

## What fails without fallback

These kernels have an ONNX form that does not cover the call. With fallback, the cpu backend computes them correctly.

${listed(refusals)}

## File by file

*Fallback* counts specs in which the cpu backend computed a kernel; *refused* counts those that fail only without fallback.

${table(outcomes, refused)}

## Specs with a fallback

${specsOnCpu(outcomes)}
`
}

/** Returns the page for the outcomes of a run with fallback and one without. */
export const document = async (outcomes: ReadonlyArray<Outcome>, refused: ReadonlyArray<Outcome>): Promise<string> =>
  format(written(outcomes, refused), { ...(await resolveConfig(DOCUMENT)), parser: 'markdown' })
