/** The arguments and help of `graft predict`. */
import { type Command, Option } from 'commander'
import { exitCodesHelp } from '../output/exit.js'
import { engine, json, threads } from '../flags/options.js'

export const predictProgram = (program: Command): Command =>
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
    .addOption(
      new Option(
        '--out <dir>',
        'folder for the masks and overlays of a segmentation model (default: .), or images with their points drawn'
      )
    )
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
