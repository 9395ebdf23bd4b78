/**
 * Paths of layers: names joined by dots.
 *
 * @since 0.1.0
 */
/**
 * Joins a path and a name with a dot. The empty path is the network itself; a null name adds nothing.
 *
 * @example
 * import { join } from './index.js'
 *
 * assert.deepStrictEqual([join('body.layer1', '0'), join('', 'fc'), join('body', null)], ['body.layer1.0', 'fc', 'body'])
 *
 * @since 0.1.0
 */
export const join = (path: string, name: string | null): string =>
  name === null ? path : path === '' ? name : `${path}.${name}`

/**
 * The path of a parameter or buffer of the layer at `path`; an array without a name has its layer's own path.
 *
 * @example
 * import { arrayPath } from './index.js'
 *
 * assert.deepStrictEqual([arrayPath('body.fc', 'weight'), arrayPath('cls_token', '')], ['body.fc.weight', 'cls_token'])
 *
 * @since 0.1.0
 */
export const arrayPath = (path: string, name: string): string => (name === '' ? path : `${path}.${name}`)

/**
 * Returns whether `path` is `start` or below it. Everything is below the empty path.
 *
 * @example
 * import { isUnder } from './index.js'
 *
 * const paths = ['layer1', 'layer1.0.conv1', 'layer1.0/relu', 'layer10.0.conv1']
 * assert.deepStrictEqual(paths.filter(isUnder('layer1')), ['layer1', 'layer1.0.conv1', 'layer1.0/relu'])
 *
 * @since 0.1.0
 */
export const isUnder =
  (start: string) =>
  (path: string): boolean =>
    start === '' || path === start || path.startsWith(`${start}.`) || path.startsWith(`${start}/`)
