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
 * import { nn } from 'graft-vision'
 * import { bodyAndHead } from './index.js'
 *
 * const network = nn.sequential(nn.named('body', nn.relu), nn.named('head', nn.numbered()))
 * assert.deepStrictEqual(bodyAndHead(network), { body: nn.relu, head: nn.numbered() })
 * assert.strictEqual(bodyAndHead(nn.relu), null)
 *
 * @since 0.1.0
 */
export const bodyAndHead = (network: Layer): { readonly body: Layer; readonly head: Layer } | null => {
  const [body, head, ...more] = inSequence(network) ?? []
  return body?.name === 'body' && head?.name === 'head' && more.length === 0
    ? { body: body.layer, head: head.layer }
    : null
}
