/**
 * Pages as pure text: a typed builder of HTML, a document with its policy and contents, and blocks, which are the parts of
 * reports as data. This room must not depend on files, servers or what is reported.
 *
 * @since 0.1.0
 */
export { type Attributes, type Content, fragment, h, type Html, jsonElement, svgElement, type Tag } from './Html.js'
export { type Asset, contentsHtml, page, type Page, type PageAssets, type PageSection, sectionHtml } from './page.js'
export type * from './Block.js'
export { blocksHtml } from './blocks/blockHtml.js'
