/** The answer for one image: what is seen, with which probability, and why. */
import { element } from './element.js'
import { explanationOf, type ModelJson, type PredictionJson, predictionOf } from './requests.js'

/** The classes that are shown, the most probable first. */
const mostShown = 5

const percent = (p: number): string => `${(100 * p).toFixed(1)} %`

const note = (text: string): HTMLElement => element('p', { className: 'note error', role: 'alert' }, text)

/** A figure whose image arrives later. */
const figure = (source: Blob, caption: string): HTMLElement => {
  const image = element('img', { src: URL.createObjectURL(source), alt: caption })
  image.addEventListener('load', () => URL.revokeObjectURL(image.src))
  return element('figure', { className: 'thumb' }, image, element('figcaption', {}, caption))
}

/** Replaces the explanation beside an image. */
const explain = async (place: HTMLElement, model: ModelJson, image: Blob, name?: string): Promise<void> => {
  place.replaceChildren(element('p', {}, 'computing …'))
  const reply = await explanationOf(model.name, image, name)
  const caption = name === undefined ? 'the image with its mask' : `what ${name} depends on`
  place.replaceChildren('ok' in reply ? figure(reply.ok, caption) : note(reply.refused.text))
}

const classRows = (
  probabilities: Readonly<Record<string, number>>,
  onExplain: (name: string) => void
): ReadonlyArray<HTMLElement> =>
  Object.entries(probabilities)
    .sort(([, a], [, b]) => b - a)
    .slice(0, mostShown)
    .map(([name, p]) => {
      const button = element('button', { type: 'button', ariaLabel: `Heat map of ${name}` }, 'Heat map')
      button.addEventListener('click', () => onExplain(name))
      return element(
        'tr',
        {},
        element('th', { scope: 'row' }, name),
        element('td', {}, element('meter', { value: p, ariaLabel: `probability of ${name}` })),
        element('td', { className: 'number' }, percent(p)),
        element('td', {}, button)
      )
    })

/** A table of rows with a caption. */
const table = (caption: string, rows: ReadonlyArray<HTMLElement>): HTMLElement =>
  element('table', {}, element('caption', {}, caption), element('tbody', {}, ...rows))

const row = (name: string, value: string): HTMLElement =>
  element('tr', {}, element('th', { scope: 'row' }, name), element('td', { className: 'number' }, value))

const sharesOf = (pixels: Readonly<Record<string, number>>): ReadonlyArray<HTMLElement> => {
  const total = Object.values(pixels).reduce((a, b) => a + b, 0)
  return Object.entries(pixels)
    .filter(([, n]) => n > 0)
    .sort(([, a], [, b]) => b - a)
    .slice(0, mostShown)
    .map(([name, n]) => row(name, percent(n / total)))
}

const bytesOf = (base64: string): Blob =>
  new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], { type: 'image/png' })

/** Draws an image with rings at points, each with its number. */
const withPoints = async (
  image: Blob,
  points: ReadonlyArray<readonly [x: number, y: number]>
): Promise<HTMLElement> => {
  const bitmap = await createImageBitmap(image)
  const canvas = element('canvas', { width: bitmap.width, height: bitmap.height, role: 'img' })
  canvas.setAttribute('aria-label', 'the image with its points')
  const context = canvas.getContext('2d')
  context?.drawImage(bitmap, 0, 0)
  const radius = Math.max(2, bitmap.width / 60)
  for (const [x, y] of points)
    for (const [colour, width] of [
      ['#000', radius / 1.5],
      ['#fff', radius / 3]
    ] as const) {
      if (context === null) break
      context.strokeStyle = colour
      context.lineWidth = width
      context.beginPath()
      context.arc(x + 0.5, y + 0.5, radius, 0, 2 * Math.PI)
      context.stroke()
    }
  return canvas
}

/** The words of an answer, for its heading and for screen readers. */
const wordsOf = ({ class: name, probabilities, labels, numbers, points, pixels }: PredictionJson): string => {
  // a model that abstains names no class of its own
  const p = probabilities?.[name ?? '']
  if (name !== undefined) return p === undefined ? name : `${name}, ${percent(p)}`
  if (labels !== undefined) return labels.length === 0 ? 'no label' : labels.join(', ')
  if (numbers !== undefined) return numbers.map((n) => n.toPrecision(5)).join(', ')
  if (points !== undefined) return Object.keys(points).length === 1 ? '1 point' : `${Object.keys(points).length} points`
  return pixels === undefined ? 'an image' : 'a mask'
}

/** What is shown below the heading of an answer. */
const detailsOf = async (
  model: ModelJson,
  image: Blob,
  answer: PredictionJson,
  place: HTMLElement
): Promise<ReadonlyArray<HTMLElement>> => {
  const { probabilities, points, pixels, output } = answer
  if (probabilities !== undefined)
    return [
      table(
        'Probabilities',
        classRows(probabilities, (name) => void explain(place, model, image, name))
      )
    ]
  if (points !== undefined) {
    place.replaceChildren(await withPoints(image, Object.values(points)))
    return [
      table(
        'Points, in pixels',
        Object.entries(points).map(([name, [x, y]]) => row(name, `${x.toFixed(1)}, ${y.toFixed(1)}`))
      )
    ]
  }
  if (pixels !== undefined) {
    await explain(place, model, image)
    return [table('Share of the pixels', sharesOf(pixels))]
  }
  if (output !== undefined) place.replaceChildren(figure(bytesOf(output), 'the output of the model'))
  return []
}

/** Asks the model about an image; returns an article that says what it answers. Never rejects. */
export const answerFor = async (model: ModelJson, name: string, image: Blob): Promise<HTMLElement> => {
  const reply = await predictionOf(model.name, image)
  const seen = figure(image, name)
  if ('refused' in reply) return element('article', { className: 'answer' }, seen, note(reply.refused.text))
  const place = element('div', { className: 'explanation' })
  const words = element('h3', {}, wordsOf(reply.ok))
  try {
    const details = await detailsOf(model, image, reply.ok, place)
    return element('article', { className: 'answer' }, seen, place, element('div', {}, words, ...details))
  } catch (cause) {
    return element('article', { className: 'answer' }, seen, words, note(String(cause)))
  }
}
