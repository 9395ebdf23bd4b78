import { abstainBelow, coverageCurve, knn, temperatureScaling } from 'graft-vision'
import { describe, expect, it } from 'vitest'

// recorded from SciPy 1.x (bounded minimisation of the mean loss over T) and scikit-learn's KNeighborsClassifier(5)
const outputs = [
  ...[
    [0.38, -0.4, 1.92],
    [0.31, -1.61, 1.08],
    [3.91, 2.84, -2.11],
    [-3.8, -1.87, 0.12],
    [-6.98, -0.66, -3.74]
  ],
  ...[
    [-2.2, -1.63, -0.95],
    [1.23, 3.13, -0.39],
    [4.1, -2.0, 1.05],
    [2.71, 0.28, -2.23],
    [-2.77, -1.37, 0.66]
  ],
  ...[
    [-3.03, -0.63, -0.48],
    [1.62, 0.64, 1.07]
  ]
]
const classes = [2, 2, 1, 1, 1, 1, 1, 0, 0, 2, 1, 1]
const labels = [
  ...[
    [1, 0, 0],
    [1, 0, 1],
    [1, 1, 0],
    [0, 1, 1],
    [0, 1, 1],
    [0, 1, 0]
  ],
  ...[
    [1, 0, 1],
    [1, 0, 0],
    [1, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
    [1, 1, 0]
  ]
]

describe('temperatureScaling', () => {
  it.each([
    { name: 'of classes', targets: classes, temperature: 1.2655669, before: 0.7022908303, after: 0.6890085213 },
    { name: 'of labels', targets: labels, temperature: 2.4078122, before: 0.6996351302, after: 0.6068870654 }
  ])('finds the minimum that SciPy finds, $name', ({ targets, temperature, before, after }) => {
    const fitted = temperatureScaling({ outputs, targets })
    expect(fitted.temperature).toBeCloseTo(temperature, 5)
    expect([fitted.before.nll, fitted.after.nll]).toEqual([expect.closeTo(before, 9), expect.closeTo(after, 9)])
  })

  it('stays finite where all predictions are right, or outputs are huge', () => {
    expect(
      temperatureScaling({
        outputs: [
          [3, 0],
          [0, 3]
        ],
        targets: [0, 1]
      }).temperature
    ).toBeCloseTo(0.05)
    const huge = temperatureScaling({
      outputs: [
        [1e4, 0],
        [0, 1e4],
        [1e4, 0]
      ],
      targets: [0, 1, 1]
    })
    expect(huge.temperature).toBeCloseTo(20)
    expect(Number.isFinite(huge.before.nll)).toBe(true)
  })
})

describe('knn', () => {
  const queries = [
    [-0.38, -1.09, -1.28],
    [0.63, 0.58, 1.29],
    [-0.75, 1.69, -0.29],
    [1.57, -0.43, -0.74]
  ]

  it.each([
    [
      'cosine',
      'uniform',
      [
        [0, 0.8, 0.2],
        [0.2, 0.4, 0.4],
        [0, 1, 0],
        [0.4, 0.6, 0]
      ]
    ],
    [
      'cosine',
      'distance',
      [
        [0, 0.87759, 0.12241],
        [0.091657, 0.549132, 0.359211],
        [0, 1, 0],
        [0.735983, 0.264017, 0]
      ]
    ],
    [
      'euclidean',
      'uniform',
      [
        [0, 0.4, 0.6],
        [0, 0.4, 0.6],
        [0, 0.8, 0.2],
        [0.4, 0.2, 0.4]
      ]
    ],
    [
      'euclidean',
      'distance',
      [
        [0, 0.462084, 0.537916],
        [0, 0.458672, 0.541328],
        [0, 0.811668, 0.188332],
        [0.392469, 0.237302, 0.370229]
      ]
    ]
  ] as const)('has the probabilities of scikit-learn: %s, %s', (metric, weights, expected) => {
    const classify = knn({ metric, weights })({ features: outputs, targets: classes, classes: 3 })
    queries.forEach((query, i) => {
      classify(query).forEach((p, c) => expect(p).toBeCloseTo(expected[i]![c]!, 5))
    })
  })

  it('is decided by neighbours at distance zero, and accepts features of zero', () => {
    const reference = {
      features: [
        [0, 0],
        [1, 0],
        [2, 0]
      ],
      targets: [1, 0, 0],
      classes: 2
    }
    expect(knn({ k: 3, metric: 'euclidean', weights: 'distance' })(reference)([0, 0])).toEqual([0, 1])
    expect(knn({ k: 9 })(reference)([0, 0])).toEqual([expect.closeTo(2 / 3), expect.closeTo(1 / 3)])
  })
})

describe('abstaining', () => {
  it('answers at least the wanted share, and equal certainties alike', () => {
    const certainties = [0.9, 0.8, 0.8, 0.8, 0.1]
    const answered = (coverage: number) => {
      const threshold = abstainBelow(certainties, coverage)
      return certainties.filter((c) => c >= threshold).length
    }
    expect([0.1, 0.2, 0.3, 0.8, 0.81, 1].map(answered)).toEqual([1, 1, 4, 4, 5, 5])
    expect(coverageCurve(certainties, [true, true, false, true, false])).toEqual([
      { coverage: 0.2, accuracy: 1, threshold: 0.9 },
      { coverage: 0.8, accuracy: 0.75, threshold: 0.8 },
      { coverage: 1, accuracy: 0.6, threshold: 0.1 }
    ])
  })
})
