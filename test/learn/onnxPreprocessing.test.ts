// How pictures are prepared for a prediction, and that an ONNX file says so.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { arch, classification, imagenetStats, imageRegression, nn, plan, segmentation, type Task } from 'graft-vision'
import { dataError } from '../../src/data/index.js'
import { Engine, exportOnnx, Io, predict, predictMask, type Predictor } from 'graft-vision/node'
import { describe, expect, it } from 'vitest'
import { right, workplace } from '../io/workplace.js'
import { envWith } from './tiny.js'

const folder = workplace()
const planned = right(
  plan({ input: [3, 8, 8] })(arch({ name: 'net', network: nn.sequential(nn.named('conv', nn.conv2d(3, 2, 1))) }))
)

const predictor = (task: Task, decoding = Io.defaultDecoding): Predictor => ({
  plan: planned,
  state: Engine.initialState(planned, 1),
  task,
  stats: imagenetStats,
  resize: 'crop',
  decoding,
  activation: 'identity'
})

/** A string-to-string entry of a protobuf message: the key's field, the value's field, its length, and the value. */
const metadataOf = async (p: Predictor, key: string): Promise<string | undefined> => {
  const file = join(folder, 'model.onnx')
  right(await exportOnnx(file)(p)({ files: Io.nodeFiles })())
  const text = readFileSync(file, 'latin1')
  const at = text.indexOf(`${key}\x12`)
  if (at < 0) return undefined
  const start = at + key.length + 2
  return text.slice(start, start + text.charCodeAt(start - 1))
}

describe('the metadata of an ONNX file', () => {
  it.each<[Task, string]>([
    [classification(['a', 'b']), 'crop'],
    [segmentation(['a', 'b']), 'squish'],
    [imageRegression(3), 'squish']
  ])('say how a picture is resized for %j: %s', async (task, resize) => {
    expect(await metadataOf(predictor(task), 'resize')).toBe(resize)
  })

  it('say how files are decoded', async () => {
    const decoding = {
      colour: 'convert',
      orientation: 'ignore',
      range: O.some([0, 4095] as const),
      exact: true
    } as const
    const p = predictor(classification(['a', 'b']), decoding)
    expect(await metadataOf(p, 'colour')).toBe('convert')
    expect(await metadataOf(p, 'orientation')).toBe('ignore')
    expect(await metadataOf(p, 'exact')).toBe('true')
    expect(await metadataOf(p, 'range')).toBe('[0,4095]')
  })
})

describe('a prediction', () => {
  it.each([
    ['a class', predict, classification(['a', 'b'])],
    ['a mask', predictMask, segmentation(['a', 'b'])]
  ] as const)('of %s decodes a picture as the training did', async (_, ask, task) => {
    const decoding = { ...Io.defaultDecoding, orientation: 'ignore', exact: true } as const
    const seen: Array<Io.DecodeOptions['decoding']> = []
    const env = await envWith('cpu')
    const images = {
      ...env.images,
      decode: (name: string, __: Uint8Array, how: Io.DecodeOptions) => {
        seen.push(how.decoding)
        return TE.left(dataError.unreadableImage(name, 'a picture', 'none', 'pass one'))
      }
    }
    await ask(Uint8Array.of(1))(predictor(task, decoding))({ ...env, images })()
    expect(seen).toEqual([decoding])
  })
})
