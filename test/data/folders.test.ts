/** Folders as people have them: names of sets, stray and nested files, what systems leave behind. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import {
  type Arrangement,
  arrange,
  type DataError,
  folderLayout,
  type FolderOptions,
  holdoutByFolder,
  holdoutByPct,
  type Listing,
  setNamed
} from '../../src/data/index.js'

/** Files with the folders above them. `cat*3` in a name makes three files. */
const listing = (...patterns: ReadonlyArray<string>): Listing => {
  const files = patterns
    .flatMap((pattern) => {
      const [name, times] = pattern.split('*')
      return times === undefined ? [name!] : Array.from({ length: Number(times) }, (_, i) => `${name!}${i}.png`)
    })
    .sort()
  const folders = files.flatMap((file) =>
    file
      .split('/')
      .slice(0, -1)
      .map((_, i, parts) => parts.slice(0, i + 1).join('/'))
  )
  return { files, folders: [...new Set(folders)].sort() }
}

/** Images of a cat and a dog in each folder. */
const pets = (...folders: ReadonlyArray<string>): ReadonlyArray<string> =>
  folders.flatMap((folder) => [`${folder}cat/*3`, `${folder}dog/*3`])

const opened = (of: Listing, options: FolderOptions = {}): E.Either<DataError, Arrangement> =>
  arrange(folderLayout(options), 'root')(of)

const counts = (items: Arrangement['train']): Readonly<Record<string, number>> => {
  const all: Record<string, number> = {}
  for (const { label } of items) all[label] = (all[label] ?? 0) + 1
  return all
}

const right = (of: Listing, options?: FolderOptions): Arrangement => {
  const arranged = opened(of, options)
  if (E.isLeft(arranged)) throw new Error(JSON.stringify(arranged.left))
  return arranged.right
}

const left = (of: Listing, options?: FolderOptions): DataError => {
  const arranged = opened(of, options)
  if (E.isRight(arranged)) throw new Error(`classes ${Object.keys(counts(arranged.right.train)).join(', ')}`)
  return arranged.left
}

const sets = ({ train, valid, test }: Arrangement) => [counts(train), counts(valid), test.length]

const three = { cat: 3, dog: 3 }

describe('a name of a set', () => {
  it.each([
    'train',
    'Train',
    'TRAINING',
    'train_set',
    'train2017',
    'training_set',
    'train-images',
    'seg_train',
    '01_train',
    'split=train'
  ])('%s is for training', (name) => {
    expect(setNamed(name)).toMatchObject({ value: 'train' })
  })

  it.each(['val', 'VALID', 'Validation', 'dev', 'Eval', 'val2017', 'valid-set', 'holdout'])(
    '%s is for validation',
    (name) => {
      expect(setNamed(name)).toMatchObject({ value: 'valid' })
    }
  )

  it.each(['test', 'TESTING', 'Tests', 'test_set', 'test1', 'testA'])('%s is the test set', (name) => {
    expect(setNamed(name)).toMatchObject({ value: 'test' })
  })

  it.each(['trainer', 'contest', 'valley', 'device', 'evaluator', 'cat', 'training shoes'])(
    '%s is not a set',
    (name) => {
      expect(setNamed(name)._tag).toBe('None')
    }
  )
})

describe('sets', () => {
  it.each(['val', 'Val', 'valid', 'VALIDATION', 'validation', 'dev', 'eval'])(
    'train and %s validate on the latter, and leave the test set alone',
    (name) => {
      for (const test of ['test', 'Testing', 'TEST'])
        expect(sets(right(listing(...pets('train/', `${name}/`, `${test}/`))))).toEqual([three, three, 6])
    }
  )

  it('Training and TESTING without a validation folder draw a holdout from Training', () => {
    const { train, valid, test } = right(listing(...pets('Training/', 'TESTING/')))
    expect([train.length, valid.length, test.length]).toEqual([5, 1, 6])
    for (const { file } of [...train, ...valid]) expect(file).toMatch(/^Training\//)
  })

  it('may be in the only folder of the root', () => {
    expect(sets(right(listing(...pets('photos/train/', 'photos/val/', 'photos/test/'), 'readme.txt')))).toEqual([
      three,
      three,
      6
    ])
  })

  it('may be in a folder of the same name', () => {
    expect(sets(right(listing(...pets('seg_train/seg_train/', 'seg_val/seg_val/'), 'seg_test/a.png')))).toEqual([
      three,
      three,
      1
    ])
  })

  it.each([
    ['pets_train', 'pets_val', 'pets_test'],
    ['01_train', '02_val', '03_test'],
    ['my-pets.Training', 'my-pets.Dev', 'my-pets.TEST']
  ])('%s, %s and %s are sets, not classes', (train, valid, test) => {
    const of = listing(...pets(`${train}/`, `${valid}/`, `${test}/`))
    expect(sets(right(of))).toEqual([three, three, 6])
  })

  it('are not recognised at the end of class names', () => {
    const of = listing('crash_test/*3', 'crash_report/*3', 'crash_train/*3')
    expect(counts(right(of, { classes: ['crash_report', 'crash_test', 'crash_train'] }).train)).not.toEqual({})
    expect(Object.keys(counts(right(listing('crash_test/*5', 'crash_report/*5')).train))).toEqual([
      'crash_report',
      'crash_test'
    ])
  })

  it('may be inside the folders of classes', () => {
    const files = ['cat', 'dog'].flatMap((name) => [`${name}/train/*3`, `${name}/valid/*2`, `${name}/test/*1`])
    expect(sets(right(listing(...files)))).toEqual([three, { cat: 2, dog: 2 }, 2])
  })

  it('may be a valid folder next to class folders', () => {
    expect(sets(right(listing(...pets('', 'valid/'))))).toEqual([three, three, 0])
  })

  it('valid and test without train are an error', () => {
    expect(left(listing(...pets('valid/', 'test/')))).toMatchObject({ _tag: 'MissingFolder', path: 'root/train' })
    expect(left(listing(...pets('test/')))).toMatchObject({ _tag: 'MissingFolder', path: 'root/train' })
  })

  it('named twice are an error that names both, unless one is chosen', () => {
    const twice = listing(...pets('train/', 'val/', 'dev/'))
    expect(left(twice)).toMatchObject({ _tag: 'AmbiguousFolders', found: 'dev, val' })
    expect(sets(right(twice, { valid: 'val' }))).toEqual([three, three, 0])
  })

  it('given by name are matched exactly, and must exist', () => {
    const named = listing(...pets('A/', 'B/', 'test/'))
    expect(sets(right(named, { train: 'A', valid: 'B' }))).toEqual([three, three, 6])
    expect(left(named, { train: 'A', valid: 'C' })).toMatchObject({ _tag: 'MissingFolder', path: 'root/C' })
    expect(sets(right(listing(...pets('x/train/', 'x/val/')), { train: 'x/train' }))).toEqual([three, three, 0])
  })

  it.each([[{}], [{ holdout: holdoutByPct(0.5) }], [{ holdout: holdoutByPct(0) }], [{ holdout: holdoutByFolder }]])(
    'never draw from a test set: %o',
    (options) => {
      for (const at of ['', 'photos/']) {
        const { train, valid } = right(listing(...pets(`${at}train/`, `${at}val/`, `${at}Test/`)), options)
        expect([...train, ...valid].filter(({ file }) => file.includes('Test'))).toEqual([])
        expect(train.length + valid.length).toBe(12)
      }
    }
  )
})

describe('a flat folder or a stray file', () => {
  it.each(['test', 'Test', 'testing'])('%s is the test set, not a class', (name) => {
    const { train, valid, test } = right(listing(...pets(''), `${name}/*5`))
    expect(Object.keys(counts([...train, ...valid])).sort()).toEqual(['cat', 'dog'])
    expect(test.length).toBe(5)
  })

  it.each(['train', 'valid', 'val', 'dev'])('%s is an error, not a class', (name) => {
    expect(left(listing(...pets(''), `${name}/*3`))).toMatchObject({ _tag: 'NoImages', path: `root/${name}` })
  })

  it('is a class if it is among the given classes', () => {
    const classes = ['bus', 'car', 'train']
    const { train, valid } = right(listing('bus/*3', 'car/*3', 'train/*3'), { classes })
    expect(counts([...train, ...valid])).toEqual({ bus: 3, car: 3, train: 3 })
  })

  it('is left out by name', () => {
    const { train, valid, warnings } = right(listing(...pets('train/', 'valid/'), 'cover.png', 'train/stray.png'))
    expect([counts(train), counts(valid)]).toEqual([three, three])
    expect(warnings.find(({ _tag }) => _tag === 'SkippedFiles')?.found).toContain('cover.png, train/stray.png')
  })

  it('is an error if there are no other images', () => {
    expect(left(listing('cat_*6', 'dog_*6'))).toMatchObject({
      _tag: 'NoImages',
      found: expect.stringContaining('cat_')
    })
    expect(left(listing('train/*6', 'val/*6'))).toMatchObject({ _tag: 'NoImages', path: 'root/train' })
    expect(left(listing(...pets('train/'), 'val/*6'))).toMatchObject({ _tag: 'NoImages', path: 'root/val' })
  })

  it('without images are an error that names some files', () => {
    expect(left(listing('cat/a', 'photos.zip'))).toMatchObject({
      _tag: 'NoImages',
      found: 'none among the files (cat/a, photos.zip)'
    })
    expect(left(listing())).toMatchObject({ _tag: 'NoImages', found: 'no files' })
  })

  it('that is not an image is named', () => {
    const { warnings } = right(listing(...pets('train/', 'val/'), 'train/cat/more.zip', 'train/cat/notes.txt', 'a.csv'))
    expect(warnings.filter(({ _tag }) => _tag === 'NotImages').map(({ found }) => found)).toEqual([
      '2 files that are not images, ignored: train/cat/more.zip, train/cat/notes.txt'
    ])
  })
})

describe('nested folders', () => {
  const years = listing(...['cat', 'dog'].flatMap((name) => [`${name}/2023/*3`, `${name}/2024/*3`]))
  const kinds = listing('animals/cat/*3', 'animals/dog/*3', 'vehicles/car/*3', 'vehicles/bus/*3')
  const labels = (of: Listing, options?: FolderOptions) => {
    const { train, valid } = right(of, options)
    return counts([...train, ...valid])
  }

  it('do not divide a class', () => {
    expect(labels(years)).toEqual({ cat: 6, dog: 6 })
    expect(labels(listing(...pets(''), 'cat/kittens/*3'))).toEqual({ cat: 6, dog: 3 })
    expect(right(years).warnings.map(({ found }) => found)).toContain(
      'the outer folders as classes: cat, dog; not the inner ones: cat/2023, cat/2024, dog/2023 and 1 more'
    )
  })

  it('that may be the classes are an error that shows both interpretations', () => {
    expect(left(kinds)).toMatchObject({
      _tag: 'AmbiguousFolders',
      found: 'nested folders: 2 classes by the outer ones (animals, vehicles), 4 by the inner ones (bus, car, cat, dog)'
    })
  })

  it('are read as classFrom says', () => {
    expect(labels(kinds, { classFrom: 'top' })).toEqual({ animals: 6, vehicles: 6 })
    expect(labels(kinds, { classFrom: 'parent' })).toEqual({ cat: 3, dog: 3, car: 3, bus: 3 })
    expect(labels(kinds, { classFrom: 2 })).toEqual({ cat: 3, dog: 3, car: 3, bus: 3 })
    expect(labels(years, { classFrom: 'parent' })).toEqual({ 2023: 6, 2024: 6 })
  })

  it('with years above the classes are an error, not classes', () => {
    for (const [one, other] of [
      ['2023', '2024'],
      ['batch_1', 'batch_2'],
      ['2024-05-01', '2024-05-02'],
      ['siteA', 'siteB'],
      ['alice', 'bob']
    ])
      expect(left(listing(...pets(`${one!}/`, `${other!}/`)))).toMatchObject({
        _tag: 'AmbiguousFolders',
        found: `nested folders: 2 classes by the outer ones (${one!}, ${other!}), 2 by the inner ones (cat, dog)`
      })
    expect(labels(listing(...pets('2023/', '2024/')), { classFrom: 'parent' })).toEqual({ cat: 6, dog: 6 })
  })

  it('that are less deep than classFrom says are an error', () => {
    expect(left(listing(...pets('')), { classFrom: 9 })).toMatchObject({
      _tag: 'MissingFolder',
      found: 'images at most 1 deep',
      hint: expect.stringContaining('classFrom: 1')
    })
  })

  it('are read three levels deep, below sets', () => {
    const deep = ['train', 'val'].flatMap((set) => [`${set}/cat/a/b/*3`, `${set}/dog/a/b/*3`])
    expect(sets(right(listing(...deep)))).toEqual([three, three, 0])
    expect(sets(right(listing(...deep), { classFrom: 3 }))).toEqual([{ b: 6 }, { b: 6 }, 0])
  })

  it('that contain all images are not classes', () => {
    expect(labels(listing(...pets('photos/')))).toEqual(three)
    expect(sets(right(listing(...pets('train/images/', 'valid/images/'))))).toEqual([three, three, 0])
  })

  it('without images are an error as a class, but not within a class', () => {
    const empty = (folder: string) => ({ ...years, folders: [...years.folders, folder] })
    expect(left(empty('eel'))).toMatchObject({ _tag: 'EmptyClass', path: 'root/eel' })
    expect(labels(empty('cat/2025'))).toEqual({ cat: 6, dog: 6 })
    const train = listing(...pets('train/', 'val/'))
    expect(left({ ...train, folders: [...train.folders, 'train/eel'] })).toMatchObject({ path: 'root/train/eel' })
    expect(opened({ ...train, folders: [...train.folders, 'val/eel', 'test'] })._tag).toBe('Right')
  })
})

describe('files left by operating systems', () => {
  it.each(['__MACOSX', '@eaDir', '$RECYCLE.BIN', 'System Volume Information', 'lost+found', '__pycache__'])(
    '%s is not a class at any depth',
    (name) => {
      const junk = [`${name}/cat/._0.png`, `cat/${name}/0.png/thumb.jpg`]
      const { train, valid, warnings } = right(listing(...pets(''), ...junk))
      expect(counts([...train, ...valid])).toEqual(three)
      expect(warnings.map(({ _tag }) => _tag)).toEqual(['HoldoutDrawn'])
      const bare = listing(...pets(''))
      expect(opened({ ...bare, folders: [...bare.folders, name, `cat/${name}`] })._tag).toBe('Right')
    }
  )

  it.each(['Thumbs.db', 'desktop.ini', '.DS_Store', '.ipynb_checkpoints/0-checkpoint.png', '._0.png'])(
    '%s is ignored without a warning',
    (name) => {
      expect(right(listing(...pets(''), `cat/${name}`)).warnings.map(({ _tag }) => _tag)).toEqual(['HoldoutDrawn'])
    }
  )
})

describe('links', () => {
  it('that reach a file again do not duplicate it', () => {
    const links = [{ path: 'cat/todog', to: 'dog' }]
    const { train, valid, warnings } = right({ ...listing(...pets(''), 'cat/todog/*3'), links })
    expect(counts([...train, ...valid])).toEqual(three)
    expect(warnings.find(({ _tag }) => _tag === 'RepeatedImages')?.found).toContain('cat/todog/0.png')
  })

  it('from the test or the validation set remove the file from training', () => {
    const links = [{ path: 'test', to: 'train/cat' }]
    const { train, test } = right({ ...listing(...pets('train/', 'val/'), 'test/*3'), links }, {})
    expect([counts(train), test.length]).toEqual([{ dog: 3 }, 3])
  })

  it('to files outside are ordinary files', () => {
    const links = [{ path: 'cat', to: '/elsewhere/cats' }]
    expect(right({ ...listing(...pets('')), links }).train.length).toBe(5)
  })

  it('to a parent folder are reported', () => {
    const found = right({ ...listing(...pets('')), cycles: ['cat/self'] }).warnings.at(-1)
    expect(found).toMatchObject({ _tag: 'SkippedFiles', path: 'root/cat/self' })
  })
})

describe('names', () => {
  const nfc = 'caf\u00e9'
  const nfd = 'cafe\u0301'

  it('in two Unicode forms are one class, with one warning', () => {
    const { train, valid, warnings } = right(
      listing(`train/${nfc}/*3`, 'train/dog/*3', `valid/${nfd}/*3`, 'valid/dog/*3')
    )
    expect([counts(train), counts(valid)]).toEqual([
      { [nfc]: 3, dog: 3 },
      { [nfc]: 3, dog: 3 }
    ])
    expect(warnings.filter(({ _tag }) => _tag === 'SimilarNames').length).toBe(1)
  })

  it('in two forms within one set are one class too', () => {
    const { train, valid } = right(listing(`${nfc}/*3`, `${nfd}/x*3`, 'dog/*3'))
    expect(counts([...train, ...valid])).toEqual({ [nfc]: 6, dog: 3 })
  })
})

describe('images beside masks', () => {
  const camvid = ['codes.txt', 'images/0001.png', 'images/0002.png']

  it.each([
    ['camvid', [...camvid, 'labels/0001_P.png', 'labels/0002_P.png']],
    ['one deeper', [...camvid, 'labels/0001_P.png'].map((file) => `camvid/${file}`)],
    ['no codes', ['images/a.jpg', 'images/b.jpg', 'masks/a.png', 'masks/b.png']],
    ['VOC', ['JPEGImages/1.jpg', 'JPEGImages/2.jpg', 'SegmentationClass/1.png', 'SegmentationClass/2.png']],
    ['sets within', ['images/train/1.jpg', 'images/val/2.jpg', 'labels/train/1.png', 'labels/val/2.png']],
    ['sets above', ['train/images/1.jpg', 'train/masks/1.png', 'val/images/2.jpg', 'val/masks/2.png']],
    ['other names and codes', ['codes.txt', 'stills/1.png', 'stills/2.png', 'approved/1_L.png', 'approved/2_L.png']]
  ])('(%s) are refused, and the word for masks is named', (_, files) => {
    expect(left(listing(...files))).toMatchObject({
      _tag: 'AmbiguousFolders',
      hint: expect.stringMatching(/imageMasks\(path, \{ images: '.*', masks: masksIn\('.*'\) \}\)/)
    })
  })

  it('are classes if declared as such, like any other folder', () => {
    const files = listing('images/*3', 'labels/*3')
    expect(opened(files, { classes: ['images', 'labels'] })._tag).toBe('Right')
    expect(opened(listing('labels/*3', 'stickers/*3'))._tag).toBe('Right')
  })
})
