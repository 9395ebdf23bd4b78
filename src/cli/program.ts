/**
 * The command `graft` as a function of its arguments, which returns the exit code. A subcommand's modules are loaded when
 * it is run, so that help is fast.
 */
import { Command, CommanderError } from 'commander'
import type { Task } from 'fp-ts/lib/Task.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../GraftError.js'
import { version } from '../version.js'
import type { ArchesFlags } from './commands/arches.js'
import { archesProgram } from './commands/archesProgram.js'
import { complain } from './output/complain.js'
import type { CheckFlags } from './commands/check.js'
import { checkProgram } from './commands/checkProgram.js'
import type { DemoFlags } from './commands/demo.js'
import { demoProgram } from './commands/demoProgram.js'
import type { DiagramFlags } from './commands/diagram.js'
import { diagramProgram } from './commands/diagramProgram.js'
import type { EnginesFlags } from './commands/engines.js'
import type { EmbedFlags } from './commands/embed.js'
import { embedProgram } from './commands/embedProgram.js'
import { enginesProgram } from './commands/enginesProgram.js'
import type { ExportFlags } from './commands/export.js'
import { exportProgram } from './commands/exportProgram.js'
import { exitCodeOf, exitCodes, exitCodesHelp } from './output/exit.js'
import type { InterpretFlags } from './commands/interpret.js'
import { interpretProgram } from './commands/interpretProgram.js'
import type { JobFlags } from './commands/job.js'
import { jobActions, jobProgram } from './commands/jobProgram.js'
import type { JobServiceFlags } from './commands/jobService.js'
import type { LrFindFlags } from './commands/lrFind.js'
import type { PredictFlags } from './commands/predict.js'
import { predictProgram } from './commands/predictProgram.js'
import type { ServeFlags } from './commands/serve.js'
import { serveProgram } from './commands/serveProgram.js'
import type { ShowFlags } from './commands/show.js'
import { reportProgram } from './commands/reportProgram.js'
import type { ReportFlags } from './commands/report.js'
import { showProgram } from './commands/showProgram.js'
import type { SummaryFlags } from './commands/summary.js'
import { summaryProgram } from './commands/summaryProgram.js'
import type { Terminal } from './output/Terminal.js'
import type { TrainFlags } from './flags/TrainFlags.js'
import { lrFindProgram, trainProgram } from './commands/trainProgram.js'
import { typedPaths } from './flags/typedPaths.js'
import { type Called, usageError } from './usage.js'

type Run = (terminal: Terminal) => TaskEither<GraftError, number>

/** Loads and runs a subcommand that was given these flags. */
type Perform = (flags: object, load: Task<Run>) => Promise<void>

/** The subcommand that is called, for commander's errors. */
const calledIn = (program: Command, args: ReadonlyArray<string>): Called => {
  const command = program.commands.find((one) => one.name() === args[0])
  return {
    name: command === undefined ? 'graft' : `graft ${command.name()}`,
    commands: program.commands.map((one) => one.name()),
    options: (command ?? program).options.flatMap(({ long }) => long ?? []),
    required: (command?.registeredArguments ?? []).filter((one) => one.required).map((one) => one.name()),
    given: command?.args ?? []
  }
}

/** The name of an argument that is empty, for example because a script's variable is not set. */
const emptyIn = (command: Command): string | undefined => {
  const argument = command.registeredArguments.find((_, i) => [command.processedArgs[i]].flat().includes(''))
  const option = command.options.find((one) => command.getOptionValue(one.attributeName()) === '')
  return argument?.name() ?? option?.long
}

const refuseEmpty = (_: Command, command: Command): void => {
  const empty = emptyIn(command)
  if (empty !== undefined) command.error(`error: ${empty} is empty: give it a value, or leave it out`)
}

const newProgram = (): Command =>
  new Command('graft')
    .description('Vision transfer learning: cut a trained network, graft a new head on it, train it in phases.')
    .version(version)
    .exitOverride()
    .hook('preAction', refuseEmpty)
    .addHelpText(
      'after',
      `
Examples:
  graft demo                                      train, save, load and predict on generated images
  graft train photos --epochs 3 --size 128        photos/train/<class>/*, photos/valid/<class>/*
  graft check photos                              damaged files, copies, leaks between sets, before training
  graft predict graft-out/resnet18-... cat.jpg    predict the class of an image
  graft serve graft-out/resnet18-...              serve predictions over HTTP
  graft export graft-out/... --onnx net.onnx      write the trained model as ONNX
  graft interpret graft-out/resnet18-...          show what it gets wrong
  graft embed photos --out photos.npz             write the features of images
  graft report graft-out/resnet18-...             one page of everything known of a run
  graft show photos --augment trivial             a training batch, as the network sees it
  graft lr-find photos --size 128                 suggest a learning rate
  graft summary resnet18 --classes 10             show shapes and parameters
  graft diagram resnet18 --freeze                 draw the network
  graft job photos --to kubernetes --out job      write the training as a job for PyTorch
  graft arches 'resnet*'                          list architectures
  graft engines                                   list the engines that work here
${exitCodesHelp}`
    )

const addSubcommands = (program: Command, perform: Perform): void => {
  trainProgram(program).action((data: string | undefined, flags: TrainFlags) =>
    perform(flags, async () => (await import('./commands/train.js')).trainCommand(data, flags))
  )
  checkProgram(program).action((data: string, flags: CheckFlags) =>
    perform(flags, async () => (await import('./commands/check.js')).checkCommand(data, flags))
  )
  const job = jobProgram(program).action((data: string | undefined, flags: JobFlags) =>
    perform(flags, async () => (await import('./commands/job.js')).jobCommand(data, flags))
  )
  for (const [name, what] of Object.entries(jobActions) as ReadonlyArray<[keyof typeof jobActions, string]>)
    job
      .command(name)
      .description(what)
      .argument('<ID>', 'the folder of a job that was submitted, or an id of the service that --to names')
      .action((id: string, _: object, command: Command) => {
        // options that `graft job` has too are taken by it
        const flags = command.optsWithGlobals<JobServiceFlags>()
        return perform(flags, async () => (await import('./commands/jobService.js'))[`${name}Command`](id, flags))
      })
  predictProgram(program).action((model: string, images: ReadonlyArray<string>, flags: PredictFlags) =>
    perform(flags, async () => (await import('./commands/predict.js')).predictCommand(model, images, flags))
  )
  serveProgram(program).action((models: ReadonlyArray<string>, flags: ServeFlags) =>
    perform(flags, async () => (await import('./commands/serve.js')).serveCommand(models, flags))
  )
  exportProgram(program).action((model: string, flags: ExportFlags) =>
    perform(flags, async () => (await import('./commands/export.js')).exportCommand(model, flags))
  )
  interpretProgram(program).action((model: string, data: string | undefined, flags: InterpretFlags) =>
    perform(flags, async () => (await import('./commands/interpret.js')).interpretCommand(model, data, flags))
  )
  embedProgram(program).action((args: ReadonlyArray<string>, flags: EmbedFlags) =>
    perform(flags, async () => (await import('./commands/embed.js')).embedCommand(args, flags))
  )
  reportProgram(program).action((run: string, flags: ReportFlags) =>
    perform(flags, async () => (await import('./commands/report.js')).reportCommand(run, flags))
  )
  showProgram(program).action((data: string, flags: ShowFlags) =>
    perform(flags, async () => (await import('./commands/show.js')).showCommand(data, flags))
  )
  lrFindProgram(program).action((data: string, flags: LrFindFlags) =>
    perform(flags, async () => (await import('./commands/lrFind.js')).lrFindCommand(data, flags))
  )
  summaryProgram(program).action((what: string | undefined, flags: SummaryFlags) =>
    perform(flags, async () => (await import('./commands/summary.js')).summaryCommand(what, flags))
  )
  archesProgram(program).action((patterns: ReadonlyArray<string>, flags: ArchesFlags) =>
    perform(flags, async () => (await import('./commands/arches.js')).archesCommand(patterns, flags))
  )
  diagramProgram(program).action((what: string | undefined, flags: DiagramFlags) =>
    perform(flags, async () => (await import('./commands/diagram.js')).diagramCommand(what, flags))
  )
  enginesProgram(program).action((flags: EnginesFlags) =>
    perform(flags, async () => (await import('./commands/engines.js')).enginesCommand(flags))
  )
  demoProgram(program).action((flags: DemoFlags) =>
    perform(flags, async () => (await import('./commands/demo.js')).demoCommand(flags))
  )
}

/** Runs the command with the arguments after its name. */
export const runCommand =
  (terminal: Terminal) =>
  (args: ReadonlyArray<string>): Task<number> =>
  async () => {
    const report = complain(terminal, args.includes('--json'))
    let exitCode: number = exitCodes.done
    const perform: Perform = async (flags, load) => {
      const result = await (await load())(terminal)()
      if (result._tag === 'Right') {
        exitCode = result.right
        return
      }
      const error = typedPaths({ ...flags })(result.left)
      report(error)
      exitCode = exitCodeOf(error)
    }
    const program = newProgram().configureOutput({
      writeOut: (text) => {
        terminal.result(text.replace(/\n$/, ''))
      },
      writeErr: (text) => {
        terminal.note(text.replace(/\n$/, ''))
      },
      outputError: (text) => {
        report(usageError(calledIn(program, args))(text))
      }
    })
    addSubcommands(program, perform)
    try {
      await program.parseAsync(args, { from: 'user' })
      return exitCode
    } catch (cause) {
      // commander reports what it has said already by throwing
      if (cause instanceof CommanderError) return cause.exitCode === 0 ? exitCodes.done : exitCodes.usage
      terminal.note(`internal error: ${cause instanceof Error ? cause.message : String(cause)}`)
      return exitCodes.failed
    }
  }
