/** What `npm run oracle` prints: failures, what is pending and on what, and the counts alone on the last line. */
import type { Reporter, TestCase, TestModule, TestRunEndReason } from 'vitest/node'
import { unchecked } from './Comparison.js'

const write = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const messages = (errors: ReadonlyArray<{ readonly message: string }>): string =>
  errors.map(({ message }) => message.replaceAll('\n', '\n    ')).join('\n    ')

const counted = (tests: ReadonlyArray<TestCase>, state: 'passed' | 'failed' | 'skipped'): ReadonlyArray<TestCase> =>
  tests.filter((test) => test.result().state === state && test.name !== unchecked)

const fileOf = (test: TestCase): string => (test.parent.type === 'suite' ? test.parent.name : '')

/** How many cases of a file wait for the same thing. */
const pendingLines = (tests: ReadonlyArray<TestCase>): ReadonlyArray<string> => {
  const counts = new Map<string, number>()
  for (const test of tests) {
    const result = test.result()
    const line = `${fileOf(test)}: ${(result.state === 'skipped' ? result.note : undefined) ?? 'pending'}`
    counts.set(line, (counts.get(line) ?? 0) + 1)
  }
  return [...counts].map(([line, n]) => `${line} (${n})`)
}

const report = (
  modules: ReadonlyArray<TestModule>,
  unhandled: ReadonlyArray<{ readonly message: string }>,
  reason: TestRunEndReason
): void => {
  const tests = modules.flatMap((module) => [...module.children.allTests()])
  const [passed, failed, pending] = [counted(tests, 'passed'), counted(tests, 'failed'), counted(tests, 'skipped')]
  const broken = [...modules.flatMap((module) => [...module.errors()]), ...unhandled]
  for (const test of failed) write(`FAILED ${test.fullName}\n    ${messages(test.result().errors ?? [])}`)
  for (const error of broken) write(`FAILED ${messages([error])}`)
  for (const line of pendingLines(pending)) write(line)
  const without = tests.filter((test) => test.name === unchecked)
  for (const test of without) write(`${fileOf(test)}: ${unchecked}`)
  if (reason === 'interrupted') write('interrupted')
  write(
    `${passed.length} passed, ${failed.length + broken.length} failed, ${pending.length} pending, ${without.length} without a check`
  )
}

export default class OracleReporter implements Reporter {
  onTestRunEnd(
    modules: ReadonlyArray<TestModule>,
    unhandled: ReadonlyArray<{ readonly message: string }>,
    reason: TestRunEndReason
  ): void {
    report(modules, unhandled, reason)
  }
}
