/** Two halves that hear each other a slot and a half late: their heads part, and with them their targets. */
export const SPLIT_VOTES = `
name: two slow halves
nodes: 8
validators: 8
slots: 40
signatures: none
faults:
  - { kind: link, between: 0..3, and: 4..7, latency: { minimum: 6000, maximum: 7500 }, from: 6, to: 30 }
`
