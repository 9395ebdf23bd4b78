/** The page at `/`: images are dropped, chosen or taken with the camera, and answers appear. Its script fills it. */
import { h, type Html, page, type PageAssets } from '../page/index.js'

const tryIt = (): Html =>
  h(
    'div',
    {},
    h(
      'form',
      { id: 'token-form', class: 'control', hidden: true },
      h('label', {}, 'Token ', h('input', { id: 'token', type: 'password', name: 'token' })),
      h('button', { type: 'submit' }, 'Use it')
    ),
    h('div', { class: 'control' }, h('label', {}, 'Model ', h('select', { id: 'model' }))),
    h(
      'div',
      { id: 'drop', class: 'drop' },
      h(
        'label',
        {},
        'Drop images here, or choose them: ',
        h('input', { id: 'images', type: 'file', accept: 'image/*', multiple: true })
      )
    ),
    h(
      'div',
      { class: 'control' },
      h('button', { id: 'camera', type: 'button', hidden: true }, 'Use the camera'),
      h('button', { id: 'take', type: 'button', hidden: true }, 'Take a picture')
    ),
    h('video', { id: 'video', hidden: true, muted: true, playsinline: true, 'aria-label': 'the camera' }),
    h('p', { id: 'status', role: 'status' }, 'Loading …')
  )

const answers = (): Html =>
  h(
    'div',
    {},
    h('div', { class: 'control' }, h('button', { id: 'clear', type: 'button' }, 'Clear')),
    h('div', { id: 'list' })
  )

const models = (): Html =>
  h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Models' },
    h(
      'table',
      {},
      h('caption', {}, 'The first model answers requests that name none.'),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ['name', 'architecture', 'task', 'input', 'classes'].map((text) => h('th', { scope: 'col' }, text))
        )
      ),
      h('tbody', { id: 'models-table' })
    )
  )

/** The document. It sends requests to its own server only. */
export const servePage = (assets: PageAssets): string =>
  page(assets)({
    title: 'graft serve',
    lead: h('span', {}, 'Predictions of trained models. ', h('a', { href: 'openapi.json' }, 'OpenAPI')),
    sections: [
      { id: 'try', title: 'Try it', content: tryIt() },
      { id: 'answers', title: 'Answers', content: answers() },
      { id: 'models', title: 'Models', content: models() }
    ],
    scripts: [assets.serving],
    policy: ["connect-src 'self'", 'img-src data: blob:']
  })
