#!/usr/bin/env node
/**
 * The command `graft`: parses arguments, runs a command's function and sets the exit code. A command's modules are
 * loaded when it is run, so that help is fast.
 */
import { Command, CommanderError, Option } from 'commander'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../GraftError.js'
import { version } from '../version.js'
import type { ArchesFlags } from './arches.js'
import { complain } from './complain.js'
import type { DemoFlags } from './demo.js'
import type { DiagramFlags } from './diagram.js'
import type { EnginesFlags } from './engines.js'
import type { ExportFlags } from './export.js'
import { exitCodeOf, exitCodes, exitCodesHelp } from './exit.js'
import type { InterpretFlags } from './interpret.js'
import { interpretProgram } from './interpretProgram.js'
import type { LrFindFlags } from './lrFind.js'
import { engine, json, quiet, threads } from './options.js'
import type { PredictFlags } from './predict.js'
import type { ShowFlags } from './show.js'
import { showProgram } from './showProgram.js'
import type { SummaryFlags } from './summary.js'
import { processTerminal, type Terminal } from './Terminal.js'
import type { TrainFlags } from './TrainFlags.js'
import { lrFindProgram, trainProgram } from './trainProgram.js'
import { typedPaths } from './typedPaths.js'
import { type Called, usageError } from './usage.js'

type Run = (terminal: Terminal) => TaskEither<GraftError, number>

const terminal = processTerminal()
const inJson = process.argv.includes('--json')

const perform = async (flags: object, command: Promise<Run>): Promise<void> => {
  const result = await (await command)(terminal)()
  if (result._tag === 'Right') {
    process.exitCode = result.right
    return
  }
  const error = typedPaths({ ...flags })(result.left)
  complain(terminal, inJson)(error)
  process.exitCode = exitCodeOf(error)
}

/** The command that is called, for commander's errors. */
const called = (): Called => {
  const command = program.commands.find((one) => one.name() === process.argv[2])
  return {
    name: command === undefined ? 'graft' : `graft ${command.name()}`,
    commands: program.commands.map((one) => one.name()),
    options: (command ?? program).options.flatMap(({ long }) => long ?? []),
    required: (command?.registeredArguments ?? []).filter((one) => one.required).map((one) => one.name()),
    given: command?.args ?? []
  }
}

const program = new Command('graft')
  .description('Vision transfer learning: cut a trained network, graft a new head on it, train it in phases.')
  .version(version)
  .exitOverride()
  .configureOutput({
    outputError: (text) => {
      complain(terminal, inJson)(usageError(called())(text))
    }
  })
  .addHelpText(
    'after',
    `
Examples:
  graft demo                                      train, save, load and predict on generated images
  graft train photos --epochs 3 --size 128        photos/train/<class>/*, photos/valid/<class>/*
  graft predict graft-out/resnet18-... cat.jpg    predict the class of an image
  graft export graft-out/... --onnx net.onnx      write the trained model as ONNX
  graft interpret graft-out/resnet18-...          show what it gets wrong
  graft show photos --augment trivial             a training batch, as the network sees it
  graft lr-find photos --size 128                 suggest a learning rate
  graft summary resnet18 --classes 10             show shapes and parameters
  graft diagram resnet18 --freeze                 draw the network
  graft arches 'resnet*'                          list architectures
  graft engines                                   list the engines that work here
${exitCodesHelp}`
  )

/** The name of an argument that is empty, for example because a script's variable is not set. */
const emptyIn = (command: Command): string | undefined => {
  const argument = command.registeredArguments.find((_, i) => [command.processedArgs[i]].flat().includes(''))
  const option = command.options.find((one) => command.getOptionValue(one.attributeName()) === '')
  return argument?.name() ?? option?.long
}

program.hook('preAction', (_, command) => {
  const empty = emptyIn(command)
  if (empty !== undefined) command.error(`error: ${empty} is empty: give it a value, or leave it out`)
})

trainProgram(program).action((data: string | undefined, flags: TrainFlags) =>
  perform(
    flags,
    import('./train.js').then(({ trainCommand }) => trainCommand(data, flags))
  )
)

program
  .command('predict')
  .description('Predict images: print the class and probability of each')
  .argument('<MODEL>', 'a trained model: model.safetensors, or the folder of a run or an export')
  .argument('<IMAGE...>', 'images: files, folders, quoted patterns, URLs, or - for standard input')
  .addOption(
    new Option(
      '--arch <name>',
      'MODEL is a file with the weights of this architecture: a name, or ./mine.js#export for your own'
    )
  )
  .addOption(new Option('--bs <n>', 'images per batch (default: 64)'))
  .addOption(new Option('--out <dir>', 'folder for the masks and overlays of a segmentation model (default: .)'))
  .addOption(
    new Option('--tta', 'test-time augmentation: average with the predictions of eight zoomed and flipped views')
  )
  .addOption(engine())
  .addOption(threads())
  .addOption(json())
  .addHelpText(
    'after',
    `
A segmentation model writes two files for each image and prints their names:
  NAME.mask.png      the class index of every pixel, at the image's size
  NAME.overlay.png   the image overlaid with its mask in colours
and legend.png with the colours of the classes.

An image that cannot be read is reported on stderr; the others are predicted, and the exit code is 1.

Examples:
  graft predict graft-out/resnet18-20250101-120000 cat.jpg dog.jpg
  graft predict model.safetensors photos --json
  curl -s https://example.org/cat.jpg | graft predict model.safetensors -
  graft predict weights.pth cat.jpg --arch ./mine.js#net
  graft predict graft-out/streets street.png --out masks
  graft predict model.safetensors photos/*.png --tta
${exitCodesHelp}`
  )
  .action((model: string, images: ReadonlyArray<string>, flags: PredictFlags) =>
    perform(
      flags,
      import('./predict.js').then(({ predictCommand }) => predictCommand(model, images, flags))
    )
  )

program
  .command('export')
  .description('Write a trained model to a folder, as ONNX, or both')
  .argument('<MODEL>', 'a trained model: model.safetensors, or the folder of a run or an export')
  .addOption(new Option('--out <dir>', 'folder for model.safetensors, which graft predict can read'))
  .addOption(
    new Option('--onnx [file]', "write ONNX to this file (default: model.onnx in the model's folder or in --out)")
  )
  .addOption(
    new Option(
      '--arch <name>',
      'MODEL is a file with the weights of this architecture: a name, or ./mine.js#export for your own'
    )
  )
  .addOption(new Option('--activation', "append the loss's activation, to output probabilities instead of raw outputs"))
  .addOption(new Option('--weights-beside', 'write the weights to a second file (always done from 2 GiB on)'))
  .addOption(json())
  .addHelpText(
    'after',
    `
Prints the files written. The ONNX input is [batch, channels, height, width], with the image size of the training.

Examples:
  graft export graft-out/resnet18-20250101-120000 --out pets --onnx
  graft export graft-out/resnet18-20250101-120000 --onnx model.onnx
  graft export model.safetensors --onnx model.onnx --activation --weights-beside
  graft export weights.pth --onnx net.onnx --arch ./mine.js#net
${exitCodesHelp}`
  )
  .action((model: string, flags: ExportFlags) =>
    perform(
      flags,
      import('./export.js').then(({ exportCommand }) => exportCommand(model, flags))
    )
  )

interpretProgram(program).action((model: string, data: string | undefined, flags: InterpretFlags) =>
  perform(
    flags,
    import('./interpret.js').then(({ interpretCommand }) => interpretCommand(model, data, flags))
  )
)

showProgram(program).action((data: string, flags: ShowFlags) =>
  perform(
    flags,
    import('./show.js').then(({ showCommand }) => showCommand(data, flags))
  )
)

lrFindProgram(program).action((data: string, flags: LrFindFlags) =>
  perform(
    flags,
    import('./lrFind.js').then(({ lrFindCommand }) => lrFindCommand(data, flags))
  )
)

program
  .command('summary')
  .description('Show the layers, shapes, parameters and groups of a model')
  .argument(
    '[MODEL]',
    'an architecture, ./mine.js#export, a model as JSON, a trained model, or a run (default: resnet18)'
  )
  .addOption(
    new Option(
      '--arch <name>',
      'the architecture; for a model as JSON, ./mine.js#export is an architecture that it may name'
    )
  )
  .addOption(new Option('--classes <n>', 'add a head for this many classes (default for a model as JSON: 2)'))
  .addOption(new Option('--size <pixels>', "side of the images (default: the architecture's, or the trained model's)"))
  .addOption(json())
  .addHelpText(
    'after',
    `
Examples:
  graft summary resnet18
  graft summary squeezenet1_1 --classes 10 --size 128
  graft summary graft-out/resnet18-20250101-120000
${exitCodesHelp}`
  )
  .action((what: string | undefined, flags: SummaryFlags) =>
    perform(
      flags,
      import('./summary.js').then(({ summaryCommand }) => summaryCommand(what, flags))
    )
  )

program
  .command('arches')
  .description('List architectures: parameters, FLOPs, cut, groups, input, published weights')
  .argument('[PATTERN...]', 'names, with * and ? as in a shell, or ./mine.js#export for your own (default: all)')
  .addOption(json())
  .addHelpText(
    'after',
    `
FLOPs are those of a forward pass of the whole network for one image of the architecture's size, 2 per multiply-add.
The cut "pool" is the default: before the last child that is or contains a pooling layer.

Examples:
  graft arches
  graft arches 'resnet*' 'vgg*_bn'
  graft arches ./mine.js#net --json
${exitCodesHelp}`
  )
  .action((patterns: ReadonlyArray<string>, flags: ArchesFlags) =>
    perform(
      flags,
      import('./arches.js').then(({ archesCommand }) => archesCommand(patterns, flags))
    )
  )

program
  .command('diagram')
  .description('Draw a network: its cut, its head, shapes, groups, frozen layers')
  .argument(
    '[MODEL]',
    'an architecture, ./mine.js#export, a model as JSON, a trained model, or a run (default: --arch, or resnet18)'
  )
  .addOption(
    new Option(
      '--arch <name>',
      'the architecture; for a model as JSON, ./mine.js#export is an architecture that it may name'
    )
  )
  .addOption(new Option('--head <kind>', 'head of an architecture: classifier (default), unet or none'))
  .addOption(new Option('--classes <n>', 'number of classes of that head, or of a model as JSON (default: 2)'))
  .addOption(new Option('--freeze', 'freeze the body of an architecture'))
  .addOption(new Option('--size <pixels>', "side of the images (default: the architecture's, or the trained model's)"))
  .addOption(
    new Option('--depth <n>', 'levels of detail: 1 for stages, 2 for blocks (default), ..., all for every layer')
  )
  .addOption(new Option('--out <file>', 'file to write: .svg, .png, .dot or .json (default: graft-out/<name>.svg)'))
  .addOption(json())
  .addHelpText(
    'after',
    `
Prints the file written.

Examples:
  graft diagram resnet18 --freeze
  graft diagram resnet34 --head unet --depth 1 --out unet.png
  graft diagram densenet121 --head none --depth all
  graft diagram graft-out/resnet18-20250101-120000
${exitCodesHelp}`
  )
  .action((what: string | undefined, flags: DiagramFlags) =>
    perform(
      flags,
      import('./diagram.js').then(({ diagramCommand }) => diagramCommand(what, flags))
    )
  )

program
  .command('engines')
  .description('List the engines: whether each works on this machine, and if not, why and what to do')
  .addOption(new Option('--install', "download the default engine's library from the npm registry if it is missing"))
  .addOption(
    new Option(
      '--tune',
      'measure how fast this machine computes convolutions, so that the default engine chooses the fastest algorithms; takes minutes on an otherwise idle machine'
    ).conflicts(['install', 'untune'])
  )
  .addOption(new Option('--untune', 'remove what --tune measured').conflicts(['install']))
  .addOption(new Option('--threads <n>', 'number of threads to tune for (default: one per physical core)'))
  .addOption(new Option('--kernels', 'list every kernel: mapped, or a fallback to the cpu engine'))
  .addOption(json())
  .addHelpText(
    'after',
    `\nExamples:\n  graft engines\n  graft engines --install\n  graft engines --tune\n  graft engines --kernels\n${exitCodesHelp}`
  )
  .action((flags: EnginesFlags) =>
    perform(
      flags,
      import('./engines.js').then(({ enginesCommand }) => enginesCommand(flags))
    )
  )

program
  .command('demo')
  .description(
    'Train resnet18 on generated threes and sevens, save it, load it, predict an image, and plot its mistakes'
  )
  .addOption(new Option('--n <images>', 'number of training images, at least 64 (default: 12396)'))
  .addOption(new Option('--out <dir>', 'the directory of the run (default: graft-out/<arch>-<time>)'))
  .addOption(quiet())
  .addOption(json())
  .addHelpText('after', `\nExamples:\n  graft demo\n  graft demo --n 640 --out here\n${exitCodesHelp}`)
  .action((flags: DemoFlags) =>
    perform(
      flags,
      import('./demo.js').then(({ demoCommand }) => demoCommand(flags))
    )
  )

try {
  await program.parseAsync()
} catch (cause) {
  // commander reports what it has said already by throwing
  if (cause instanceof CommanderError) process.exitCode = cause.exitCode === 0 ? exitCodes.done : exitCodes.usage
  else {
    terminal.note(`internal error: ${cause instanceof Error ? cause.message : String(cause)}`)
    process.exitCode = exitCodes.failed
  }
}
