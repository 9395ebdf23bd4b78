/** Images with captions, and heat maps over them. */
import type { ImagesBlock, PageImage } from '../Block.js'
import { h, type Html } from '../Html.js'

const imageHtml = ({ src, width, height, caption, heat }: PageImage): Html =>
  h(
    'figure',
    { class: 'thumb' },
    h(
      'div',
      { class: 'picture' },
      h('img', { src, width, height, alt: caption[0] ?? '', loading: 'lazy', decoding: 'async' }),
      heat === undefined ? null : h('img', { class: 'heat', src: heat, width, height, alt: '' })
    ),
    h(
      'figcaption',
      {},
      caption.map((line) => h('span', {}, line))
    )
  )

/** The slider is for the script to show: without one it would do nothing. */
const slider = h(
  'label',
  { class: 'control', hidden: true },
  'Heat map ',
  h('input', { type: 'range', class: 'heat-slider', min: 0, max: 100, value: 60 })
)

export const imagesHtml = ({ title, id, open = true, images }: ImagesBlock): Html =>
  h(
    'details',
    { class: 'images', id: id ?? null, open },
    h('summary', {}, title),
    images.some(({ heat }) => heat !== undefined) ? slider : null,
    h('div', { class: 'grid' }, images.map(imageHtml))
  )
