import { expect, it } from 'vitest'
import { VERDICTS } from '../src/verdicts.ts'

it('rejects only what no honest peer could have sent, whatever it has seen and however its clock goes', () => {
  const reasons = Object.entries(VERDICTS)
  const of = (verdict: string) => reasons.filter(([, its]) => its === verdict).map(([reason]) => reason)
  expect(of('accept')).toEqual(['ACCEPTED'])
  const dependsOnView =
    /WAITS|FUTURE|UNKNOWN|MISSING|ROOM|EXPIRED|PRUNED|DUPLICATE|SECOND|SUPERSEDED|EQUIVOCATION|VOUCHED|UNAVAILABLE|REFUSED|SOURCE_AFTER/
  expect(of('reject').filter((reason) => dependsOnView.test(reason))).toEqual([])
  expect(of('ignore').filter((reason) => !dependsOnView.test(reason))).toEqual([])
})
