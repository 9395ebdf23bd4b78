/**
 * `Html`: markup in which every text is escaped, because only these functions make it.
 *
 * @since 0.1.0
 */
import { escapeXml } from '../interpret/draw/index.js'

/**
 * Finished markup. Only the functions of this file make it.
 *
 * @category pages
 * @since 0.1.0
 */
export interface Html {
  readonly _tag: 'Html'
  readonly text: string
}

/**
 * What an element contains: text is escaped, and null is nothing.
 *
 * @category pages
 * @since 0.1.0
 */
export type Content = Html | string | number | null | ReadonlyArray<Content>

/**
 * The elements that pages use.
 *
 * @category pages
 * @since 0.1.0
 */
export type Tag =
  | 'a'
  | 'article'
  | 'b'
  | 'body'
  | 'button'
  | 'canvas'
  | 'caption'
  | 'code'
  | 'dd'
  | 'details'
  | 'div'
  | 'dl'
  | 'dt'
  | 'em'
  | 'fieldset'
  | 'figcaption'
  | 'figure'
  | 'footer'
  | 'form'
  | 'h1'
  | 'h2'
  | 'h3'
  | 'h4'
  | 'head'
  | 'header'
  | 'html'
  | 'img'
  | 'input'
  | 'label'
  | 'legend'
  | 'li'
  | 'link'
  | 'main'
  | 'meta'
  | 'meter'
  | 'nav'
  | 'ol'
  | 'option'
  | 'output'
  | 'p'
  | 'pre'
  | 'progress'
  | 'section'
  | 'select'
  | 'small'
  | 'span'
  | 'strong'
  | 'style'
  | 'summary'
  | 'table'
  | 'tbody'
  | 'td'
  | 'textarea'
  | 'tfoot'
  | 'th'
  | 'thead'
  | 'title'
  | 'tr'
  | 'ul'
  | 'video'

/** Names of attributes. None runs code (`on...`) or styles (`style`), which the pages' policy forbids. */
type AttributeName =
  | 'accept'
  | 'alt'
  | 'autoplay'
  | 'charset'
  | 'checked'
  | 'class'
  | 'colspan'
  | 'content'
  | 'decoding'
  | 'disabled'
  | 'download'
  | 'for'
  | 'height'
  | 'hidden'
  | 'href'
  | 'http-equiv'
  | 'id'
  | 'lang'
  | 'loading'
  | 'max'
  | 'maxlength'
  | 'method'
  | 'min'
  | 'multiple'
  | 'muted'
  | 'name'
  | 'open'
  | 'placeholder'
  | 'playsinline'
  | 'rel'
  | 'role'
  | 'rowspan'
  | 'scope'
  | 'selected'
  | 'src'
  | 'step'
  | 'tabindex'
  | 'title'
  | 'type'
  | 'value'
  | 'width'
  | `aria-${string}`
  | `data-${string}`

/**
 * Attributes by name: true writes the name alone, false and null leave the attribute out.
 *
 * @category pages
 * @since 0.1.0
 */
export type Attributes = { readonly [name in AttributeName]?: string | number | boolean | null }

/** Elements without content. */
const empty: ReadonlySet<Tag> = new Set<Tag>(['img', 'input', 'link', 'meta'])

const markup = (text: string): Html => ({ _tag: 'Html', text })

const contentText = (content: Content): string => {
  if (content === null) return ''
  if (typeof content === 'string') return escapeXml(content)
  if (typeof content === 'number') return String(content)
  return '_tag' in content ? content.text : content.map(contentText).join('')
}

const attributesText = (attributes: Attributes): string =>
  Object.entries(attributes)
    .map(([name, value]) => {
      if (value === null || value === false) return ''
      return value === true ? ` ${name}` : ` ${name}="${escapeXml(String(value))}"`
    })
    .join('')

/**
 * An element with attributes and content.
 *
 * @example
 * import { h } from './index.js'
 *
 * assert.strictEqual(h('p', { class: 'note', hidden: false }, 'a < b').text, '<p class="note">a &lt; b</p>')
 *
 * @category pages
 * @since 0.1.0
 */
export const h = (tag: Tag, attributes: Attributes, ...content: ReadonlyArray<Content>): Html =>
  markup(`<${tag}${attributesText(attributes)}>${empty.has(tag) ? '' : `${contentText(content)}</${tag}>`}`)

/**
 * Contents one after another, as markup.
 *
 * @example
 * import { fragment, h } from './index.js'
 *
 * assert.strictEqual(fragment(h('b', {}, 1), ' & 2').text, '<b>1</b> &amp; 2')
 *
 * @category pages
 * @since 0.1.0
 */
export const fragment = (...content: ReadonlyArray<Content>): Html => markup(contentText(content))

/**
 * Data for a script of the page, as JSON that cannot end its element.
 *
 * @example
 * import { jsonElement } from './index.js'
 *
 * assert.ok(!jsonElement({}, '</script>').text.includes('</script><'))
 *
 * @category pages
 * @since 0.1.0
 */
export const jsonElement = (attributes: Attributes, value: unknown): Html =>
  markup(
    `<script type="application/json"${attributesText(attributes)}>${JSON.stringify(value).replace(/</g, '\\u003c')}</script>`
  )

/**
 * SVG text of a renderer as part of a page: an image with a name. Its ids get a prefix, because the ids of a page must
 * differ, and the roles of its parts are dropped in favour of the name.
 *
 * @example
 * import { svgElement } from './index.js'
 *
 * const svg = '<svg xmlns="http://www.w3.org/2000/svg"><g id="a" clip-path="url(#a)"/></svg>'
 * assert.ok(svgElement('f1', 'losses', svg).text.includes('url(#f1-a)'))
 *
 * @category pages
 * @since 0.1.0
 */
export const svgElement = (prefix: string, name: string, svg: string): Html =>
  markup(
    svg
      .replace(/^[\s\S]*?<svg/, '<svg')
      .replace(/ (?:aria-[a-z]+|role|xmlns:xlink|tabindex)="[^"]*"/g, '')
      .replace(/ id="([^"]*)"/g, ` id="${prefix}-$1"`)
      .replace(/url\(#([^)]*)\)/g, `url(#${prefix}-$1)`)
      .replace(/<svg/, `<svg role="img" aria-label="${escapeXml(name)}"`)
  )

/** A script or a style sheet in the page. Its text comes from the package, never from data. */
export const assetElement = (tag: 'script' | 'style', text: string): Html => markup(`<${tag}>${text}</${tag}>`)
