/**
 * `page`: a whole document in one string. It loads nothing, and its policy allows only its own scripts and style.
 *
 * @since 0.1.0
 */
import { type Content, assetElement, fragment, h, type Html } from './Html.js'

/**
 * A script or a style sheet, and the SHA-256 of its text in base64, by which the policy allows it.
 *
 * @category pages
 * @since 0.1.0
 */
export interface Asset {
  readonly text: string
  readonly sha256: string
}

/**
 * What every page contains: the style sheet, and the script that sorts tables, opens images and moves sliders.
 * `pageAssets` of the room `io` reads them.
 *
 * @category pages
 * @since 0.1.0
 */
export interface PageAssets {
  readonly style: Asset
  readonly script: Asset
  /** The script of the page of `graft serve`, in addition. */
  readonly serving: Asset
}

/**
 * A part of a page, with an entry in its table of contents.
 *
 * @category pages
 * @since 0.1.0
 */
export interface PageSection {
  /** Unique in the page: letters, digits and dashes. */
  readonly id: string
  readonly title: string
  readonly content: Html
}

/**
 * A document.
 *
 * @category pages
 * @since 0.1.0
 */
export interface Page {
  readonly title: string
  /** Below the title. */
  readonly lead?: Content
  readonly sections: ReadonlyArray<PageSection>
  /** Scripts after that of all pages; default: none. */
  readonly scripts?: ReadonlyArray<Asset>
  /** Additional directives of the policy, such as `connect-src 'self'`; default: none, and no request is allowed. */
  readonly policy?: ReadonlyArray<string>
  /** At the end of the page; default: none. */
  readonly footer?: Content
}

const policyOf = ({ style }: PageAssets, scripts: ReadonlyArray<Asset>, { policy = [] }: Page): string =>
  [
    "default-src 'none'",
    // later directives of the same name would be ignored: one for each
    ...(policy.some((directive) => directive.startsWith('img-src')) ? [] : ['img-src data:']),
    `style-src 'sha256-${style.sha256}'`,
    `script-src ${scripts.map(({ sha256 }) => `'sha256-${sha256}'`).join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    ...policy
  ].join('; ')

/**
 * A section of a page, as it stands in the document; the live page replaces sections by their id.
 *
 * @example
 * import { h, sectionHtml } from './index.js'
 *
 * const { text } = sectionHtml({ id: 'data', title: 'Data', content: h('p', {}, '12 images') })
 * assert.ok(text.startsWith('<section id="data" aria-labelledby="data-title">'))
 *
 * @category pages
 * @since 0.1.0
 */
export const sectionHtml = ({ id, title, content }: PageSection): Html =>
  h('section', { id, 'aria-labelledby': `${id}-title` }, h('h2', { id: `${id}-title` }, title), content)

/** The table of contents. */
export const contentsHtml = (sections: ReadonlyArray<Pick<PageSection, 'id' | 'title'>>): Html =>
  h(
    'ul',
    {},
    sections.map(({ id, title }) => h('li', {}, h('a', { href: `#${id}` }, title)))
  )

/**
 * A document as HTML text: title, table of contents, sections. It is readable without its script, in light and dark,
 * on paper, on narrow screens, and by screen readers.
 *
 * @example
 * import { h, page } from './index.js'
 *
 * const empty = { text: '', sha256: 'a' }
 * const assets = { style: empty, script: empty, serving: empty }
 * const sections = [{ id: 'data', title: 'Data', content: h('p', {}, '12 images') }]
 * const html = page(assets)({ title: 'R&D', sections })
 * assert.ok(html.startsWith('<!doctype html>') && html.includes('<title>R&amp;D</title>'))
 * assert.ok(html.includes('default-src'))
 *
 * @category pages
 * @since 0.1.0
 */
export const page =
  (assets: PageAssets) =>
  (p: Page): string => {
    const { title, lead = null, sections, footer = null } = p
    const scripts = [assets.script, ...(p.scripts ?? [])]
    const head = h(
      'head',
      {},
      h('meta', { charset: 'utf-8' }),
      h('meta', { 'http-equiv': 'Content-Security-Policy', content: policyOf(assets, scripts, p) }),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('meta', { name: 'color-scheme', content: 'light dark' }),
      h('meta', { name: 'referrer', content: 'no-referrer' }),
      // no request for /favicon.ico
      h('link', { rel: 'icon', href: 'data:,' }),
      h('title', {}, title),
      assetElement('style', assets.style.text)
    )
    const body = h(
      'body',
      {},
      h('a', { class: 'skip', href: '#content' }, 'Skip to content'),
      h(
        'header',
        {},
        h('h1', {}, title),
        h('button', { id: 'theme', type: 'button', hidden: true }, 'Dark'),
        lead === null ? null : h('div', { class: 'lead' }, lead)
      ),
      h('nav', { 'aria-label': 'Contents', id: 'contents' }, contentsHtml(sections)),
      h('main', { id: 'content', tabindex: -1 }, sections.map(sectionHtml)),
      footer === null ? null : h('footer', {}, footer),
      scripts.map(({ text }) => assetElement('script', text))
    )
    return `<!doctype html>\n${fragment(h('html', { lang: 'en' }, head, body)).text}\n`
  }
