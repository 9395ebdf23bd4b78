/**
 * `FindingCode`: what a check of data can find, how severe it is, what it means, and what to do about it.
 *
 * @since 0.1.0
 */

/**
 * `error`: training fails, or its scores are wrong. `warning`: training works, and most likely not as intended. `note`:
 * how graft treats the data.
 *
 * @category data
 * @since 0.1.0
 */
export type Severity = 'error' | 'warning' | 'note'

interface Kind {
  readonly severity: Severity
  /** A heading. */
  readonly title: string
  readonly meaning: string
  readonly remedy: string
}

const kind = (severity: Severity, title: string, meaning: string, remedy: string): Kind => ({
  severity,
  title,
  meaning,
  remedy
})

const ofFiles = {
  'missing-file': kind(
    'error',
    'files that do not exist',
    'a table or a list names them; graft train stops with an error',
    'correct the paths, name their folder, or remove the rows'
  ),
  'empty-file': kind(
    'error',
    'empty files',
    'graft leaves them out, so that the set is smaller than it looks; other tools stop in the middle of an epoch',
    'download or copy the files again, or leave them out'
  ),
  'truncated-image': kind(
    'error',
    'truncated images',
    'the file ends before its pixels do; graft leaves it out, other tools train on grey pixels or stop',
    'download or copy the files again, or leave them out'
  ),
  'unreadable-image': kind(
    'error',
    'unreadable images',
    'they cannot be decoded; graft leaves them out, other tools stop in the middle of an epoch',
    'repair, convert or remove the files, or leave them out'
  ),
  'misnamed-image': kind(
    'warning',
    'extensions that contradict the content',
    'graft decodes by content; tools that go by the extension fail',
    'rename the files'
  ),
  'exif-orientation': kind(
    'note',
    'images stored in another orientation',
    "graft turns them upright, as a viewer does; fastai and torchvision train on the pixels as stored. withOrientation('ignore') does the same",
    'nothing, unless masks or points were drawn on the pixels as stored'
  ),
  'sixteen-bit': kind(
    'note',
    'images of more than 8 bits per sample',
    'graft reduces them to 8 bits: of 16 bits, the upper 8, as Pillow does',
    'if samples do not use the whole range, set the values of black and white: withRange([0, 4095])'
  ),
  'sample-range': kind(
    'warning',
    'samples that use a small part of their range',
    'after the reduction to 8 bits, these images are nearly black',
    'set the sample values of black and white: withRange([0, 4095])'
  ),
  palette: kind(
    'note',
    'images with a palette',
    'graft looks up the colours; as a mask, such a file would be read as indices',
    'nothing'
  ),
  'alpha-channel': kind(
    'note',
    'images with an alpha channel',
    'graft drops alpha; transparent pixels have the colour that is stored below, often black',
    'if the background matters, flatten the images onto a colour first'
  ),
  cmyk: kind(
    'note',
    'images in CMYK',
    "graft converts them to RGB without their profile, as Pillow does; withColour('convert') applies it",
    'nothing, or convert them to sRGB'
  ),
  'several-frames': kind('note', 'images of several frames or pages', 'graft uses the first one', 'extract the others'),
  'tiny-image': kind(
    'warning',
    'images far smaller than the others',
    'their shorter side is less than an eighth of the median; enlarged, they have almost no detail',
    'check that they are no thumbnails or icons'
  ),
  'huge-image': kind(
    'warning',
    'images far larger than the others',
    'their longer side is more than eight times the median; decoding them takes most of the time of an epoch',
    'scale them down once'
  ),
  'extreme-aspect-ratio': kind(
    'warning',
    'images with extreme aspect ratios',
    'of an image more than eight times as long as the size is, only the middle is used',
    'crop or remove them'
  )
} as const

const ofCopies = {
  leak: kind(
    'error',
    'copies across sets',
    'the same bytes are trained on and scored, so scores are too good',
    'keep each image in one set: leave out the copies in the training set'
  ),
  'conflicting-labels': kind(
    'error',
    'copies with different labels',
    'the same bytes have two labels, at least one of which is wrong',
    'keep the copy with the right label'
  ),
  'near-leak': kind(
    'warning',
    'near-duplicates across sets',
    'scaled, compressed or brightened copies, or frames of one video, are trained on and scored; scores are too good',
    'keep each group in one set: leave out those in the training set, or use a holdout by group'
  ),
  duplicate: kind(
    'warning',
    'copies within a set',
    'the same bytes count several times in the loss or in a score',
    'leave out all but one'
  ),
  'similar-leak': kind(
    'warning',
    'images with similar features across sets',
    'a network sees nearly the same in them: another view, crop or mirror image of one scene',
    'keep each group in one set: leave out those in the training set, or use a holdout by group'
  ),
  'similar-images': kind(
    'note',
    'images with similar features within a set',
    'a network sees nearly the same in them: another view, crop or mirror image of one scene',
    'nothing, if they are different scenes; keep each group in one set when dividing the data'
  ),
  'near-duplicate': kind(
    'note',
    'near-duplicates within a set',
    'scaled, compressed or brightened copies, or frames of one video, count several times',
    'nothing, if they are different photographs; keep each group in one set when dividing the data'
  )
} as const

const ofClasses = {
  'not-trainable': kind('error', 'data that cannot be trained on', 'graft train stops with this error', 'see the hint'),
  'class-only-in-validation': kind(
    'error',
    'classes that are never trained on',
    'training stops, or leaves out their images if the validation set was drawn at random',
    'add training images of them, move images to the training set, or remove them'
  ),
  'class-only-in-training': kind(
    'warning',
    'classes that are never validated',
    'no score says how well they are recognised',
    'hold out images of every class: holdoutStratified()'
  ),
  'tiny-class': kind(
    'warning',
    'classes with few training images',
    'fewer than 10 images are seldom enough to learn a class, even from pretrained weights',
    'add images, or merge classes'
  ),
  imbalance: kind(
    'warning',
    'imbalanced classes',
    'the largest class has at least 4 times as many training images as the smallest; a loss over all images favours it',
    "weigh the loss, classWeights: 'balanced', or draw images evenly, balancedSampling(); look at macro averages"
  ),
  'label-suspect': kind(
    'warning',
    'labels that are most likely wrong',
    'a classifier that was not trained on the image is more sure of another class than it usually is of images of that class',
    'look at them, most suspicious first, and correct the label or leave the image out'
  )
} as const

const ofNames = {
  'hidden-entry': kind(
    'warning',
    'hidden files and folders of operating systems',
    'graft ignores them; other tools take such folders for classes and such files for images',
    'remove them'
  ),
  'not-images': kind(
    'note',
    'files that are not images',
    'graft ignores them',
    'unpack archives and convert images of other formats; other files can stay'
  ),
  'skipped-files': kind('warning', 'files that are left out', 'they are neither trained on nor scored', 'see the hint'),
  'linked-twice': kind('warning', 'images that links reach again', 'graft uses each once', 'remove the links'),
  'similar-names': kind(
    'warning',
    'classes with similar names',
    'they stay apart, although they are most likely one class',
    'rename the folders or labels'
  ),
  'holdout-drawn': kind('note', 'no validation set', 'a part of the images is drawn at random', 'name a holdout'),
  'folders-used': kind('note', 'how the folders were read', 'as stated', 'see the hint'),
  'table-guessed': kind('note', 'how the table was read', 'as stated', 'name the columns'),
  'generated-data': kind('note', 'generated images', 'they are not photographs', 'use images of your own'),
  remark: kind('note', 'remarks', 'as stated', 'see the hint')
} as const

/**
 * What a check can find.
 *
 * @category data
 * @since 0.1.0
 */
export type FindingCode = keyof typeof ofFiles | keyof typeof ofCopies | keyof typeof ofClasses | keyof typeof ofNames

/** Everything about each code, in the order in which findings of one severity are listed. */
export const findingKinds: Readonly<Record<FindingCode, Kind>> = { ...ofFiles, ...ofCopies, ...ofClasses, ...ofNames }

export const findingCodes = Object.keys(findingKinds) as ReadonlyArray<FindingCode>
