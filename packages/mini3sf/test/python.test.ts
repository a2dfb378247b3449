import { describe, expect, it } from 'vitest'
import { PythonRandom, pythonJson } from '../src/index.ts'

describe('PythonRandom', () => {
  it.each([
    [0n, 0.8444218515250481, 0.7579544029403025],
    [1n, 0.13436424411240122, 0.8474337369372327],
    [-7n, 0.32383276483316237, 0.15084917392450192],
    [2n ** 32n, 0.11299430095636409, 0.41782886486292836],
    [2n ** 70n + 3n, 0.16339507200642456, 0.9974755625541745],
    [10n ** 40n, 0.34753796566513817, 0.7605339873511711],
    [-(10n ** 40n), 0.34753796566513817, 0.7605339873511711],
  ])('seed %s gives what CPython gives', (seed, first, second) => {
    const random = new PythonRandom(seed)
    expect([random.random(), random.random()]).toEqual([first, second])
  })

  it('goes on as CPython does after its state is used up, and takes seeds longer than its state', () => {
    const random = new PythonRandom(5n)
    for (let drawn = 0; drawn < 1999; drawn++) random.random()
    expect(random.random()).toBe(0.20243881971614341)
    expect(new PythonRandom(2n ** 20000n - 1n).random()).toBe(0.32156979753808823)
  })
})

describe('pythonJson', () => {
  it('writes what json.dumps(value, sort_keys=True) writes', () => {
    const value = { b: [1, -2, true, false, null], a: { z: 'q"\\\n\u007f\u0000é😀', B: {} }, '': [] }
    expect(pythonJson(value)).toBe(
      '{"": [], "a": {"B": {}, "z": "q\\"\\\\\\n\\u007f\\u0000\\u00e9\\ud83d\\ude00"}, "b": [1, -2, true, false, null]}',
    )
  })

  it('refuses numbers that Python would write otherwise', () => {
    expect(() => pythonJson([0.5])).toThrow('expected a safe integer, got 0.5')
  })
})
