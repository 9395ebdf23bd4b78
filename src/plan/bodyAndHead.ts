/**
 * Access to the body and the head of a planned network.
 *
 * @since 0.1.0
 */
import { inSequence, type Layer } from '../model/index.js'

/**
 * The body and the head of a network; null for a whole architecture, and for a head that contains its body, as a
 * U-Net's does.
 *
 * @example
 * import { bodyAndHead, named, numbered, relu, sequential } from 'graft-vision'
 *
 * const network = sequential(named('body', relu), named('head', numbered()))
 * assert.deepStrictEqual(bodyAndHead(network), { body: relu, head: numbered() })
 * assert.strictEqual(bodyAndHead(relu), null)
 *
 * @since 0.1.0
 */
export const bodyAndHead = (network: Layer): { readonly body: Layer; readonly head: Layer } | null => {
  const [body, head, ...more] = inSequence(network) ?? []
  return body?.name === 'body' && head?.name === 'head' && more.length === 0
    ? { body: body.layer, head: head.layer }
    : null
}
