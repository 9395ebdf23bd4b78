/** A folder of generated photographs with a fault of every kind that a check names. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { place } from './workplace.js'

/** Smooth random pixels, which look like no others: a sum of a few waves. */
export const texture = (seed: number, height = 48, width = 48): Buffer => {
  let state = (seed * 2_654_435_761) >>> 0
  const random = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
  for (let i = 0; i < 8; i++) random()
  const waves = Array.from({ length: 10 }, () => ({
    ...{ u: 4 * random() - 2, v: 4 * random() - 2, phase: 2 * Math.PI * random() },
    colour: [random(), random(), random()]
  }))
  const data = Buffer.alloc(3 * height * width)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) {
        const sum = waves.reduce(
          (so, { u, v, phase, colour }) =>
            so + colour[c]! * Math.cos(2 * Math.PI * ((u * x) / width + (v * y) / height) + phase),
          0
        )
        data[3 * (y * width + x) + c] = Math.max(0, Math.min(255, Math.round(128 + 30 * sum)))
      }
  return data
}

export const picture = (seed: number, height = 48, width = 48) =>
  sharp(texture(seed, height, width), { raw: { height, width, channels: 3 } })

const png = (seed: number, height?: number, width?: number): Promise<Buffer> =>
  picture(seed, height, width).png().toBuffer()

/** Two classes without a fault: 12 images of each to train on, 4 to validate on. */
export const faultless = async (root: string): Promise<void> => {
  for (const [k, name] of ['ant', 'bee'].entries())
    for (let i = 0; i < 16; i++)
      place(join(root, i < 12 ? 'train' : 'valid', name, `${i}.png`), await png(1 + k * 100 + i))
}

/** Files, relative to the root, by the code of the finding that is expected for them. */
export type Planted = Readonly<Record<string, ReadonlyArray<string>>>

/** Adds a fault of every kind to images without one, and says where. */
export const plantFaults = async (root: string): Promise<Planted> => {
  await faultless(root)
  const put = (name: string, bytes: Uint8Array): string => {
    place(join(root, name), bytes)
    return name
  }
  const whole = await picture(301, 96, 96).jpeg({ quality: 90 }).toBuffer()
  const wholePng = await png(302, 96, 96)
  const [copied, near, conflicting] = [await png(310), await png(320, 96, 96), await png(330)]
  const compressed = await sharp(near).resize(64, 64).jpeg({ quality: 70 }).toBuffer()
  mkdirSync(join(root, 'train/.ipynb_checkpoints'), { recursive: true })
  writeFileSync(join(root, 'train/.ipynb_checkpoints/0-checkpoint.png'), await png(340))
  for (let i = 0; i < 60; i++) place(join(root, 'train/bee', `more${i}.png`), await png(400 + i))
  for (let i = 0; i < 3; i++) place(join(root, 'train/wasp', `${i}.png`), await png(500 + i))
  place(join(root, 'valid/wasp/9.png'), await png(509))
  for (let i = 0; i < 11; i++) place(join(root, 'train/fly', `${i}.png`), await png(520 + i))
  place(join(root, 'train/bee/notes.txt'), 'where the photographs are from')
  const dim = Uint16Array.from(texture(370), (value) => value * 16)
  return {
    'empty-file': [put('train/ant/empty.png', new Uint8Array(0))],
    'truncated-image': [
      put('train/ant/cut.jpg', whole.subarray(0, whole.length >> 1)),
      put('train/ant/cut.png', wholePng.subarray(0, wholePng.length >> 1))
    ],
    'unreadable-image': [
      put('train/ant/page.jpg', Buffer.from('<!doctype html><html><body>404</body></html>')),
      put(
        'train/ant/photo.png',
        Buffer.from('....ftypheic....mif1heic', 'latin1').map((b, i) => (i < 4 ? [0, 0, 0, 24][i]! : b))
      )
    ],
    'misnamed-image': [
      put('train/ant/png.jpg', await png(350)),
      put('train/bee/jpeg.png', await picture(351).jpeg().toBuffer())
    ],
    'exif-orientation': [
      put('train/ant/turned.jpg', await picture(352).withMetadata({ orientation: 6 }).jpeg().toBuffer())
    ],
    'sixteen-bit': [
      put(
        'train/ant/deep.png',
        await sharp(
          Uint16Array.from(texture(360), (v) => v * 257),
          { raw: { height: 48, width: 48, channels: 3 } }
        )
          .toColourspace('rgb16')
          .png()
          .toBuffer()
      ),
      put(
        'train/ant/dim.png',
        await sharp(dim, { raw: { height: 48, width: 48, channels: 3 } })
          .toColourspace('rgb16')
          .png()
          .toBuffer()
      )
    ],
    'sample-range': ['train/ant/dim.png'],
    palette: [put('train/ant/palette.png', await picture(353).png({ palette: true, colours: 64 }).toBuffer())],
    'alpha-channel': [put('train/ant/alpha.png', await picture(354).ensureAlpha(0.5).png().toBuffer())],
    cmyk: [put('train/ant/cmyk.jpg', await picture(355).toColourspace('cmyk').jpeg().toBuffer())],
    'several-frames': [
      put(
        'train/ant/moving.gif',
        await sharp(Buffer.concat([texture(356), texture(357)]), {
          raw: { height: 96, width: 48, channels: 3, pageHeight: 48 }
        })
          .gif()
          .toBuffer()
      )
    ],
    'tiny-image': [put('train/ant/tiny.png', await png(358, 4, 4))],
    'huge-image': [put('train/ant/huge.png', await png(359, 500, 400))],
    'extreme-aspect-ratio': [put('train/ant/strip.png', await png(361, 20, 200))],
    leak: [put('train/ant/leak.png', copied), put('valid/ant/leaked.png', copied)],
    'near-leak': [put('train/bee/near.png', near), put('valid/bee/small.jpg', compressed)],
    duplicate: [put('train/ant/one.png', await png(362)), put('train/ant/two.png', await png(362))],
    'near-duplicate': [
      put('train/bee/bright.png', await png(363)),
      put(
        'train/bee/brighter.png',
        await sharp(await png(363))
          .modulate({ brightness: 1.08 })
          .png()
          .toBuffer()
      )
    ],
    'conflicting-labels': [put('train/ant/both.png', conflicting), put('train/bee/both.png', conflicting)],
    'class-only-in-validation': [put('valid/moth/1.png', await png(364))],
    'class-only-in-training': [],
    'tiny-class': [],
    imbalance: [],
    'hidden-entry': [
      'train/.ipynb_checkpoints',
      put('train/.DS_Store', Buffer.from('x')),
      put('train/ant/._0.png', Buffer.from([0, 5, 22, 7]))
    ],
    'not-images': []
  }
}
