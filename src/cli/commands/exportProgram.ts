/** The arguments and help of `graft export`. */
import { type Command, Option } from 'commander'
import { exitCodesHelp } from '../output/exit.js'
import { json } from '../flags/options.js'

export const exportProgram = (program: Command): Command =>
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
    .addOption(
      new Option('--activation', "append the loss's activation, to output probabilities instead of raw outputs")
    )
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
