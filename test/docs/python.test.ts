// The Python program of docs/export.md, where PYTHON names a Python with numpy, onnxruntime and pillow.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import sharp from 'sharp'
import { arch, digits, imagenetStats, nn, normalise, type Resize, withExact, withResize, withSize } from 'graft-vision'
import { cnnLearner, exportOnnx, openData, predictAll, predictorOf, withNodeEnv } from 'graft-vision/node'
import { describe, expect, it } from 'vitest'
import { right, workplace } from '../io/workplace.js'
import { fencesOf } from './extraction.js'

const folder = workplace()
const python = process.env['PYTHON']
const page = readFileSync(new URL('../../docs/export.md', import.meta.url), 'utf8')
const [program] = fencesOf(page).filter(({ language }) => language === 'python')

const sides = [
  [41, 57],
  [57, 41],
  [33, 33],
  [20, 31],
  [97, 35]
] as const

/** A picture that is wrong all over when it is a pixel off. */
const drawn = async (height: number, width: number, i: number): Promise<string> => {
  const file = join(folder, `${i}.png`)
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
  await sharp({ create: { height, width, channels: 3, background: 'black', noise } })
    .blur(0.8)
    .png()
    .toFile(file)
  return file
}

const net = arch({
  name: 'net',
  network: nn.sequential(
    nn.named('conv', nn.conv2d(3, 8, 5, { stride: 2 })),
    nn.relu,
    nn.named('pool', nn.maxPool2d(2))
  )
})

describe('the Python program of docs/export.md', () => {
  it.for(['crop', 'pad', 'squish'] as const)(
    'says what graft says of a picture (%s)',
    async (resize: Resize, { skip }) => {
      skip(python === undefined, 'PYTHON is unset')
      const files = await Promise.all(sides.map(([h, w], i) => drawn(h, w, i)))
      const model = join(folder, `${resize}.onnx`)
      const predicted = right(
        await withNodeEnv({ engine: 'onnxruntime' })(
          pipe(
            openData(
              pipe(
                digits({ n: 16, path: join(folder, 'digits') }),
                withSize(32),
                withResize(resize),
                withExact(true),
                normalise(imagenetStats)
              )
            ),
            RTE.chainW((data) => cnnLearner(data, net, { linFtrs: [] })),
            RTE.map(predictorOf),
            RTE.chainFirstW(exportOnnx(model, { activation: true })),
            RTE.chainW(predictAll(files))
          )
        )()
      )
      const script = join(folder, 'predict.py')
      writeFileSync(script, program!.lines.join('\n'))
      const { stdout, stderr } = spawnSync(python!, [script, model, ...files], { encoding: 'utf8' })
      const said = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { readonly image: string; readonly outputs: ReadonlyArray<number> })
      expect(said, stderr).toHaveLength(files.length)
      for (const [i, { probabilities }] of predicted.entries())
        for (const [c, p] of probabilities.entries()) expect(Math.abs(p - said[i]!.outputs[c]!)).toBeLessThan(1e-3)
    }
  )
})
