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
    .addOption(
      new Option(
        '--preprocessing <where>',
        'outside (default), or in-graph: the ONNX model takes 8-bit pixels of any size, and scales and normalises them itself'
      )
    )
    .addOption(
      new Option(
        '--reference <images>',
        "with --preprocessing in-graph: a file, folder or pattern of images, written with graft's scores and programs that check the model"
      )
    )
    .addOption(
      new Option('--calibrate', 'fit a temperature on the validation set, for probabilities that can be relied on')
    )
    .addOption(
      new Option(
        '--abstain [how]',
        'answer "none of these" where unsure: probability, energy or knn, and the share of validation images to answer (default: probability:0.95)'
      )
    )
    .addOption(new Option('--data <data>', "data to calibrate on (default: the run's)"))
    .addOption(json())
    .addHelpText(
      'after',
      `
Prints the files written. The ONNX input is [batch, channels, height, width], with the image size of the training.

Examples:
  graft export graft-out/resnet18-20250101-120000 --out pets --onnx
  graft export graft-out/resnet18-20250101-120000 --onnx model.onnx
  graft export model.safetensors --onnx model.onnx --activation --weights-beside
  graft export graft-out/pets --out pets --onnx --activation --preprocessing in-graph --reference photos/valid
  graft export graft-out/pets --out pets --calibrate --abstain energy:0.95
  graft export weights.pth --onnx net.onnx --arch ./mine.js#net
${exitCodesHelp}`
    )
