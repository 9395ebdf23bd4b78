/**
 * From a file's keys to an architecture's: whatever prefix a network was kept under, what wrappers put between, and what
 * timm and older files call otherwise. A key that the architecture knows is never renamed.
 */

/** Segments that wrappers put into keys, wherever the wrapped module is: DataParallel, torch.compile, FSDP. */
const wrappers: ReadonlyArray<string> = ['module', '_orig_mod', '_fsdp_wrapped_module', '_checkpoint_wrapped_module']

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

/** The architecture's name of a key; null: it has none. */
const ownName = (key: string, known: ReadonlySet<string>): string | null =>
  known.has(key)
    ? key
    : (keyRules.map(({ from, to }) => key.replace(from, to)).find((other) => other !== key && known.has(other)) ?? null)

/** What a file's keys are called after one prefix: the architecture's own names. */
export interface Prefixed {
  /** Without the dot at its end: `model.backbone`; '' is none. Wrappers are left out. */
  readonly prefix: string
  /** The file's key by the architecture's. */
  readonly keys: ReadonlyMap<string, string>
}

/** The segments of a key without those of wrappers, unless the architecture has such names itself. */
export const unwrapped = (known: ReadonlySet<string>): ((key: string) => ReadonlyArray<string>) => {
  const own = new Set([...known].flatMap((key) => key.split('.')))
  const dropped = new Set(wrappers.filter((segment) => !own.has(segment)))
  return (key) => key.split('.').filter((segment) => !dropped.has(segment))
}

/** Every prefix after which some of the keys are the architecture's, with those keys. */
export const prefixesOf = (keys: Iterable<string>, known: ReadonlySet<string>): ReadonlyArray<Prefixed> => {
  const found = new Map<string, Map<string, string>>()
  const segmentsOf = unwrapped(known)
  for (const key of keys) {
    const segments = segmentsOf(key)
    for (let i = 0; i < segments.length; i++) {
      const own = ownName(segments.slice(i).join('.'), known)
      if (own === null) continue
      const prefix = segments.slice(0, i).join('.')
      const under = found.get(prefix) ?? new Map<string, string>()
      found.set(prefix, under)
      if (!under.has(own)) under.set(own, key)
    }
  }
  return [...found].map(([prefix, under]) => ({ prefix, keys: under }))
}
