/** What `npm run oracle` prints: failures, what is pending and on what, and the counts alone on the last line. */
import type { Reporter, TestCase, TestModule, TestRunEndReason } from 'vitest/node'
import { unchecked } from './run.js'

const write = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const messages = (errors: ReadonlyArray<{ readonly message: string }>): string =>
  errors.map(({ message }) => message.replaceAll('\n', '\n    ')).join('\n    ')

/** A title names its case by kind and inputs; the file is the one around it. */
const titleOf = (test: TestCase): string => test.fullName

const counted = (tests: ReadonlyArray<TestCase>, state: 'passed' | 'failed' | 'skipped'): ReadonlyArray<TestCase> =>
  tests.filter((test) => test.result().state === state && test.name !== unchecked)

const pendingLines = (tests: ReadonlyArray<TestCase>): ReadonlyArray<string> => {
  const byNote = new Map<string, ReadonlyArray<string>>()
  for (const test of tests) {
    const result = test.result()
    const note = (result.state === 'skipped' ? result.note : undefined) ?? 'pending'
    const file = test.parent.type === 'suite' ? test.parent.name : ''
    byNote.set(`${file}: ${note}`, [...(byNote.get(`${file}: ${note}`) ?? []), titleOf(test)])
  }
  return [...byNote].map(([note, titles]) => `${note} (${titles.length})`)
}

const report = (
  modules: ReadonlyArray<TestModule>,
  unhandled: ReadonlyArray<{ readonly message: string }>,
  reason: TestRunEndReason
): void => {
  const tests = modules.flatMap((module) => [...module.children.allTests()])
  const [passed, failed, pending] = [counted(tests, 'passed'), counted(tests, 'failed'), counted(tests, 'skipped')]
  const broken = [...modules.flatMap((module) => [...module.errors()]), ...unhandled]
  for (const test of failed) write(`FAILED ${titleOf(test)}\n    ${messages(test.result().errors ?? [])}`)
  for (const error of broken) write(`FAILED ${messages([error])}`)
  for (const line of pendingLines(pending)) write(line)
  for (const test of tests)
    if (test.name === unchecked && test.parent.type === 'suite') write(`${test.parent.name}: ${unchecked}`)
  if (reason === 'interrupted') write('interrupted')
  write(`${passed.length} passed, ${failed.length + broken.length} failed, ${pending.length} pending`)
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
