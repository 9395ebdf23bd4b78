/**
 * From a file's keys to an architecture's: what wrappers put before every key, and what timm and older files call
 * otherwise. All of it is data; a key that the architecture knows is never renamed.
 */

/** Put before every key by DataParallel, by torch.compile, and by those who keep a network under a word. */
export const wrappers: ReadonlyArray<string> = ['module.', '_orig_mod.', 'model.']

/** Another name for keys: what `from` matches becomes `to`. It counts where it leads to a key of the architecture. */
export interface KeyRule {
  readonly from: RegExp
  readonly to: string
}

/** timm's inverted residuals of a stage, each under torchvision's number. */
const inverted = (stage: number, block: number, feature: number): ReadonlyArray<KeyRule> =>
  [
    ['conv_pw', 'conv.0.0'],
    ['bn1', 'conv.0.1'],
    ['conv_dw', 'conv.1.0'],
    ['bn2', 'conv.1.1'],
    ['conv_pwl', 'conv.2'],
    ['bn3', 'conv.3']
  ].map(([from, to]) => ({
    from: new RegExp(`^blocks\\.${stage}\\.${block}\\.${from}\\.`),
    to: `features.${feature}.${to}.`
  }))

/** Blocks in each of mobilenet_v2's stages after the first (Sandler et al. 2018, table 2). */
const invertedCounts = [2, 3, 4, 3, 3, 1]

const mobilenet: ReadonlyArray<KeyRule> = [
  { from: /^conv_stem\./, to: 'features.0.0.' },
  { from: /^bn1\./, to: 'features.0.1.' },
  { from: /^blocks\.0\.0\.conv_dw\./, to: 'features.1.conv.0.0.' },
  { from: /^blocks\.0\.0\.bn1\./, to: 'features.1.conv.0.1.' },
  { from: /^blocks\.0\.0\.conv_pw\./, to: 'features.1.conv.1.' },
  { from: /^blocks\.0\.0\.bn2\./, to: 'features.1.conv.2.' },
  ...invertedCounts.flatMap((count, i) =>
    Array.from({ length: count }, (_, block) =>
      inverted(i + 1, block, 2 + invertedCounts.slice(0, i).reduce((a, b) => a + b, 0) + block)
    ).flat()
  ),
  { from: /^conv_head\./, to: 'features.18.0.' },
  { from: /^bn2\./, to: 'features.18.1.' },
  { from: /^classifier\./, to: 'classifier.1.' }
]

/** timm's vgg keeps its first two linear layers as convolutions over all of 7×7, with the same numbers. */
const vgg: ReadonlyArray<KeyRule> = [
  { from: /^pre_logits\.fc1\./, to: 'classifier.0.' },
  { from: /^pre_logits\.fc2\./, to: 'classifier.3.' },
  { from: /^head\.fc\./, to: 'classifier.6.' }
]

/** torchvision's densenet until its layers' names lost a dot. */
const densenet: ReadonlyArray<KeyRule> = [{ from: /(\.denselayer\d+\.(?:norm|conv))\.([12]\.)/, to: '$1$2' }]

export const keyRules: ReadonlyArray<KeyRule> = [...mobilenet, ...vgg, ...densenet]

const withoutWrappers = (keys: ReadonlyArray<string>, known: ReadonlySet<string>): ReadonlyArray<string> => {
  const wrapper =
    keys.some((key) => known.has(key)) || keys.length === 0
      ? undefined
      : wrappers.find((prefix) => keys.every((key) => key.startsWith(prefix)))
  return wrapper === undefined
    ? keys
    : withoutWrappers(
        keys.map((key) => key.slice(wrapper.length)),
        known
      )
}

const renamed = (key: string, known: ReadonlySet<string>): string =>
  known.has(key)
    ? key
    : (keyRules.map(({ from, to }) => key.replace(from, to)).find((other) => other !== key && known.has(other)) ?? key)

/** Each of a file's keys as the architecture, which knows these, calls it. */
export const archKeysOf = (
  keys: Iterable<string>,
  known: ReadonlySet<string>
): ReadonlyArray<readonly [string, string]> => {
  const all = [...keys]
  const bare = withoutWrappers(all, known)
  return all.map((key, i) => [key, renamed(bare[i]!, known)])
}
