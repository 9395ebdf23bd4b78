// jasmine brings no types of its own; this is what is used of it
declare module 'jasmine' {
  interface SpecResult {
    readonly fullName: string
    readonly status: 'passed' | 'failed' | 'pending' | 'excluded'
    readonly failedExpectations: ReadonlyArray<{ readonly message: string }>
  }
  interface SuiteResult {
    readonly id: string
    readonly fullName: string
    readonly failedExpectations: ReadonlyArray<{ readonly message: string }>
  }
  interface Reporter {
    readonly suiteStarted?: (result: SuiteResult) => void
    readonly suiteDone?: (result: SuiteResult) => void
    readonly specStarted?: () => void
    readonly specDone?: (result: SpecResult) => void
  }
  export default class Jasmine {
    constructor(options: { readonly projectBaseDir: string })
    exitOnCompletion: boolean
    readonly env: { readonly topSuite: () => { readonly children: ReadonlyArray<{ readonly id: string }> } }
    randomizeTests(random: boolean): void
    clearReporters(): void
    addReporter(reporter: Reporter): void
    execute(): Promise<unknown>
  }
}
