import { describe, expect, it } from 'vitest'
import { preferred } from '../src/accept.ts'

describe('the representation that a request prefers', () => {
  it.each([
    [undefined, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    ['application/*', 'json'],
    ['application/json', 'json'],
    ['application/octet-stream', 'ssz'],
    ['APPLICATION/Octet-Stream', 'ssz'],
    ['application/octet-stream;q=0.2, application/json;q=0.1', 'ssz'],
    ['application/octet-stream;q=0.2, */*;q=0.9', 'json'],
    ['application/json;q=0, */*', 'ssz'],
    ['text/html, application/octet-stream; q=0.9, text/plain', 'ssz'],
    ['application/octet-stream;q=7', undefined],
    ['text/html', undefined],
    ['application/json;q=0', undefined],
    [';;,,', undefined],
  ])('of %s is %s', (accept, expected) => {
    const found = preferred(accept, ['json', 'ssz'])
    expect(found.ok ? found.value : undefined).toBe(expected)
  })
})
